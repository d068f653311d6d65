"""What needs the attention of the person who looks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from admin_theme.counting import oldest_at_once
from admin_theme.displays import nearby
from admin_theme.gate import gate, may_here
from apps.assessments.models import AttemptAnswer
from apps.assessments.queries import essays_to_grade
from apps.catalog.models import AccessRequest
from apps.jobs.models import JobRun
from apps.reviews.models import Review
from apps.subscriptions.models import RefundRequest
from apps.subscriptions.states import RefundState
from backoffice.dashboard.addresses import link_to, list_of
from backoffice.dashboard.look import Look
from imports.models import ImportJob


@dataclass(frozen=True)
class Attention:
    """Something that waits for this person."""

    title: str
    text: str
    link: str
    icon: str
    tone: str


def attention(look: Look) -> list[Attention]:
    """What waits for this person, each kind by at most one query that reads no more than it shows."""
    request = look.request
    return [
        *waiting_reviews(look),
        *asked_of(request),
        *open_imports(request),
        *failed_jobs(request),
    ]


def waiting_reviews(look: Look) -> list[Attention]:
    if not may_here(look.request, "decide", Review):
        return []
    queue = look.queue
    if not queue.waiting:
        return []
    title = f"{queue.waiting_words} review{'s' * (queue.waiting != 1)} to decide on"
    text = f"The oldest came {nearby(queue.oldest)}." if queue.oldest else "They were passed on by colleagues."
    return [Attention(title, text, list_of("reviews.review", "state=waiting"), "reviews", "info")]


@dataclass(frozen=True)
class Asked:
    """Rows that wait for this person's answer: what is told of them, and where they are."""

    model: type[Model]
    verb: str
    waits: Callable[[QuerySet[Any]], QuerySet[Any]]
    since: str
    names: tuple[str, str]
    told: str
    link: tuple[str, str]
    icon: str


ASKED = (
    Asked(
        AccessRequest,
        "decide",
        lambda rows: rows.filter(state=AccessRequest.State.OPEN),
        "created_at",
        ("request for rights to answer", "requests for rights to answer"),
        "was made",
        ("catalog.accessrequest", "state__exact=open"),
        "front_hand",
    ),
    Asked(
        AttemptAnswer,
        "grade",
        essays_to_grade,
        "attempt__completed_at",
        ("essay to grade", "essays to grade"),
        "was handed in",
        ("assessments.attempt", "state__exact=waiting"),
        "edit_note",
    ),
    Asked(
        RefundRequest,
        "decide",
        lambda rows: rows.filter(state=RefundState.OPEN),
        "created_at",
        ("refund to decide on", "refunds to decide on"),
        "was asked for",
        ("subscriptions.refundrequest", "state__exact=open"),
        "currency_exchange",
    ),
)


def asked_of(request: HttpRequest) -> list[Attention]:
    """All of them by one query."""
    theirs = [one for one in ASKED if may_here(request, one.verb, one.model)]
    found = oldest_at_once([(one.waits(gate.scope(request.user, one.verb, one.model)), one.since) for one in theirs])
    return [
        Attention(
            f"{number:,} {one.names[number != 1]}",
            f"The oldest {one.told} {nearby(oldest)}." if oldest else "",
            list_of(*one.link),
            one.icon,
            "info",
        )
        for one, (number, oldest) in zip(theirs, found, strict=True)
        if number
    ]


def open_imports(request: HttpRequest) -> list[Attention]:
    if not may_here(request, "view", ImportJob):
        return []
    waiting = {
        ImportJob.Status.UPLOADED: "Its columns have not been mapped yet.",
        ImportJob.Status.PLANNED: "Its plan is ready to be read and applied.",
        ImportJob.Status.PARTLY_APPLIED: "Only a part of it was applied.",
    }
    jobs = gate.scope(request.user, "view", ImportJob).filter(uploader_id=request.user.pk, status__in=waiting)
    return [
        Attention(job.original_name, waiting[ImportJob.Status(job.status)], link_to(job), "upload_file", "info")
        for job in jobs.order_by("-created_at")[:4]
    ]


def failed_jobs(request: HttpRequest) -> list[Attention]:
    if not may_here(request, "view", JobRun):
        return []
    runs = gate.scope(request.user, "view", JobRun).filter(state=JobRun.State.FAILED).order_by("-created_at")
    return [Attention(run.title, run.outcome or "It failed.", link_to(run), "error", "bad") for run in runs[:4]]
