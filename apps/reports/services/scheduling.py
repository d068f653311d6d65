"""Having a report sent: saved, paused, resumed, and left by somebody who wants it no more."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from apps.audit.recording import change_set
from apps.notifications.services import notify
from apps.records.rules import RuleBroken
from apps.reports.models import ReportRun, ReportSchedule
from apps.reports.news import SCHEDULE
from apps.reports.queries import why_not_taken_out
from apps.reports.rhythm import next_due

NOTED_BY_RUNS = ("is_active", "stopped_because", "failures", "last_run_at", "last_outcome")


def save_schedule(
    schedule: ReportSchedule, *, recipients: Collection[Any], by: Any, reason: str = ""
) -> ReportSchedule:
    """Keeps it, and begins to count from now. A new one belongs to whoever saves it."""
    with change_set(by=by, reason=reason, title=f"Schedule the report {schedule}"[:200]):
        if schedule.pk is None:
            schedule.owner = by
        else:
            schedule.refresh_from_db(fields=NOTED_BY_RUNS)
        refuse_recipients(schedule, recipients)
        schedule.full_clean(validate_constraints=False)
        schedule.next_run_at = next_due(schedule.rhythm, timezone.now()) if schedule.is_active else None
        schedule.validate_constraints()
        schedule.save()
        schedule.recipients.set(recipients)
        # Archived people do not exist for the line above.
        named: Any = ReportSchedule.recipients.through
        named.objects.filter(reportschedule=schedule).exclude(user__in=recipients).delete()
    return schedule


def refuse_recipients(schedule: ReportSchedule, recipients: Collection[Any]) -> None:
    """Raises `ValidationError` that names everybody who may not have it."""
    if not recipients:
        raise ValidationError({"recipients": "Say who gets it: at least one person."})
    found = [why_not_taken_out(schedule.definition, person) for person in recipients]
    if refusals := [f"{sentence.replace(' any more.', '.')}" for sentence in found if sentence]:
        raise ValidationError({"recipients": [*refusals, "Take them out of the recipients."]})


def pause_schedule(schedule: ReportSchedule, *, by: Any, reason: str = "") -> ReportSchedule:
    """Nothing is sent until it is resumed; what is missed meanwhile is not made up for."""
    with change_set(by=by, reason=reason, title=f"Pause the report {schedule}"[:200]):
        _read_anew(schedule)
        if not schedule.is_active:
            raise RuleBroken("It is paused already.")
        _switch_off(schedule, "")
    return schedule


def resume_schedule(schedule: ReportSchedule, *, by: Any, reason: str = "") -> ReportSchedule:
    with change_set(by=by, reason=reason, title=f"Resume the report {schedule}"[:200]):
        _read_anew(schedule)
        if schedule.is_active:
            raise RuleBroken("It is not paused.")
        if not schedule.recipients.exists():
            raise RuleBroken("Nobody would get it. Add somebody first.")
        schedule.is_active, schedule.failures, schedule.stopped_because = True, 0, ""
        schedule.next_run_at = next_due(schedule.rhythm, timezone.now())
        schedule.save()
    return schedule


def leave_schedule(run: ReportRun, *, by: Any, reason: str = "") -> ReportSchedule:
    """Whoever was sent this file wants no more of them. A schedule nobody is left in is switched off."""
    schedule = ReportSchedule.objects.filter(pk=run.schedule_number or 0, recipients=by.pk).first()
    if schedule is None:
        raise RuleBroken("It is not sent to you any more.")
    with change_set(by=by, reason=reason, title=f"Leave the report {schedule}"[:200]):
        _read_anew(schedule)
        schedule.recipients.remove(by)
        if schedule.is_active and not schedule.recipients.exists():
            _switch_off(schedule, "Everybody it was sent to wants it no more.")
            tell_owner(
                schedule, f"Nobody is sent “{schedule}” any more", f"{by} was the last one, and wants it no more."
            )
    return schedule


def switch_off_for_failures(schedule: ReportSchedule, why: str) -> None:
    """After so many failures that a person has to look at it; they are told."""
    with change_set(title=f"Switch off the report {schedule}"[:200]):
        _switch_off(schedule, f"It failed {schedule.failures} times in a row. {why}"[:500])
        title = f"“{schedule}” is not sent any more: it failed {schedule.failures} times"
        tell_owner(schedule, title, f"{why} Resume it once that is put right.")


def tell_owner(schedule: ReportSchedule, title: str, text: str) -> None:
    link = reverse("admin:reports_reportschedule_change", args=[schedule.pk])
    notify(schedule.owner, kind=SCHEDULE, title=title, text=text, link=link)


def _read_anew(schedule: ReportSchedule) -> None:
    """Under a lock: of two changes at once one comes second."""
    schedule.refresh_from_db(from_queryset=ReportSchedule.objects.select_for_update(of=("self",)))


def _switch_off(schedule: ReportSchedule, why: str) -> None:
    schedule.is_active, schedule.next_run_at, schedule.stopped_because = False, None, why
    schedule.save()
