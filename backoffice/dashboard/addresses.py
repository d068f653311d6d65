"""Where the rows behind a number are."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from admin_theme.gate import may_here
from backoffice.dashboard.look import Look


def list_of(label: str, query: str = "") -> str:
    """The address of a model's list, or nothing while it has no screen."""
    try:
        address = reverse(f"admin:{label.replace('.', '_')}_changelist")
    except NoReverseMatch:
        return ""
    return f"{address}?{query}" if query else address


def link_to(record: Any) -> str:
    try:
        return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])
    except NoReverseMatch:
        return ""


def rows_behind(look: Look, label: str, **asked: Any) -> str:
    """The list with these filters, for those who may open it."""
    return list_of(label, urlencode(asked)) if may_here(look.request, "view", apps.get_model(label)) else ""


def end_of(name: str, moment: datetime) -> dict[str, str]:
    """One end of a span of moments, as a filter reads it: in the time of the person who looks."""
    day, _, time = timezone.localtime(moment).replace(tzinfo=None).isoformat(" ").partition(" ")
    return {f"{name}_0": day, f"{name}_1": time}
