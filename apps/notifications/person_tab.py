"""What a person was told and whether they read it, on their page; what it said is theirs alone."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from admin_theme.gate import gate, may_here
from admin_theme.tabs import Tab
from apps.notifications.models import Notification

ROWS = 25


def told_panel(request: HttpRequest, person: Any) -> dict[str, Any]:
    """Not a word of the notifications is read from the database, so that none can be shown."""
    rows = gate.scope(request.user, "trace", Notification).filter(recipient=person).order_by("-created_at", "-pk")
    facts = rows.values("kind", "created_at", "read_at", "dismissed_at", "emailed_at")
    page: Any = Paginator(facts, ROWS).get_page(request.GET.get("page"))
    page.object_list = [{**row, "about": row["kind"].replace("_", " ").capitalize()} for row in page.object_list]
    return {"rows": page}


told_tab = Tab(
    key="notifications",
    title="Notifications",
    place=85,
    template="notifications/told_panel.html",
    context=told_panel,
    opens=lambda request, person: may_here(request, "trace", Notification),  # noqa: ARG005
)
