"""No figure or facet counts what the person may not see: with one hidden course or seven, the page is the same."""

import re
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from tests.apps.access.matrix.stage import Stage, more_of_b
from tests.apps.access.matrix.table import Line, table

pytestmark = pytest.mark.django_db

MOVING = re.compile(r'(csrfmiddlewaretoken" value=")\w+|[0-9a-f]{8}-[0-9a-f-]{27}|csrf[Tt]oken&quot;: &quot;\w+')
STRANGERS = ("IO", "CE")


def pages_with_figures() -> list[Line]:
    """The overview, every list, every search and every page of a record, as they are opened."""
    found = {line.address: line for line in table() if line.is_read and line.address.startswith("/admin/")}
    return [line for line in found.values() if not {"after", "leaves"} & set(line.words)]


def seen(stage: Stage, letters: str) -> dict[str, str]:
    pages = {}
    for line in pages_with_figures():
        if line.letters[letters] in ("ok", "R", "W"):
            cache.clear()
            answer: Any = stage.client(letters).get(line.address.format(**stage.keys))
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            pages[line.address] = MOVING.sub(r"\1", body.decode(errors="replace"))
    return pages


@pytest.mark.parametrize("letters", STRANGERS)
def test_a_page_is_the_same_however_many_hidden_courses_there_are(letters: str, stage: Stage) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        before = seen(stage, letters)

        for number in range(1, 7):
            more_of_b(stage.world, number)

        after = seen(stage, letters)

    assert len(before) > 20
    assert [address for address in before if before[address] != after[address]] == []


def test_whoever_sees_them_sees_the_figures_grow(stage: Stage) -> None:
    """The test above can fail."""
    figures = re.compile(rb'<dl class="d-numbers">.*?</dl>', re.DOTALL)
    before = figures.findall(stage.client("SU").get("/admin/").content)

    more_of_b(stage.world, 1)

    after = figures.findall(stage.client("SU").get("/admin/").content)
    assert len(before) == len(after) == 2
    assert before != after
