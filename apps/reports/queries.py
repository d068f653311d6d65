"""Which schedules are due, how many each reaches, and who may be sent a report."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.reports.definition import Definition
from apps.reports.making import table_for
from apps.reports.models import ReportRun, ReportSchedule
from apps.reports.sources import SOURCES


def schedules_due(now: datetime | None = None) -> QuerySet[ReportSchedule]:
    """Everything whose time has come, also after a standstill."""
    due = ReportSchedule.objects.filter(is_active=True, next_run_at__lte=now or timezone.now())
    return due.select_related("report").order_by("next_run_at", "pk")


def with_recipient_count(schedules: QuerySet[ReportSchedule]) -> QuerySet[ReportSchedule]:
    return schedules.annotate(recipient_count=Count("recipients"))


def in_words(schedule: Any) -> str:
    """ "Every Monday at 08:00 (Europe/Berlin) to 3 people as workbook"."""
    number = schedule.recipient_count
    people = "1 person" if number == 1 else f"{number:,} people"
    fmt = schedule.get_format_display()
    words = fmt if fmt.isupper() else fmt.lower()
    return f"{schedule.rhythm} to {people} as {words}"


def everybody_sent_to(schedule: ReportSchedule) -> list[Any]:
    """Those it names, also who has left since: what they may have is found out for each when it is sent."""
    return list(User.with_archived.filter(reports_received=schedule).order_by("pk"))


def runs_of(schedule: ReportSchedule, due_at: datetime) -> QuerySet[ReportRun]:
    """What was made for one due time."""
    return ReportRun.objects.filter(schedule_number=schedule.pk, due_at=due_at)


def why_not_taken_out(definition: Definition, person: Any) -> str:
    """Why this person gets nothing of it at this moment, as a sentence; "" for somebody who may take it out."""
    if not (person.is_active and person.is_staff):
        return f"{person} may not sign in here any more."
    source = SOURCES.get(definition.source)
    if source is None or not source.is_open_to(person):
        return f"{person} may not take out this list any more."
    try:
        table_for(definition, person)
    except ValidationError:
        return f"{person} does not see what this report is made of."
    return ""
