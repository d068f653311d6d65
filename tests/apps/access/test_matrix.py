"""The matrix of who may open and do what: every line of the table, tried by each of the thirteen people."""

import pytest

from apps.audit.models import AccessEvent
from tests.apps.access.matrix.addresses import METHODS, all_actions, patterns, route_of
from tests.apps.access.matrix.stage import Stage
from tests.apps.access.matrix.table import LETTERS, groups, lines_of, table
from tests.apps.access.matrix.trying import everything, only_the_page, touched, tried


@pytest.fixture(autouse=True)
def _quick_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.test.client.store_rendered_templates", only_the_page)


@pytest.mark.parametrize("group", groups())
def test_everybody_gets_what_the_table_says_and_nothing_else_happens(group: str, stage: Stage) -> None:
    """Each cell: the answer, the database, the audit, and no word of a row the person may not see."""
    untouched = everything()

    cells = [cell for line in lines_of(group) for cell in tried(stage, line, untouched)]

    assert [fault for cell in cells for fault in cell.faults_found()] == []
    assert touched(untouched) == []


def test_every_address_has_a_line_for_each_method() -> None:
    named = {(route_of(line.address), line.method) for line in table()}
    asked = {(route, method) for route, _ in patterns() for method in METHODS}

    assert sorted(asked - named) == []


def test_every_line_is_about_an_address_that_exists() -> None:
    assert [str(line) for line in table() if route_of(line.address) is None] == []


def test_every_action_of_every_screen_has_a_line() -> None:
    """On the page of a record each has an address of its own; on the list it is a name that is posted."""
    named = {
        (line.address.removeprefix("/admin/").partition("?")[0], dict(line.data)["action"])
        for line in table()
        if "action" in dict(line.data)
    }

    assert sorted(all_actions() - named) == []


def test_the_letters_of_the_table_are_explained() -> None:
    assert {letter for line in table() for letter in line.letters.values()} <= set(LETTERS)


def test_no_refusal_is_written_down_twice_or_for_nobody(stage: Stage) -> None:
    before = list(AccessEvent.objects.values_list("pk", flat=True))

    stage.client("CV").post(f"/admin/catalog/course/{stage.keys['course']}/publish/")
    stage.client("CV").get(f"/admin/catalog/course/{stage.keys['other_course']}/change/")
    stage.client("ST").get("/admin/catalog/course/")
    stage.client("AN").get("/admin/catalog/course/")

    events = (
        AccessEvent.objects.exclude(pk__in=before)
        .order_by("pk")
        .values_list("kind", "actor", "verb", "model_label", "object_key")
    )
    person, course, other = stage.world.people["CV"].pk, str(stage.keys["course"]), str(stage.keys["other_course"])
    assert list(events) == [
        ("refused", person, "publish", "catalog.course", course),
        ("not_found", person, "", "catalog.course", other),
    ]
