"""What every page of an import shows around its own step."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from admin_theme.displays import relative_time, state_badge
from apps.records.policy import policy_for
from imports.admin.steps import TONES, address, page_of, steps_of
from imports.models import ImportJob
from imports.types import KINDS
from imports.words import kind_title

SEE_OTHER = 303


def show(request: HttpRequest, template: str, job: ImportJob, *, status: int = 200, **context: Any) -> HttpResponse:
    """The page of a step, inside the console's shell."""
    shell = {
        **admin.site.each_context(request),
        "title": job.original_name,
        "opts": ImportJob._meta,
        "object": job,
        "job": job,
        "kind": KINDS.get(job.kind),
        "kind_title": kind_title(job.kind),
        "steps": steps_of(job, template, may_change=policy_for(ImportJob).may(request.user, "change", job)),
        "badge": state_badge(job, "status", TONES),  # type: ignore[arg-type]
        "uploaded": relative_time(job.created_at),
        "planned": relative_time(job.planned_at),
        "applied": relative_time(job.applied_at),
        "taken_back": relative_time(job.undone_at),
        "is_own": job.uploader_id == request.user.pk,
    }
    return render(request, f"imports/{template}.html", {**shell, **context}, status=status)


def see_other(url: str) -> HttpResponseRedirect:
    """After a POST: the answer is another page, and repeating the request repeats nothing."""
    answer = HttpResponseRedirect(url)
    answer.status_code = SEE_OTHER
    return answer


def to_page(job: ImportJob, page: str = "") -> HttpResponseRedirect:
    """To the page named, or to the one that belongs to the state the import is in by now."""
    job.refresh_from_db(fields=["status"])
    return see_other(address(job, page or page_of(job)))
