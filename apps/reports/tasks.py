"""Reports too large to wait for, and files past their day."""

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Any

from celery.schedules import crontab
from django.db import connection

from apps.jobs.registry import job
from apps.jobs.running import Run
from apps.records.policy import scope
from apps.records.rules import RuleBroken
from apps.records.writing import Cells
from apps.reports.keeping import delete_old_files
from apps.reports.making import Table, table_for
from apps.reports.models import Report
from apps.reports.services import definition_named, make_file


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
    """Deletes files past their day."""
    files = delete_old_files()
    run.count(files=files)
    return f"{files:,} old files deleted."
