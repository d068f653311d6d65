"""What a person was told, whether they read it and how they want to be told; what it said is theirs alone."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from admin_theme.gate import gate, may_here
from admin_theme.tabs import Tab
from apps.notifications.kinds import kind_of
from apps.notifications.models import DigestTime, Notification, NotificationPreference
from apps.notifications.states import MailState

ROWS = 25


def told_panel(request: HttpRequest, person: Any) -> dict[str, Any]:
    """Not a word of the notifications is read from the database, so that none can be shown."""
    rows = gate.scope(request.user, "trace", Notification).filter(recipient=person).order_by("-created_at", "-pk")
    facts = rows.values("kind", "created_at", "read_at", "dismissed_at", "emailed_at", "mail__state", "mail__sent_at")
    page: Any = Paginator(facts, ROWS).get_page(request.GET.get("page"))
    page.object_list = [
        {
            **row,
            "about": kind_of(row["kind"]).title,
            "is_waiting": row["mail__state"] == MailState.WAITING,
            "has_failed": row["mail__state"] == MailState.FAILED,
        }
        for row in page.object_list
    ]
    chosen = gate.scope(request.user, "trace", NotificationPreference).filter(user=person).order_by("kind")
    times = gate.scope(request.user, "trace", DigestTime).filter(user=person).first()
    profile = getattr(person, "profile", None)
    return {
        "rows": page,
        "chosen": chosen,
        "digest_time": times,
        "wants_no_mails": profile is not None and not profile.receive_email_notifications,
    }


told_tab = Tab(
    key="notifications",
    title="Notifications",
    place=85,
    template="notifications/told_panel.html",
    context=told_panel,
    opens=lambda request, person: may_here(request, "trace", Notification),  # noqa: ARG005
)
