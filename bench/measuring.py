"""What is measured beside time: memory of the process, and statements sent."""

from collections.abc import Callable
from pathlib import Path
from typing import Any


def _status(name: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    return 0.0


def resident_megabytes() -> float:
    return _status("VmRSS")


def peak_megabytes() -> float:
    return _status("VmHWM")


class Queries:
    """Counts every statement Django's cursors send; a copy or an executemany is one."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: Any, context: Any) -> Any:
        self.number += 1
        return execute(sql, params, many, context)
