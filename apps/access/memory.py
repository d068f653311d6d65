"""What was found out about rights during one request; outside a request nothing is remembered."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Answer = TypeVar("Answer")

_memory: ContextVar[dict[Hashable, Any] | None] = ContextVar("memory_of_rights", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Inside, `remembered` asks each question once; changes made elsewhere bind the next request."""
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


@contextmanager
def remembering_at_least_here() -> Iterator[None]:
    """The same for one piece of work, unless a request or a job remembers already."""
    if _memory.get() is not None:
        yield
        return
    with remembering():
        yield


def remembered(question: Hashable, find_out: Callable[[], Answer]) -> Answer:
    memory = _memory.get()
    if memory is None:
        return find_out()
    if question not in memory:
        memory[question] = find_out()
    answer: Answer = memory[question]
    return answer


def forget() -> None:
    """Called by everything that changes rights, so that the rest of the request knows."""
    if (memory := _memory.get()) is not None:
        memory.clear()
