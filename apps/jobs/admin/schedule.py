"""Schedules: which jobs run by themselves and when. Administrators change them, every change is in the history."""

from copy import copy
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_celery_beat.admin import PeriodicTaskAdmin  # noqa: F401 - registers the stock screens, which go below
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from admin_theme.actions import console_action
from admin_theme.console import ConsoleAdmin
from admin_theme.displays import badge, quiet, relative_time, state_badge, two_lines
from apps.jobs.admin.run import TONES
from apps.jobs.forms import ScheduleForm
from apps.jobs.models import JobRun
from apps.jobs.queries import last_runs
from apps.jobs.registry import JOBS
from apps.jobs.schedules import TASK, built_in_words, next_slot, words_of
from apps.jobs.services import change_schedule, run_by_hand

for stock in (PeriodicTask, IntervalSchedule, CrontabSchedule, SolarSchedule, ClockedSchedule):
    if admin.site.is_registered(stock):
        admin.site.unregister(stock)


def is_run_by_hand(row: PeriodicTask) -> bool:
    return row.name in JOBS and JOBS[row.name].by_hand


@admin.register(PeriodicTask)
class ScheduleAdmin(ConsoleAdmin[PeriodicTask]):
    form = ScheduleForm
    list_display = ("job_title", "when", "is_on", "last_run", "next_run")
    list_filter = ("enabled",)
    search_fields = ("name", "description")
    search_help_text = "Job"
    ordering = ["description"]
    list_select_related: ClassVar[list[str]] = ["crontab", "interval"]
    actions = ("run_now",)
    actions_row = ("run_now",)
    actions_detail = ("run_now",)
    conditional_fields = {"cron": "rhythm == 'times'", "every": "rhythm == 'interval'", "unit": "rhythm == 'interval'"}
    facts = ("job_title", "when", "built_in", "is_on", "last_run", "next_run")
    empty_title = "No job runs by itself"
    empty_text = "Jobs that run by themselves appear here as soon as this version of the console has one."

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.opts = copy(self.opts)
        self.opts.verbose_name, self.opts.verbose_name_plural = "schedule", "schedules"

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changelist = super().get_changelist_instance(request)
        changelist.opts = self.opts
        changelist.title = "Schedules"
        newest = last_runs([row.name for row in changelist.result_list])
        for row in changelist.result_list:
            row.newest_run = newest.get(row.name)
        return changelist

    def get_queryset(self, request: HttpRequest) -> QuerySet[PeriodicTask]:
        return super().get_queryset(request).filter(task=TASK, name__in=JOBS)

    def get_fieldsets(self, request: HttpRequest, obj: PeriodicTask | None = None) -> Any:
        shown = [(None, {"fields": self.facts})]
        if not self.has_change_permission(request, obj):
            return shown
        return [("When it runs", {"fields": ["enabled", "rhythm", "cron", ("every", "unit")]}), ("Now", shown[0][1])]

    def get_readonly_fields(self, request: HttpRequest, obj: PeriodicTask | None = None) -> Any:  # noqa: ARG002
        return self.facts

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def save_model(self, request: HttpRequest, obj: PeriodicTask, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        given = form.cleaned_data
        change_schedule(obj, by=request.user, due=given["due"], is_enabled=given["enabled"])

    @console_action(
        "Run now",
        verb="run",
        icon="play_arrow",
        fits=is_run_by_hand,
        done="started",
        confirm="It runs once, now, beside its schedule. The Jobs screen shows how far it is.",
    )
    def run_now(self, request: HttpRequest, row: PeriodicTask, reason: str) -> SafeString:  # noqa: ARG002
        run = run_by_hand(row.name, by=request.user)
        address = reverse("admin:jobs_jobrun_change", args=[run.pk])
        return format_html("“{}” is on its way. <a href='{}'>See how far it is</a>", run.title, address)

    @admin.display(description="job", ordering="description")
    def job_title(self, row: PeriodicTask) -> SafeString:
        return two_lines(JOBS[row.name].title, row.name)

    @admin.display(description="runs")
    def when(self, row: PeriodicTask) -> str:
        return words_of(row)

    @admin.display(description="unless changed")
    def built_in(self, row: PeriodicTask) -> SafeString:
        words = built_in_words(JOBS[row.name])
        return quiet(words if words == words_of(row) else f"{words}; people have changed it")

    @admin.display(description="state", ordering="enabled")
    def is_on(self, row: PeriodicTask) -> SafeString:
        return badge("On", "good") if row.enabled else badge("Off")

    @admin.display(description="last run")
    def last_run(self, row: PeriodicTask) -> SafeString:
        if not hasattr(row, "newest_run"):
            row.newest_run = last_runs([row.name]).get(row.name)
        newest: JobRun | None = row.newest_run
        if newest is None:
            return format_html('<span class="c-quiet">{}</span>', "Never")
        return format_html("{} {}", state_badge(newest, "state", TONES), relative_time(newest.created_at))

    @admin.display(description="next run")
    def next_run(self, row: PeriodicTask) -> SafeString:
        return relative_time(next_slot(row), empty="Not while it is off")
