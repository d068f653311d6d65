"""While something runs, and where to go when it has ended."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase

from apps.jobs.services import request_cancel
from apps.records.rules import RuleBroken
from imports.admin.pages import show, to_page
from imports.admin.refused import ways_to_read
from imports.admin.steps import BUSY, STOPPED, may_be_mapped, page_of
from imports.models import ImportJob

Status = ImportJob.Status
TITLES = {
    Status.PLANNING: ("The plan is being made", "Nothing is written. You may leave this page and come back."),
    Status.APPLYING: ("The import is being applied", "You may leave this page and come back."),
    Status.UNDOING: ("The import is being taken back", "You may leave this page and come back."),
}


def progress_page(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    if job.status not in BUSY:
        return next_page(request, job)
    title, text = TITLES[Status(job.status)]
    return show(request, "progress", job, run=job.run, heading=title, text=text)


def next_page(request: HttpRequest, job: ImportJob) -> HttpResponseBase:  # noqa: ARG001
    """After a plan with values nobody has been asked about yet, those come first; else the page of the state."""
    if job.status == Status.PLANNED and any(column not in job.value_mapping for column in job.unknown_values):
        return to_page(job, "values")
    return to_page(job)


def cancel(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    if job.status in BUSY and job.run is not None:
        try:
            request_cancel(job.run, by=request.user)
        except RuleBroken as broken:
            messages.info(request, broken.sentence)
    return to_page(job)


def stopped_page(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """A refused, failed, cancelled or expired import: why, what was not lost, and what to do."""
    if job.status not in STOPPED:
        return to_page(job, page_of(job))
    return show(request, "stopped", job, run=job.run, choices=ways_to_read(job), may_be_mapped=may_be_mapped(job))
