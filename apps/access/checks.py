"""A bad install does not start: what has to be true of every screen and setting before the console opens."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.checks import CheckMessage, Error
from django.db.models import Model

from admin_theme.actions import is_console_action
from admin_theme.console import ConsoleAdmin
from apps.records.policy import has_policy, policy_for

BACKENDS = ["apps.access.backend.RoleBackend"]
ACTION_LISTS = ("actions", "actions_list", "actions_row", "actions_detail", "actions_submit_line")


def check_settings(**kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """The settings on which the policy rests."""
    problems: list[CheckMessage] = []
    if settings.ANONYMOUS_USER_NAME is not None:
        problems.append(Error("Visitors could hold rights. Set ANONYMOUS_USER_NAME to None.", id="access.E001"))
    if list(settings.AUTHENTICATION_BACKENDS) != BACKENDS:
        words = f"Rights would be decided in two places. Set AUTHENTICATION_BACKENDS to {BACKENDS}."
        problems.append(Error(words, id="access.E002"))
    codes = settings.IMPORT_EXPORT_IMPORT_PERMISSION_CODE, settings.IMPORT_EXPORT_EXPORT_PERMISSION_CODE
    if codes != ("import", "export"):
        words = "Imports and exports would be open to all staff. Set their permission codes to import and export."
        problems.append(Error(words, id="access.E003"))
    return problems


def check_screens(**kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Every screen asks a policy, and every button on it names the verb it needs."""
    return [problem for model, screen in admin.site._registry.items() for problem in problems_of_screen(model, screen)]


def problems_of_screen(model: type[Model], screen: Any) -> Iterator[CheckMessage]:
    if not has_policy(model):
        yield Error(f"{model._meta.label} has a screen and no policy.", obj=type(screen), id="access.E004")
        return
    if not isinstance(screen, ConsoleAdmin):
        yield Error("This screen is not guarded. Build it on ConsoleAdmin.", obj=type(screen), id="access.E005")
        return
    for name in action_names(screen):
        action = getattr(screen, name, None)
        if not is_console_action(action):
            words = f"The action {name} asks for no right. Declare it with @console_action."
            yield Error(words, obj=type(screen), id="access.E006")
        elif action.console.verb not in policy_for(model).verbs:  # type: ignore[union-attr]
            words = f"The action {name} needs a verb the policy does not know: {action.console.verb}."  # type: ignore[union-attr]
            yield Error(words, obj=type(screen), id="access.E007")


def action_names(screen: Any) -> set[str]:
    """The names of all actions of a screen, those in menus as well."""
    return {name for attribute in ACTION_LISTS for name in flat(getattr(screen, attribute, None) or ())}


def flat(entries: Iterable[Any]) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, dict):
            yield from flat(entry.get("items", ()))
        elif isinstance(entry, str):
            yield entry
