"""A bad install does not start."""

from typing import Any

import pytest
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.sessions.models import Session

from admin_theme.actions import console_action
from admin_theme.console import ConsoleAdmin
from apps.access.checks import check_screens, check_settings, problems_of_screen
from apps.accounts.models import User


def found(model: Any, screen: Any) -> list[str | None]:
    return [problem.id for problem in problems_of_screen(model, screen(model, AdminSite()))]


def test_this_installation_has_nothing_to_complain_about() -> None:
    assert check_settings() == check_screens() == []


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("ANONYMOUS_USER_NAME", "AnonymousUser", "access.E001"),
        ("AUTHENTICATION_BACKENDS", ["guardian.backends.ObjectPermissionBackend"], "access.E002"),
        ("IMPORT_EXPORT_IMPORT_PERMISSION_CODE", None, "access.E003"),
        ("IMPORT_EXPORT_EXPORT_PERMISSION_CODE", None, "access.E003"),
    ],
)
def test_an_open_setting_stops_the_start(name: str, value: Any, problem: str, settings: Any) -> None:
    setattr(settings, name, value)

    assert [one.id for one in check_settings()] == [problem]


def test_a_screen_without_a_policy_stops_the_start() -> None:
    class SessionScreen(ConsoleAdmin[Session]):
        pass

    assert found(Session, SessionScreen) == ["access.E004"]


def test_a_screen_that_asks_nobody_stops_the_start() -> None:
    class Stock(ModelAdmin):  # type: ignore[type-arg]
        pass

    assert found(User, Stock) == ["access.E005"]


def test_an_action_that_asks_for_no_right_stops_the_start() -> None:
    class Screen(ConsoleAdmin[User]):
        actions_detail = ("raise_them", {"title": "More", "items": ["also_this"]})

        def raise_them(self, request: Any, object_id: str) -> None:
            """Would run for everybody."""

        def also_this(self, request: Any, object_id: str) -> None:
            """As would this one, from its menu."""

    assert found(User, Screen) == ["access.E006", "access.E006"]


def test_an_action_whose_verb_nobody_knows_stops_the_start() -> None:
    class Screen(ConsoleAdmin[User]):
        actions = ("promote",)

        @console_action("Promote", verb="promote")
        def promote(self, request: Any, record: User, reason: str) -> None:
            """Its verb is misspelt."""

    assert found(User, Screen) == ["access.E007"]
