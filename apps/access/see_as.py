"""Seeing the console as somebody else: an administrator looks, changes nothing, and each page is written down."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.events import record_event
from apps.audit.models import AccessEvent
from apps.records.policy import Policy, policy_for
from apps.records.rules import RuleBroken

KEY = "see_as"
LONGEST = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Visit:
    """An administrator, and the person as whom they see the console."""

    administrator: User
    person: User
    started_at: datetime

    @property
    def ends_at(self) -> datetime:
        return self.started_at + LONGEST

    @property
    def why_over(self) -> str:
        """Why it cannot go on, as a sentence; empty while it can."""
        if timezone.now() >= self.ends_at:
            return f"Half an hour as {self.person} is over."
        return why_not(self.person, self.administrator)


def why_not(person: User, by: Any) -> str:
    """Why the console cannot be seen as this person by that one; empty when it can."""
    if not policy_for(User).may(by, "see_as", person):
        return "Only an administrator sees the console as somebody else."
    if person.pk == by.pk:
        return "You see the console as yourself already."
    if not Policy.is_staff_at_work(person):
        return f"{person} cannot open the console, so there is nothing to see."
    if person.is_superuser:
        return f"{person} is an administrator and sees what you see."
    return ""


def can_be_seen(person: User) -> bool:
    return Policy.is_staff_at_work(person) and not person.is_superuser


def start_visit(person: User, *, by: Any, request: HttpRequest, reason: str) -> Visit:
    """From the next request of this session on. Forms that are open in other tabs are refused afterwards."""
    if refused := why_not(person, by):
        raise RuleBroken(refused)
    if not reason.strip():
        raise RuleBroken(f"Say why you need to see the console as {person}: the reason is kept.")
    visit = Visit(by, person, timezone.now())
    request.session[KEY] = {"person": person.pk, "by": by.pk, "started": visit.started_at.timestamp()}
    rotate_token(request)
    note(visit, AccessEvent.Kind.SEE_AS_STARTED, request, reason)
    return visit


def end_visit(visit: Visit, *, request: HttpRequest, reason: str) -> None:
    """The administrator is themself again. A form of a page seen as the person can not be sent in their own name."""
    request.session.pop(KEY, None)
    rotate_token(request)
    note(visit, AccessEvent.Kind.SEE_AS_ENDED, request, reason)


def note(visit: Visit, kind: str, request: HttpRequest, reason: str) -> None:
    record_event(
        kind,
        actor=visit.administrator,
        seen_as=visit.person,
        detail=reason,
        method=str(request.method),
        path=request.path[:500],
    )


def visit_in(session: SessionBase, user: Any) -> Visit | None:
    """The visit this session is on; what it says counts only for the person who started it and is still signed in."""
    kept = session.get(KEY)
    if not kept or not user.is_authenticated or kept["by"] != user.pk:
        return None
    person = User.with_archived.filter(pk=kept["person"]).first()
    return Visit(user, person, datetime.fromtimestamp(kept["started"], UTC)) if person else None
