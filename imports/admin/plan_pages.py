"""The third and fourth step: what the file will do, row by row, and the decision to let it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase

from apps.records.policy import policy_for
from apps.records.rules import RuleBroken
from imports import services
from imports.admin.consent import Consent
from imports.admin.pages import show, to_page
from imports.admin.rows import PlanRows, figures_of, sheet_tabs, total_of
from imports.admin.steps import may_be_mapped
from imports.admin.tree import PlanTree
from imports.admin.unknown import unknown_in
from imports.codes import FileRefused
from imports.forms import ApplyForm
from imports.models import ImportJob
from imports.parts import parts_of
from imports.types.composites import COMPOSITES
from imports.words import counted_kind, faulty_rows, open_changes

UNPROCESSABLE = 422
WITH_CONSEQUENCES = ("enrollments", "progress")


def plan_page(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """Shows the plan, or makes it again."""
    if request.method == "POST":
        return _plan_again(request, job)
    if not job.planned_at or job.kind == "" or job.status in ("planning", "uploaded", "refused", "expired"):
        return to_page(job)
    return _show_plan(request, job)


def apply(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """Asked twice, it answers twice with the page of the one apply."""
    if job.status != ImportJob.Status.PLANNED:
        return to_page(job)
    form = ApplyForm(request.POST)
    if not form.is_valid():
        return _show_plan(request, job, broken="Choose whether all rows or only the good ones are applied.")
    chosen = form.cleaned_data
    if services.needs_confirmation(job) and _digits(chosen["confirmation"]) != confirmation_asked(job):
        return _show_plan(
            request, job, broken=f"Type {confirmation_asked(job)} to confirm so large a change. Nothing was applied."
        )
    try:
        services.start_apply(
            job,
            by=request.user,
            good_rows_only=chosen["rows"] == ApplyForm.GOOD,
            confirmed=bool(chosen["confirmation"]),
            notify=chosen["notify"],
        )
    except RuleBroken as broken:
        job.refresh_from_db()
        if job.status == ImportJob.Status.PLANNED:
            return _show_plan(request, job, broken=broken.sentence)
        messages.warning(request, broken.sentence)
    return to_page(job)


def confirmation_asked(job: ImportJob) -> str:
    """What has to be typed before a large change: the number of rows it writes."""
    return str(open_changes(job.counts))


def _plan_again(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    try:
        services.start_plan(job, by=request.user)
    except FileRefused as refused:
        messages.error(request, " ".join(message.text for message in refused.messages))
    except RuleBroken as broken:
        messages.error(request, broken.sentence)
    return to_page(job)


def _show_plan(request: HttpRequest, job: ImportJob, *, broken: str = "") -> HttpResponseBase:
    parts = parts_of(job)
    part = parts[place] if (place := _key(request.GET.get("sheet", ""))) < len(parts) else parts[0]
    composite = COMPOSITES.get(job.kind)
    has_tree = composite is not None and composite.is_tree
    shows_tree = has_tree and ("sheet" not in request.GET or request.GET.get("view") == "tree")
    changes, faults = open_changes(job.counts), faulty_rows(job.counts)
    is_open = job.status == ImportJob.Status.PLANNED
    may = policy_for(ImportJob).may
    may_change, may_apply = may(request.user, "change", job), is_open and may(request.user, "apply", job)
    may_correct = is_open and may_change and may_be_mapped(job)
    rows = PlanRows(job, part, request.GET, request.user if may_correct else None)
    confirmation = services.needs_confirmation(job) if may_apply and changes else ""
    return show(
        request,
        "plan",
        job,
        rows=rows,
        total=total_of(job.counts),
        figures=figures_of(job.counts),
        kind=part.kind,
        sheets=sheet_tabs(parts, None if shows_tree else part.index) if composite is not None else [],
        has_tree=has_tree,
        tree=PlanTree(job, parts, request.GET) if shows_tree else None,
        changes=changes,
        changes_in_words=counted_kind(job.kind, changes),
        faults=faults,
        is_open=is_open,
        is_simple=not faults and not confirmation and job.kind not in WITH_CONSEQUENCES,
        has_consequences=job.kind in WITH_CONSEQUENCES,
        confirmation=confirmation,
        confirmation_asked=confirmation_asked(job),
        may_be_mapped=may_change and may_be_mapped(job),
        may_apply=may_apply,
        may_correct=may_correct,
        consent=Consent(job, request.user) if is_open else None,
        has_unknown_values=any(unknown_in(job, part) for part in parts),
        comments=job.comments.count(),
        broken=broken,
        status=UNPROCESSABLE if broken else 200,
    )


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())


def _key(text: str) -> int:
    return int(text[:9]) if text.isdecimal() and text.isascii() else 0
