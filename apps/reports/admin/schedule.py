"""Schedules of reports: what goes to whom and when, what became of the last one, and the way to stop it."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Field, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.enums import ActionVariant

from admin_theme.actions import console_action
from admin_theme.displays import badge, quiet, relative_time, two_lines
from admin_theme.tabs import Tab, TabbedAdmin, linked
from apps.catalog.admin.panels import history_tab
from apps.reports import services
from apps.reports.admin.offers import asked_for
from apps.reports.forms import ScheduleForm
from apps.reports.models import ReportSchedule
from apps.reports.queries import in_words, with_recipient_count
from apps.reports.tasks import send_now

LONGEST_OUTCOME = 80


@admin.register(ReportSchedule)
class ReportScheduleAdmin(TabbedAdmin[ReportSchedule]):
    form = ScheduleForm
    tabs = (Tab(key="schedule", title="Schedule", place=10, has_fields=True), history_tab())
    verbs_asked = ("view", "change", "delete")
    list_display = ("what", "state_shown", "next", "last", "whose")
    list_filter = ("is_active",)
    list_select_related = ("report", "owner")
    search_fields = ("report__name", "ready_key")
    search_help_text = "Report"
    sortable_by = ()
    autocomplete_fields = ("recipients",)
    conditional_fields = {"weekday": "cadence == 'weekly'", "day_of_month": "cadence == 'monthly'"}
    fieldsets = (
        (None, {"fields": ("what", "recipients")}),
        ("When", {"fields": ("cadence", ("weekday", "day_of_month"), ("time_of_day", "time_zone"))}),
        ("How", {"fields": (("format", "delivery"),)}),
    )
    actions = ("pause", "resume")
    actions_detail = ("send", "pause", "resume")
    add_words = "Schedule a report"
    empty_title = "No report is sent by itself yet"
    empty_text = "Have a report sent every day, week or month; each recipient gets what they may see themselves."
    empty_action = ("Schedule a report", "admin:reports_reportschedule_add")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReportSchedule]:
        return with_recipient_count(super().get_queryset(request)).select_related("report", "owner")

    def get_form(self, request: HttpRequest, obj: ReportSchedule | None = None, **kwargs: Any) -> Any:
        tab = self.current_tab(request, obj)
        if tab is not None and not tab.has_fields:
            return super().get_form(request, obj, **kwargs)
        form = super().get_form(request, obj, **kwargs | {"fields": None})
        return type("OpenForm", (form,), {"user": request.user})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return asked_for(request)

    def choices_for(self, db_field: "Field[Any, Any]", request: HttpRequest) -> QuerySet[Any]:
        """The people they see, and themselves."""
        offered = super().choices_for(db_field, request)
        return get_user_model()._base_manager.filter(Q(pk__in=offered.values("pk")) | Q(pk=request.user.pk))

    def save_model(self, request: HttpRequest, obj: ReportSchedule, form: Any, change: Any) -> None:
        if not change or form.has_changed():
            services.save_schedule(obj, recipients=form.cleaned_data["recipients"], by=request.user)

    # The list

    @admin.display(description="report")
    def what(self, schedule: ReportSchedule) -> SafeString:
        return two_lines(schedule.title, in_words(schedule))

    @admin.display(description="state")
    def state_shown(self, schedule: ReportSchedule) -> SafeString:
        if schedule.stopped_because:
            return badge("Switched off", "bad")
        if not schedule.is_active:
            return badge("Paused")
        return badge("Fails", "warn") if schedule.failures else badge("Active", "good")

    @admin.display(description="next")
    def next(self, schedule: ReportSchedule) -> SafeString:
        return relative_time(schedule.next_run_at, empty="Not by itself")

    @admin.display(description="last sent")
    def last(self, schedule: ReportSchedule) -> SafeString:
        words = schedule.last_outcome
        short = words if len(words) <= LONGEST_OUTCOME else f"{words[: LONGEST_OUTCOME - 1]}…"
        return two_lines(relative_time(schedule.last_run_at), short) if schedule.last_run_at else quiet("Not yet")

    @admin.display(description="owner")
    def whose(self, schedule: ReportSchedule) -> str:
        return str(schedule.owner)

    # The page

    def headline(self, request: HttpRequest, record: ReportSchedule) -> dict[str, Any]:  # noqa: ARG002
        found: dict[str, Any] = {
            "badge": self.state_shown(record),
            "line": in_words(record),
            "figures": [
                ("Next", self.next(record)),
                ("Last sent", relative_time(record.last_run_at, empty="Not yet")),
            ],
        }
        if record.stopped_because:
            found |= {"warnings_title": "It is switched off.", "warnings": [record.stopped_because]}
        elif record.last_outcome:
            found["lead"] = record.last_outcome
        return found

    def side_facts(self, request: HttpRequest, record: ReportSchedule) -> list[tuple[str, SafeString | str]]:
        kept = linked(request, record.report, record.report) if record.report else record.title
        return [("Owner", str(record.owner)), ("Report", kept)]

    # What can be done

    @console_action(
        "Run now",
        icon="play_arrow",
        variant=ActionVariant.PRIMARY,
        confirm="It goes to its recipients once, now, beside its times.",
    )
    def send(self, request: HttpRequest, schedule: ReportSchedule, reason: str) -> str:  # noqa: ARG002
        send_now(schedule, by=request.user)
        return f"“{schedule}” is on its way. What became of it stands here in a moment."

    @console_action(
        "Pause",
        icon="pause",
        done="paused",
        confirm="Nothing is sent until it is resumed. What is missed meanwhile is not made up for.",
        fits=lambda schedule: schedule.is_active,
    )
    def pause(self, request: HttpRequest, schedule: ReportSchedule, reason: str) -> str:
        services.pause_schedule(schedule, by=request.user, reason=reason)
        return f"“{schedule}” is paused."

    @console_action(
        "Resume",
        icon="play_circle",
        done="resumed",
        confirm="It goes out at its next time again.",
        fits=lambda schedule: not schedule.is_active,
    )
    def resume(self, request: HttpRequest, schedule: ReportSchedule, reason: str) -> str:
        services.resume_schedule(schedule, by=request.user, reason=reason)
        return f"“{schedule}” is sent again."
