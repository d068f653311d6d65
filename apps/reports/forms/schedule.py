"""When a report is sent to whom: which report, the people, the file, and the rhythm."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from unfold.widgets import UnfoldAdminSelectWidget

from admin_theme.widgets import dress
from apps.accounts.models import User
from apps.notifications.forms import time_zones
from apps.notifications.queries import digest_time_of
from apps.records.policy import scope
from apps.reports.models import Report, ReportSchedule, platform_zone
from apps.reports.ready_made import open_ready_made
from apps.reports.services.scheduling import refuse_recipients
from apps.reports.sources import SOURCES

SAVED, READY_MADE = "saved", "ready"
NO_SUCH_ZONE = "There is no time zone “%(value)s”. Choose one from the list."
NO_SUCH_REPORT = "This report is not there, or not open to you. Choose one from the list."


class ScheduleForm(forms.ModelForm):  # type: ignore[type-arg]
    """`user` is given by the screen: their reports and the ready-made ones open to them are offered."""

    user: ClassVar[Any]

    what = forms.ChoiceField(
        label="Report", widget=UnfoldAdminSelectWidget, error_messages={"invalid_choice": NO_SUCH_REPORT}
    )
    time_zone = forms.ChoiceField(
        label="Time zone", widget=UnfoldAdminSelectWidget, error_messages={"invalid_choice": NO_SUCH_ZONE}
    )

    class Meta:
        model = ReportSchedule
        fields = (
            "recipients",
            "format",
            "delivery",
            "cadence",
            "weekday",
            "day_of_month",
            "time_of_day",
            "time_zone",
        )
        widgets: ClassVar[dict[str, Any]] = {"time_of_day": forms.TimeInput(format="%H:%M", attrs={"type": "time"})}
        error_messages: ClassVar[dict[str, Any]] = {
            "recipients": {
                "required": "Say who gets it: at least one person.",
                "invalid_choice": "Choose people who work here.",
            }
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what: Any = self.fields["what"]
        what.choices = self._reports()
        zone: Any = self.fields["time_zone"]
        zone.choices = [choice for choice in time_zones() if choice[0]]
        people: Any = self.fields["recipients"]
        if self.instance.pk:
            now = self.instance.recipients.values("pk")
            offered = Q(pk__in=people.queryset.values("pk")) | Q(pk__in=now)
            people.queryset = User.with_archived.filter(offered)
            self.initial["what"] = name_of(self.instance)
        else:
            self.initial.setdefault("time_zone", digest_time_of(self.user).time_zone or platform_zone())
            self.initial.setdefault("recipients", [self.user.pk])
        dress(self.fields["time_of_day"])

    def _reports(self) -> list[tuple[str, Any]]:
        """Their own and shared ones; whoever looks after somebody else's schedule may leave it with its report."""
        reports: QuerySet[Report] = scope(self.user, "view", Report)
        if self.instance.report_id:
            reports = reports | Report.objects.filter(pk=self.instance.report_id)
        saved = [(f"{SAVED}:{report.pk}", str(report)) for report in reports.distinct() if is_open(report, self.user)]
        ready = [(f"{READY_MADE}:{one.key}", one.title) for one in open_ready_made(self.user)]
        return [(title, choices) for title, choices in (("Saved", saved), ("Ready-made", ready)) if choices]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        kind, _, key = data.get("what", "").partition(":")
        self.instance.report = Report.objects.get(pk=key) if kind == SAVED else None
        self.instance.ready_key = key if kind == READY_MADE else ""
        if kind and "recipients" in data:
            try:
                refuse_recipients(self.instance, data["recipients"])
            except forms.ValidationError as broken:
                self.add_error(None, broken)
        return data


def is_open(report: Report, user: Any) -> bool:
    source = SOURCES.get(report.source)
    return source is not None and source.is_open_to(user)


def name_of(schedule: ReportSchedule) -> str:
    return f"{SAVED}:{schedule.report_id}" if schedule.report_id else f"{READY_MADE}:{schedule.ready_key}"
