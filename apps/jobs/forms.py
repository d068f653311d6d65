"""The form of a schedule: whether it is on, and when it is due."""

from datetime import timedelta
from typing import Any

from celery.schedules import ParseException, crontab
from django import forms
from django_celery_beat.models import PeriodicTask

from admin_theme.widgets import dress
from apps.jobs.schedules import cron_fields

TIMES, INTERVAL = "times", "interval"
UNITS = {"minutes": 60, "hours": 3_600, "days": 86_400}
CRON_HELP = (
    "Five fields: minute, hour, day of the month, month, day of the week (0 is Sunday). "
    "“17 3 * * *” is every day at 03:17, “*/15 8-18 * * 1-5” every quarter of an hour on working days."
)


class ScheduleForm(forms.ModelForm):  # type: ignore[type-arg]
    rhythm = forms.ChoiceField(label="Runs", choices=[(TIMES, "At set times"), (INTERVAL, "At a steady interval")])
    cron = forms.CharField(label="Set times", required=False, max_length=200, help_text=CRON_HELP)
    every = forms.IntegerField(label="Every", required=False, min_value=1, max_value=1_000)
    unit = forms.ChoiceField(label="Unit", choices=[(unit, unit) for unit in UNITS], required=False)

    class Meta:
        model = PeriodicTask
        fields = ("enabled",)
        labels = {"enabled": "Switched on"}
        help_texts = {"enabled": "What is missed while it is off is not made up for."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("rhythm", "cron", "every", "unit"):
            dress(self.fields[name])
        row = self.instance
        self.initial["rhythm"] = INTERVAL if row.interval else TIMES
        if row.crontab:
            self.initial["cron"] = cron_fields(row.crontab.schedule)
        if row.interval:
            seconds = int(row.interval.schedule.run_every.total_seconds())
            unit = next((name for name, size in reversed(UNITS.items()) if seconds % size == 0), "minutes")
            self.initial.update(every=max(1, seconds // UNITS[unit]), unit=unit)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("rhythm") == INTERVAL:
            if not given.get("every"):
                self.add_error("every", "Say how often, as a number of minutes, hours or days.")
            else:
                given["due"] = timedelta(seconds=given["every"] * UNITS[given.get("unit") or "minutes"])
        elif "cron" in given:
            given["due"] = self._crontab(given["cron"])
        return given

    def _crontab(self, text: str) -> crontab | None:
        fields = text.split()
        if len(fields) != 5:
            self.add_error("cron", f"That has {len(fields)} fields; five are needed, with a blank between them.")
            return None
        minute, hour, day, month, weekday = fields
        try:
            return crontab(minute=minute, hour=hour, day_of_month=day, month_of_year=month, day_of_week=weekday)
        except (ParseException, ValueError) as wrong:
            self.add_error("cron", f"This cannot be read as times: {wrong}.")
            return None
