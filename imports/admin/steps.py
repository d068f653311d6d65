"""Where an import stands: its five steps, which of them can be opened, and the page each state belongs to."""

from dataclasses import dataclass

from django.urls import reverse

from imports.models import ImportJob

Status = ImportJob.Status

BUSY = frozenset({Status.PLANNING, Status.APPLYING, Status.UNDOING})
BEFORE_THE_PLAN = frozenset({Status.UPLOADED})
CAN_BE_UNDONE = frozenset({Status.APPLIED, Status.PARTLY_APPLIED, Status.PARTLY_UNDONE})
UNDONE = frozenset({Status.UNDONE, Status.PARTLY_UNDONE})
FINISHED = CAN_BE_UNDONE | UNDONE | {Status.UNDOING}
STOPPED = frozenset({Status.REFUSED, Status.FAILED, Status.CANCELLED, Status.EXPIRED})
OPEN = frozenset({Status.UPLOADED, Status.PLANNED, Status.FAILED, Status.CANCELLED, Status.REFUSED})

TONES = {
    Status.UPLOADED: "info",
    Status.PLANNING: "info",
    Status.PLANNED: "info",
    Status.REFUSED: "bad",
    Status.APPLYING: "info",
    Status.APPLIED: "good",
    Status.PARTLY_APPLIED: "warn",
    Status.FAILED: "bad",
    Status.CANCELLED: "warn",
    Status.UNDOING: "info",
    Status.UNDONE: "neutral",
    Status.PARTLY_UNDONE: "warn",
    Status.EXPIRED: "neutral",
}

NAMES = ("Upload", "Map", "Plan", "Apply", "Result")


@dataclass(frozen=True, slots=True)
class Step:
    """One of the five; `state` is done, now, halted or later."""

    name: str
    state: str
    url: str = ""


def may_be_mapped(job: ImportJob) -> bool:
    """Whether columns and values can still be chosen: the file is there and was understood, and nothing is applied."""
    return job.status in OPEN and bool(job.file) and bool(job.headers or job.parts) and not job.change_set_id


def address(job: ImportJob, page: str) -> str:
    return reverse(f"admin:imports_importjob_{page}", args=[job.pk])


def page_of(job: ImportJob) -> str:
    """The page that belongs to the state the import is in."""
    if job.status in BUSY:
        return "progress"
    if job.status in STOPPED:
        return "stopped"
    if job.status in FINISHED:
        return "result"
    return "plan" if job.status == Status.PLANNED else "map"


def steps_of(job: ImportJob, here: str) -> list[Step]:
    """The five steps as seen from the open page; one that is done can be opened again while that makes sense."""
    at = _place(job, here)
    halted = job.status in (Status.REFUSED, Status.FAILED, Status.EXPIRED)
    links = [
        "",
        "map" if may_be_mapped(job) else "",
        _plan_page(job),
        "",
        "result" if job.status in FINISHED else "",
    ]
    return [
        Step(
            name,
            "done" if index < at else ("halted" if halted else "now") if index == at else "later",
            address(job, page) if (page := links[index]) and index != at else "",
        )
        for index, name in enumerate(NAMES)
    ]


def _place(job: ImportJob, here: str) -> int:
    if here in ("map", "map_parts", "lesson", "values"):
        return 1
    if here == "plan":
        return 2
    if here in ("result", "objects", "undo"):
        return 4
    if job.status in (Status.REFUSED, Status.EXPIRED):
        return 2 if may_be_mapped(job) else 0
    if job.status == Status.UNDOING:
        return 4
    return 3 if job.status == Status.APPLYING or job.change_set_id else 2


def _plan_page(job: ImportJob) -> str:
    return "plan" if job.planned_at and job.status not in (*BUSY, *BEFORE_THE_PLAN, Status.EXPIRED) else ""
