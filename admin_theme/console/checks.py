"""What a screen must not do: found when the program starts, not when somebody is hurt by it."""

from typing import Any

from django.contrib.admin import RelatedFieldListFilter
from django.core import checks
from unfold.checks import UnfoldModelAdminChecks

from admin_theme.actions import is_console_action
from admin_theme.filters import ScopedRelatedFilter

ACTION_LISTS = ("actions", "actions_detail", "actions_row", "actions_list", "actions_submit_line")


class ConsoleChecks(UnfoldModelAdminChecks):
    """Every action asks the gate, every related choice is scoped."""

    def check(self, admin_obj: Any, **kwargs: Any) -> list[checks.CheckMessage]:
        return [
            *super().check(admin_obj, **kwargs),
            *unguarded_actions(admin_obj),
            *unscoped_filters(admin_obj),
            *raw_ids(admin_obj),
        ]


def error(admin_obj: Any, number: int, words: str) -> checks.Error:
    return checks.Error(f"{type(admin_obj).__name__} {words}", obj=type(admin_obj), id=f"admin_theme.E{number:03}")


def unguarded_actions(admin_obj: Any) -> list[checks.CheckMessage]:
    names = {name for kind in ACTION_LISTS for name in admin_obj._extract_action_names(getattr(admin_obj, kind) or ())}
    return [
        error(admin_obj, 1, f"offers {name!r}, which is no @console_action and asks nobody for leave.")
        for name in sorted(names, key=str)
        if not is_console_action(name if callable(name) else getattr(admin_obj, name, None))
    ]


def unscoped_filters(admin_obj: Any) -> list[checks.CheckMessage]:
    return [
        error(admin_obj, 2, f"filters by {item[0]!r} with {item[1].__name__}, which offers records out of scope.")
        for item in admin_obj.list_filter
        if isinstance(item, tuple)
        and issubclass(item[1], RelatedFieldListFilter)
        and not issubclass(item[1], ScopedRelatedFilter)
    ]


def raw_ids(admin_obj: Any) -> list[checks.CheckMessage]:
    if not admin_obj.raw_id_fields:
        return []
    return [error(admin_obj, 3, "has raw_id_fields, which name records out of scope. Use autocomplete_fields.")]
