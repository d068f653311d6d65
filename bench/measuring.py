"""What is measured beside time: memory and processor time of the process, and statements sent."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection


def _status(name: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    return 0.0


def resident_megabytes() -> float:
    return _status("VmRSS")


def peak_megabytes() -> float:
    return _status("VmHWM")


def processor_seconds() -> float:
    """Of this process and of the server process that answers it, where that runs on the same machine."""
    served = 0
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        server = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
        served = int(server.read_text().split()[0]) if server.exists() else 0
    return time.process_time() + served / 1e9


class Queries:
    """Counts every statement Django's cursors send; a copy or an executemany is one."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: Any, context: Any) -> Any:
        self.number += 1
        return execute(sql, params, many, context)
