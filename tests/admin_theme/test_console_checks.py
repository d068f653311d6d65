"""A screen that would let somebody past the gate does not start."""

from typing import Any

import pytest
from django.contrib.admin import RelatedFieldListFilter

from admin_theme.console import ConsoleAdmin
from apps.catalog.models import Course
from tests.admin_theme.screens import CourseScreen, site


def faults(screen: Any) -> list[str | None]:
    return [fault.id for fault in screen(Course, site).check() if str(fault.id).startswith("admin_theme")]


class Unguarded(CourseScreen):
    actions_detail: Any = ("anything",)

    def anything(self, request: Any, object_id: str) -> None:
        """Asks nobody."""


class Unscoped(CourseScreen):
    list_filter: Any = (("category", RelatedFieldListFilter),)


class RawIds(CourseScreen):
    raw_id_fields = ("category",)


@pytest.mark.parametrize(
    ("screen", "fault"),
    [(Unguarded, "admin_theme.E001"), (Unscoped, "admin_theme.E002"), (RawIds, "admin_theme.E003")],
)
def test_a_screen_past_the_gate_is_refused_at_the_start(screen: type[ConsoleAdmin[Course]], fault: str) -> None:
    assert faults(screen) == [fault]


def test_a_plain_screen_starts() -> None:
    assert faults(CourseScreen) == []
