"""The overview: a few true figures, what needs attention, what to do next and what happened lately."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from admin_theme.displays import counted, nearby
from admin_theme.gate import gate, may_here
from apps.assessments.models import AttemptAnswer
from apps.assessments.queries import essays_to_grade
from apps.audit.models import ChangeSet
from apps.catalog.models import AccessRequest, Course
from apps.catalog.states import CourseStatus
from apps.enrollments.models import Enrollment
from apps.jobs.models import JobRun
from apps.reviews.models import Review
from apps.reviews.queries import waiting
from apps.subscriptions.models import RefundRequest
from apps.subscriptions.states import RefundState
from imports.models import ImportJob

RECENT = 8


@dataclass(frozen=True)
class Figure:
    """A number with what it counts and where to see it."""

    label: str
    value: int
    link: str = ""
    note: str = ""


@dataclass(frozen=True)
class Attention:
    """Something that waits for this person."""

    title: str
    text: str
    link: str
    icon: str
    tone: str


def dashboard(request: HttpRequest) -> dict[str, Any]:
    """Everything on the overview, within the scope of the person who looks."""
    return {
        "figures": figures(request),
        "attention": attention(request),
        "quick_actions": quick_actions(request),
        "recent": recent(request),
    }


def list_of(label: str, query: str = "") -> str:
    """The address of a model's list, or nothing while it has no screen."""
    try:
        address = reverse(f"admin:{label.replace('.', '_')}_changelist")
    except NoReverseMatch:
        return ""
    return f"{address}?{query}" if query else address


def figures(request: HttpRequest) -> list[Figure]:
    shown = []
    if may_here(request, "view", Course):
        courses = gate.scope(request.user, "view", Course).filter(archived_at=None)
        number, published = counted_with(courses, Q(status=CourseStatus.PUBLISHED))
        shown.append(Figure("courses", number, list_of("catalog.course"), f"{published:,} published"))
    if may_here(request, "view", Enrollment):
        enrollments = gate.scope(request.user, "view", Enrollment).filter(archived_at=None)
        number, active = counted_with(enrollments, Q(status="active"))
        shown.append(Figure("enrollments", number, list_of("enrollments.enrollment"), f"{active:,} active"))
    if may_here(request, "view", Review):
        reviews = gate.scope(request.user, "view", Review)
        number = reviews.filter(archived_at=None).count()
        to_decide = f"{waiting(reviews).count():,} waiting"
        shown.append(Figure("reviews", number, list_of("reviews.review"), to_decide))
    user_model = apps.get_model("accounts.user")
    if may_here(request, "view", user_model):
        people = gate.scope(request.user, "view", user_model).filter(archived_at=None)
        shown.append(Figure("people", people.count(), list_of("accounts.user"), ""))
    return shown


def counted_with(rows: QuerySet[Any], condition: Q) -> tuple[int, int]:
    """How many rows there are, and how many of them fulfil a condition, by one query."""
    found = rows.order_by().aggregate(all=Count("pk"), some=Count("pk", filter=condition))
    return found["all"], found["some"]


def attention(request: HttpRequest) -> list[Attention]:
    return [
        *open_requests(request),
        *waiting_reviews(request),
        *waiting_essays(request),
        *open_refunds(request),
        *open_imports(request),
        *failed_jobs(request),
    ]


def open_requests(request: HttpRequest) -> list[Attention]:
    if not may_here(request, "decide", AccessRequest):
        return []
    asked = gate.scope(request.user, "decide", AccessRequest).filter(state=AccessRequest.State.OPEN)
    found = asked.aggregate(number=Count("pk"), oldest=Min("created_at"))
    if not found["number"]:
        return []
    title = f"{counted(AccessRequest, found['number'])} for rights to answer"
    text = f"The oldest was made {nearby(found['oldest'])}."
    return [Attention(title, text, list_of("catalog.accessrequest", "state__exact=open"), "front_hand", "info")]


def waiting_reviews(request: HttpRequest) -> list[Attention]:
    if not may_here(request, "decide", Review):
        return []
    found = waiting(gate.scope(request.user, "decide", Review)).aggregate(number=Count("pk"), oldest=Min("created_at"))
    if not found["number"]:
        return []
    title = f"{counted(Review, found['number'])} to decide on"
    text = f"The oldest was written {nearby(found['oldest'])}."
    return [Attention(title, text, list_of("reviews.review", "state=waiting"), "reviews", "info")]


def waiting_essays(request: HttpRequest) -> list[Attention]:
    if not may_here(request, "grade", AttemptAnswer):
        return []
    essays = essays_to_grade(gate.scope(request.user, "grade", AttemptAnswer)).order_by()
    found = essays.aggregate(number=Count("pk"), oldest=Min("attempt__completed_at"))
    if not found["number"]:
        return []
    title = f"{found['number']:,} essay{'' if found['number'] == 1 else 's'} to grade"
    text = f"The oldest was handed in {nearby(found['oldest'])}."
    return [Attention(title, text, list_of("assessments.attempt", "state__exact=waiting"), "edit_note", "info")]


def open_refunds(request: HttpRequest) -> list[Attention]:
    if not may_here(request, "decide", RefundRequest):
        return []
    refunds = gate.scope(request.user, "decide", RefundRequest).filter(state=RefundState.OPEN)
    found = refunds.aggregate(number=Count("pk"), oldest=Min("created_at"))
    if not found["number"]:
        return []
    title = f"{counted(RefundRequest, found['number'])} to decide on"
    text = f"The oldest was asked for {nearby(found['oldest'])}."
    return [
        Attention(title, text, list_of("subscriptions.refundrequest", "state__exact=open"), "currency_exchange", "info")
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


def link_to(record: Any) -> str:
    try:
        return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])
    except NoReverseMatch:
        return ""


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
