"""What must not hang: a limit far above what anything here takes, so that only waiting for ever reaches it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 60


@contextmanager
def not_for_ever() -> Iterator[None]:
    """Interrupts what takes a minute, whatever it waits for, and fails."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"After {SECONDS} seconds it was still not done.")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
