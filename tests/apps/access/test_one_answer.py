"""Hidden, deleted, never there, misspelt and of another kind: one answer, and what is hidden is not even named."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.apps.access.matrix.addresses import route_of
from tests.apps.access.matrix.stage import Stage
from tests.apps.access.matrix.table import Line, table
from tests.recipes import catalog

pytestmark = pytest.mark.django_db

KEY = re.compile(r"\{(\w+)\}")
MOVING = re.compile(r'(csrfmiddlewaretoken" value=")\w+|[0-9a-f]{8}-[0-9a-f-]{27}')


def detail_lines(letters: str) -> list[Line]:
    """Every address of one record that this person may ask for, each method once."""
    found: dict[tuple[str, str], Line] = {}
    for line in table():
        path = line.address.partition("?")[0]
        if len(KEY.findall(path)) == 1 and path.startswith("/admin/") and line.letters[letters] != "F":
            found.setdefault((line.method, KEY.sub("{}", path)), line)
    return list(found.values())


def keys_to_try(stage: Stage, line: Line) -> dict[str, Any]:
    kind = KEY.findall(line.address)[0]
    keys: dict[str, Any] = {
        "deleted": stage.keys["deleted"],
        "never there": 987_654_321,
        "misspelt": "abc",
        "too long": "9" * 30,
        "of another kind": stage.keys["far_lesson" if "course" in kind else "far_course"],
    }
    if "<int:" in str(route_of(line.address)):
        keys = {name: key for name, key in keys.items() if key != "abc"}  # No address at all.
    hidden = stage.keys.get(f"other_{kind}", stage.keys[kind] if line.letters["IO"] == "N" else None)
    is_open = "category" in kind  # Whoever works here sees the whole tree.
    return keys if hidden is None or is_open else {"hidden": hidden, **keys}


def answered(stage: Stage, line: Line, key: Any) -> tuple[Any, ...]:
    """Everything that could tell one answer from another: status, body, templates, and what the database was asked."""
    path = KEY.sub(str(key), line.address.partition("?")[0])
    client = stage.client("IO")
    connection.queries_log.clear()  # It holds so many and no more.
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(path) if line.is_read else client.post(path)
    body = MOVING.sub(r"\1", answer.content.decode()).replace(path, "<path>")
    names = [template.name for template in answer.templates]
    shapes = [re.sub(r"'[^']*'|\b\d+\b", "?", query["sql"]) for query in queries]
    return answer.status_code, body, names, len(shapes), answer.headers.get("Location", "").replace(path, "<path>")


@pytest.fixture
def stage(stage: Stage) -> Stage:
    gone = catalog.course.make(pk=5_000_000)
    gone.delete()
    stage.keys |= {
        "deleted": 5_000_000,
        "far_course": catalog.course.make(pk=5_000_001).pk,
        "far_lesson": catalog.lesson.make(pk=5_000_002, course=stage.world.a).pk,
    }
    return stage


def test_hidden_deleted_unknown_misspelt_and_foreign_keys_are_one_answer(stage: Stage) -> None:
    different = []

    for line in detail_lines("IO"):
        answers = {name: answered(stage, line, key) for name, key in keys_to_try(stage, line).items()}
        first = answers["never there"]
        different += [
            f"{line}: {name} {answer[0]}, {answer[3]} queries; {first[0]}, {first[3]}"
            for name, answer in answers.items()
            if answer != first
        ]

    assert "\n".join(different) == ""
