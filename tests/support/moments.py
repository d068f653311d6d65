"""Doing something in several places at the same moment, each with a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

Answer = TypeVar("Answer")


def at_the_same_time(*deeds: Callable[[], Answer], times: int = 1) -> list[Answer]:
    """What each of them answered. For tests with `transaction=True`: others see only what is committed."""
    together = deeds * times
    start = Barrier(len(together))

    def do(deed: Callable[[], Answer]) -> Answer:
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(together)) as threads:
        return list(threads.map(do, together))
