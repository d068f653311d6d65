"""What all tests of a file begin with, made once for the file; what each of them does is taken back as ever."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TypeVar

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

Made = TypeVar("Made")


def kept_for_the_file(
    name: str, request: pytest.FixtureRequest, blocker: DjangoDbBlocker, make: Callable[[], Made]
) -> Iterator[Made]:
    """The body of a fixture of a whole file: makes the rows around all its tests, and takes them back after the last.

    Every test of the file finds these rows, so every one that sees the database has to say so by asking for `name`.
    """
    strangers = [
        item.name
        for item in request.session.items
        if item.path == request.path
        and name not in (asked := getattr(item, "fixturenames", ()))
        and ("db" in asked or item.get_closest_marker("django_db"))
    ]
    assert not strangers, f"Tests that do not ask for `{name}` belong into a file of their own: {', '.join(strangers)}"
    around = ExitStack()
    with blocker.unblock():
        around.enter_context(transaction.atomic())
        made = make()
    yield made
    with blocker.unblock():
        transaction.set_rollback(True)
        around.close()
