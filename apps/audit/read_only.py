"""Looking without touching: inside, no change set opens and the database is only read, whatever the code tries."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection

from apps.records.rules import RuleBroken

READING = (
    "SELECT",
    "WITH",
    "VALUES",
    "EXPLAIN",
    "PRAGMA",
    "SET",
    "SHOW",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT",
    "RELEASE",
)

_sentence: ContextVar[str] = ContextVar("only_looking", default="")


class OnlyLooking(RuleBroken):
    """Something was about to be written by somebody who may only look."""


@contextmanager
def only_looking(sentence: str) -> Iterator[None]:
    """Whoever tries to change anything inside is told this sentence. It holds for this thread of work alone."""
    token = _sentence.set(sentence)
    try:
        with connection.execute_wrapper(refuse_to_write):
            yield
    finally:
        _sentence.reset(token)


def refuse_when_only_looking() -> None:
    if sentence := _sentence.get():
        raise OnlyLooking(sentence)


def refuse_to_write(execute: Callable[..., Any], sql: Any, params: Any, many: Any, context: Any) -> Any:
    """Around every statement: tables without a history have no change set that could refuse."""
    if not str(sql).lstrip("( \n").upper().startswith(READING):
        refuse_when_only_looking()
    return execute(sql, params, many, context)
