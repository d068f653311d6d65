"""Runs: what happens in the background, how far it is, and how it ended."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from admin_theme.actions import console_action
from admin_theme.console import ReadOnlyAdmin
from admin_theme.displays import Tone, percent_bar, quiet, relative_time, state_badge, two_lines
from admin_theme.filters import MomentRangeFilter, ScopedRelatedFilter
from apps.jobs.models import JobRun
from apps.jobs.queries import (
    amount_words,
    duration_words,
    job_titles,
    log_lines,
    progress_of,
    seconds_taken,
    subject_address,
)
from apps.jobs.services import request_cancel, retry_run

TONES: dict[str, Tone] = {
    JobRun.State.QUEUED: "neutral",
    JobRun.State.RUNNING: "info",
    JobRun.State.SUCCEEDED: "good",
    JobRun.State.FAILED: "bad",
    JobRun.State.CANCELLED: "warn",
}


class JobFilter(admin.SimpleListFilter):
    title = "job"
    parameter_name = "job"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return job_titles()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        return queryset.filter(job=self.value()) if self.value() else queryset


def is_cancellable(run: JobRun) -> bool:
    return run.is_open and run.cancel_requested_at is None


def is_retryable(run: JobRun) -> bool:
    return run.state in (JobRun.State.FAILED, JobRun.State.CANCELLED)


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin[JobRun]):
    list_display = ("what", "state_column", "progress_column", "asked_by", "asked", "took")
    list_filter = ("state", JobFilter, ("created_at", MomentRangeFilter), ("requester", ScopedRelatedFilter))
    list_title = "Jobs"
    search_help_text = "Job or outcome"
    search_fields = ("title", "outcome", "subject")
    list_select_related: ClassVar[list[str]] = ["requester"]
    ordering = ["-created_at", "-pk"]
    lookups_allowed = ("subject",)
    actions = ("cancel", "retry")
    actions_detail = ("cancel", "retry")
    empty_title = "Nothing has run in the background yet"
    empty_text = "Imports, exports and scheduled work appear here while they run and after they have ended."

    @admin.display(description="what", ordering="title")
    def what(self, run: JobRun) -> SafeString:
        return two_lines(run.title, run.outcome or run.stage)

    @admin.display(description="state", ordering="state")
    def state_column(self, run: JobRun) -> SafeString:
        return state_badge(run, "state", TONES)

    @admin.display(description="progress")
    def progress_column(self, run: JobRun) -> SafeString:
        if run.state == JobRun.State.RUNNING and run.percent is not None:
            return percent_bar(run.percent)
        return quiet(amount_words(run) or "-")

    @admin.display(description="asked by", ordering="requester")
    def asked_by(self, run: JobRun) -> str:
        return str(run.requester or "A schedule")

    @admin.display(description="asked", ordering="created_at")
    def asked(self, run: JobRun) -> SafeString:
        return relative_time(run.created_at)

    @admin.display(description="took")
    def took(self, run: JobRun) -> str:
        seconds = seconds_taken(run)
        return "-" if seconds is None else duration_words(seconds)

    @console_action(
        "Cancel",
        verb="cancel",
        icon="cancel",
        variant="danger",
        fits=is_cancellable,
        done="asked to stop",
        confirm="It stops at the next safe point and takes back what is half done. It can be done again afterwards.",
    )
    def cancel(self, request: HttpRequest, run: JobRun, reason: str) -> str:  # noqa: ARG002
        cancelled = request_cancel(run, by=request.user)
        return f"“{run}” is cancelled." if not cancelled.is_open else f"“{run}” stops at the next safe point."

    @console_action(
        "Do it again",
        verb="retry",
        icon="replay",
        variant="primary",
        fits=is_retryable,
        done="queued again",
        confirm="It goes on where it stopped: what is already done is not done twice.",
    )
    def retry(self, request: HttpRequest, run: JobRun, reason: str) -> str:  # noqa: ARG002
        retry_run(run, by=request.user)
        return f"“{run}” is queued again."

    def get_urls(self) -> list[URLPattern]:
        progress = self.admin_site.admin_view(self.progress_view)
        return [path("<path:object_id>/progress/", progress, name="jobs_jobrun_progress"), *super().get_urls()]

    def progress_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """What `jobs/progress.js` asks for every second."""
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        after = request.GET.get("after", "0")
        if not after.isdecimal() or len(after) > 18:
            raise BadRequest("“after” is the number of a log line.")
        answer = JsonResponse(progress_of(self.require_record(request, object_id), after=int(after)))
        answer["Cache-Control"] = "no-store"
        return answer

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponseBase:
        run: JobRun = self.require_record(request, str(object_id))
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        context = {
            **self.admin_site.each_context(request),
            "title": run.title,
            "list_title": self.list_title,
            "opts": self.opts,
            "original": run,
            "run": run,
            "state_badge": state_badge(run, "state", TONES),
            "lines": log_lines(run),
            "took": self.took(run),
            "subject_address": subject_address(run),
            "may_cancel": is_cancellable(run) and self.may(request, "cancel", run),
            "may_retry": is_retryable(run) and self.may(request, "retry", run),
        }
        return TemplateResponse(request, "jobs/run.html", context)
