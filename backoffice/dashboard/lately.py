"""What the person who looks does most, and what happened lately."""

from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from admin_theme.gate import gate, may_here
from apps.audit.models import ChangeSet
from backoffice.dashboard.addresses import link_to

RECENT = 8


def quick_actions(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Label, address and icon of what this person does most."""
    offered = (
        ("Import a file", "imports.importjob", "upload_file", "add"),
        ("Add a course", "catalog.course", "add", "add"),
        ("Enroll a learner", "enrollments.enrollment", "how_to_reg", "add"),
        ("Add a person", "accounts.user", "person_add", "add"),
    )
    actions = []
    for label, model, icon, verb in offered:
        try:
            address = reverse(f"admin:{model.replace('.', '_')}_add")
        except NoReverseMatch:
            continue
        if may_here(request, verb, apps.get_model(model)):
            actions.append((label, address, icon))
    return actions


def recent(request: HttpRequest) -> list[dict[str, Any]]:
    """The latest change sets the person may see."""
    if not may_here(request, "view", ChangeSet):
        return []
    rows = gate.scope(request.user, "view", ChangeSet).select_related("actor").order_by("-started_at", "-pk")[:RECENT]
    return [{"change": row, "link": link_to(row)} for row in rows]
