"""The last step: what the import did, the records it touched, and taking it all back."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from apps.records.policy import scope
from apps.records.rules import RuleBroken
from imports import services
from imports.admin.pages import show, to_page
from imports.admin.rows import ROWS_PER_PAGE
from imports.admin.steps import CAN_BE_UNDONE, FINISHED, UNDONE
from imports.models import ImportJob, ImportRow
from imports.parts import parts_of
from imports.words import counted_kind, faulty_rows, noun

LEFT_SHOWN = 200
FIRST_SHOWN = 10
State = ImportRow.State
TOUCHED = (State.APPLIED, State.UNDONE, State.LEFT)
HAPPENED = {"create": "created", "update": "changed"}


def result_page(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    if job.status not in FINISHED:
        return to_page(job)
    is_undone = job.status in UNDONE
    left_count = int(job.applied_counts.get("left", 0))
    left = job.rows.filter(state=State.LEFT).order_by("part", "number")
    rows = list(left[:LEFT_SHOWN]) if is_undone else []
    parts = parts_of(job)
    return show(
        request,
        "result",
        job,
        undone=is_undone,
        done_words=_done(job),
        left_out=faulty_rows(job.counts),
        left=[
            {
                "sheet": parts[row.part].source,
                "line": row.number,
                "label": row.label,
                "key": row.key,
                "why": _why_left(row),
            }
            for row in rows
        ],
        left_count=left_count or len(rows),
        left_noun=noun(job.kind, left_count or len(rows)),
        may_be_undone=job.status in CAN_BE_UNDONE,
        records=[] if is_undone else _records(job, list(_touched(job)[:FIRST_SHOWN]), request.user),
        change_sets=_change_sets(job),
    )


def objects_page(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """Exactly the records this import wrote; those the person may no longer see are named, not linked."""
    if job.status not in FINISHED:
        return to_page(job)
    touched = _touched(job)
    outcome = request.GET.get("outcome", "")
    if outcome in ImportRow.OPEN_OUTCOMES:
        touched = touched.filter(outcome=outcome)
    if search := request.GET.get("q", "").strip()[:100]:
        touched = touched.filter(Q(label__icontains=search) | Q(key__icontains=search))
    page = Paginator(touched, ROWS_PER_PAGE).get_page(request.GET.get("page", "1"))
    return show(
        request,
        "objects",
        job,
        page=page,
        records=_records(job, list(page.object_list), request.user),
        outcome=outcome,
        search=search,
        heading=f"{counted_kind(job.kind, page.paginator.count)} touched by this import",
        query=urlencode({"outcome": outcome, "q": search}),
    )


def undo_page(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """Shows what taking it back will do and what it will leave alone; by POST it is taken back."""
    if job.status not in CAN_BE_UNDONE:
        return to_page(job)
    if request.method == "POST":
        try:
            services.start_undo(job, by=request.user)
        except RuleBroken as broken:
            messages.error(request, broken.sentence)
        return to_page(job)
    preview = services.undo_preview(job, by=request.user)
    counts, parts = preview["counts"], parts_of(job)
    left = {(row["sheet"], row["line"]) for row in preview["left"]}
    first = _touched(job)[: FIRST_SHOWN + len(left)]
    rows = [row for row in first if (parts[row.part].source, row.number) not in left]
    return show(
        request,
        "undo",
        job,
        undo=counts.get("undo", 0),
        undo_in_words=counted_kind(job.kind, counts.get("undo", 0)),
        left=preview["left"][:LEFT_SHOWN],
        left_count=counts.get("left", 0),
        left_hidden=max(0, counts.get("left", 0) - LEFT_SHOWN),
        left_noun=noun(job.kind, counts.get("left", 0)),
        records=_records(job, rows[:FIRST_SHOWN], request.user),
    )


def _touched(job: ImportJob) -> QuerySet[ImportRow]:
    return job.rows.filter(state__in=TOUCHED).order_by("part", "number", "pk")


def _done(job: ImportJob) -> list[dict[str, Any]]:
    """What was done, outcome by outcome, in words."""
    return [
        {"outcome": outcome, "words": counted_kind(job.kind, number), "verb": verb}
        for outcome, verb in HAPPENED.items()
        if (number := int(job.applied_counts.get(outcome, 0)))
    ]


def _records(job: ImportJob, rows: list[ImportRow], user: Any) -> list[dict[str, Any]]:
    parts = parts_of(job)
    keys: dict[type[Model], set[int]] = {}
    for row in rows:
        if row.object_id:
            keys.setdefault(parts[row.part].kind.model, set()).add(row.object_id)
    visible = {
        model: set(scope(user, "view", model).filter(pk__in=ids).values_list("pk", flat=True))
        for model, ids in keys.items()
    }
    return [
        {
            "row": row,
            "sheet": parts[row.part].source,
            "name": row.label or row.key,
            "happened": row.get_state_display() if row.state != State.APPLIED else HAPPENED.get(row.outcome, ""),
            "links": _links(model, row.object_id)
            if row.object_id in visible.get(model := parts[row.part].kind.model, ())
            else None,
        }
        for row in rows
    ]


def _links(model: type[Model], key: int | None) -> dict[str, str] | None:
    """The page and the history of a record; none where it has no screen of its own."""
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    try:
        return {page: reverse(f"admin:{name}_{page}", args=[key]) for page in ("change", "history")}
    except NoReverseMatch:
        return None


def _change_sets(job: ImportJob) -> list[dict[str, str]]:
    found = [("What it changed", job.change_set_id), ("What taking it back changed", job.undo_change_set_id)]
    return [{"label": label, "url": reverse("admin:audit_changeset_change", args=[key])} for label, key in found if key]


def _why_left(row: ImportRow) -> str:
    """The undo writes its reason last."""
    return str(row.messages[-1].get("message", "")) if row.messages else "Somebody has changed it since."
