"""Telling people something: one by one, or very many by a few statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from apps.jobs.models import JobRun
from apps.jobs.queries import duration_words, seconds_taken, subject_address
from apps.notifications.kinds import FOR_LEARNERS, kind_of
from apps.notifications.models import Notification, NotificationPreference
from apps.notifications.states import Way
from apps.records.rules import RuleBroken

# Whoever waited this long for background work has most likely gone on to something else.
AWAY_AFTER_SECONDS = 10
LONGEST_TITLE = 200
BATCH = 500


@dataclass(frozen=True, kw_only=True)
class News:
    """What one person is told: `source` names what tells it, so that they are told once however often it is tried."""

    recipient_id: int
    title: str
    text: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    source: str | None = None
    priority: str = Notification.Priority.NORMAL
    expires_at: datetime | None = None


def notify(
    person: Any,
    *,
    kind: str,
    title: str,
    text: str = "",
    link: str = "",
    priority: str = Notification.Priority.NORMAL,
    expires_at: datetime | None = None,
) -> Notification | None:
    """Tells one person something; nothing when they cannot open the console, or want to hear nothing of the kind.

    `link` is an address of the console.
    """
    if not (person.is_active and person.is_staff):
        return None
    if link and not is_own_address(link):
        raise RuleBroken("A notification leads to a page of the console only.")
    if Way.NOTHING in kind_of(kind).ways and switched_off(kind, [person.pk]):
        return None
    return Notification.objects.create(
        recipient=person,
        kind=kind,
        title=shortened(title),
        text=text,
        link=link,
        priority=priority,
        expires_at=expires_at,
    )


def notify_learners(people: Iterable[Any], *, kind: str, title: str, text: str = "") -> None:
    """Tells people who have no console something: it reaches them by mail, as soon as a mail server takes it."""
    tell_many([News(recipient_id=one.pk, title=title, text=text) for one in people if one.is_active], kind=kind)


def tell_many(news: Sequence[News], *, kind: str) -> None:
    """Tells learners something by a few statements for all; who wants to hear nothing of the kind is left out."""
    key = f"{FOR_LEARNERS}{kind}"
    for start in range(0, len(news), BATCH):
        part = news[start : start + BATCH]
        left_out = switched_off(key, [one.recipient_id for one in part])
        Notification.objects.bulk_create(
            [
                Notification(
                    recipient_id=one.recipient_id,
                    kind=key,
                    title=shortened(one.title),
                    text=one.text,
                    facts=dict(one.facts),
                    source=one.source,
                    priority=one.priority,
                    expires_at=one.expires_at,
                )
                for one in part
                if one.recipient_id not in left_out
            ],
            ignore_conflicts=True,
        )


def switched_off(kind: str, people: Sequence[int]) -> set[int]:
    """Those of these people who want to hear nothing of the kind."""
    chosen = NotificationPreference.objects.filter(kind=kind, way=Way.NOTHING, user__in=people)
    return set(chosen.values_list("user_id", flat=True))


def shortened(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def is_own_address(link: str) -> bool:
    return link.startswith("/") and url_has_allowed_host_and_scheme(link, allowed_hosts=None)


def tell_run_ended(run: JobRun) -> None:
    """Tells whoever asked for background work that it failed, or that it is done after they stopped looking.

    Who cancels a run knows it, and a run of a schedule has nobody to tell.
    """
    if run.requester is None or run.state not in (JobRun.State.FAILED, JobRun.State.SUCCEEDED):
        return
    failed, seconds = run.state == JobRun.State.FAILED, seconds_taken(run) or 0
    if not failed and seconds < AWAY_AFTER_SECONDS:
        return
    notify(
        run.requester,
        kind="job",
        title=f"Failed: {run.title}" if failed else f"Done: {run.title}, after {duration_words(seconds)}",
        text=run.outcome,
        link=subject_address(run) or reverse("admin:jobs_jobrun_change", args=[run.pk]),
        priority=Notification.Priority.HIGH if failed else Notification.Priority.NORMAL,
    )
