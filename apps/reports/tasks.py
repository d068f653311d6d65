"""Reports too large to wait for, those that are sent by themselves, and files that had their time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import Any

from celery.schedules import crontab
from django.db import connection, transaction
from django.utils import timezone

from apps.jobs.models import JobRun
from apps.jobs.registry import job
from apps.jobs.running import Run
from apps.records.policy import scope
from apps.records.rules import RuleBroken
from apps.records.writing import Cells
from apps.reports.keeping import delete_old_files
from apps.reports.making import Table, table_for
from apps.reports.models import Report, ReportSchedule
from apps.reports.queries import schedules_due
from apps.reports.services import claim, definition_named, deliver, make_file, note_failure


class ReportingTable:
    """The same table, which says how far it is.

    On SQLite only at both ends: whoever writes while reading there would be refused when somebody else wrote meanwhile.
    """

    def __init__(self, table: Table, run: Run, total: int) -> None:
        self.table, self.run, self.total = table, run, total

    def __getattr__(self, name: str) -> Any:
        return getattr(self.table, name)

    def batches(self, most: int | None = None) -> Iterator[list[Cells]]:
        self.run.report(0, self.total, stage="Writing the file")
        for batch in self.table.batches(most):
            yield batch
            if connection.vendor == "postgresql":
                self.run.report(min(self.table.row_count, self.total))
        self.run.report(self.table.row_count, self.total)


@job(title="Make a report", key="reports.make")
def make_report(run: Run, *, fmt: str, report: int | None = None, ready: str = "") -> str:
    """Writes a report to a file that is kept for a day, with the rights its requester has at that moment."""
    if report is not None and not scope(run.requester, "view", Report).filter(pk=report).exists():
        raise RuleBroken("This report is not there any more.")
    try:
        title, definition = definition_named(report, ready, by=run.requester)
    except LookupError:
        raise RuleBroken("This report is not there any more.") from None
    table: Any = table_for(definition, run.requester)
    with TemporaryFile() as file:
        reporting: Any = ReportingTable(table, run, table.count())
        made = make_file(reporting, title=title, by=run.requester, fmt=fmt, to=file, number=report, keep=True)
    run.count(rows=made.row_count)
    return f"{made.row_count:,} rows are ready. Fetch the file under Report files within a day."


@job(title="Tidy up files of reports", key="reports.tidy", every=crontab(minute="37"), by_hand=True)
def tidy_reports(run: Run) -> str:
    """Deletes files that had their time."""
    files = delete_old_files()
    run.count(files=files)
    return f"{files:,} old files deleted."


def given_up(record: JobRun) -> None:
    """What failed is tried again by its schedule; whoever cancelled it, or began it by hand, sees to it themselves."""
    counts = record.state == JobRun.State.FAILED and not record.arguments.get("is_by_hand")
    note_failure(record.arguments["schedule"], record.outcome, counts=counts)


@job(title="Send a report", key="reports.deliver", given_up=given_up)
def deliver_report(run: Run, *, schedule: int, due_at: str, is_by_hand: bool = False) -> str:
    """Under the rights of each who is sent it. Nobody is sent it twice, however often it runs."""
    found = ReportSchedule.objects.select_related("report", "owner").filter(pk=schedule).first()
    if found is None or not (found.is_active or is_by_hand):
        return "There was nothing to send any more."
    return deliver(found, datetime.fromisoformat(due_at), report=run.report)


@job(title="Send reports that are due", key="reports.run_due", every=timedelta(minutes=5))
def run_due_schedules(run: Run) -> str:
    """Everything due, also after a standstill, each due time once."""
    begun = sum(begin(schedule) for schedule in run.track(list(schedules_due())))
    return f"{begun:,} on their way." if begun else "No report is due."


@transaction.atomic
def begin(schedule: ReportSchedule) -> bool:
    """Its due time is taken and its run is written down in one; False where another worker was first."""
    if (due_at := claim(schedule)) is None:
        return False
    start_delivery(schedule, due_at, by=None)
    return True


def send_now(schedule: ReportSchedule, *, by: Any) -> JobRun:
    """Once beside its times; the open run where it was asked for already."""
    return start_delivery(schedule, timezone.now(), by=by, is_by_hand=True)


def start_delivery(schedule: ReportSchedule, due_at: datetime, *, by: Any, is_by_hand: bool = False) -> JobRun:
    return deliver_report.later(
        by=by,
        subject=schedule.key,
        title=f"Send “{schedule}”"[:200],
        only_one=f"reports.deliver:{schedule.pk}:{'now' if is_by_hand else due_at.isoformat()}",
        schedule=schedule.pk,
        due_at=due_at.isoformat(),
        is_by_hand=is_by_hand,
    )
