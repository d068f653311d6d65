"""Files of reports: kept for a day under a name nobody can guess, for the one who asked."""

from datetime import datetime, timedelta
from secrets import token_hex
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.records.rules import RuleBroken
from apps.reports.making.table import reach_of
from apps.reports.models import ReportRun
from apps.reports.sources import source_for

FOLDER = "reports"
KEPT_FOR = timedelta(days=1)


def keep_file(file: IO[bytes], fmt: str) -> str:
    """The name it is kept under."""
    file.seek(0)
    return default_storage.save(f"{FOLDER}/{token_hex(16)}.{fmt}", File(file))


def may_fetch(run: ReportRun, user: Any) -> bool:
    """Whether the file is still there, and the one who asked for it may still take out everything in it."""
    if not run.file or run.requester_id != user.pk or run.made_at < oldest_kept():
        return False
    try:
        source = source_for(run.what.source, user)
    except RuleBroken:
        return False
    if not source.columns_for(user).keys() >= set(run.columns):
        return False
    return _reaches(run, reach_of(source, user)) and default_storage.exists(run.file)


def _reaches(run: ReportRun, now: list[int] | None) -> bool:
    """A file with the rows of some courses is for whoever still has all of them; one with all rows for who has all."""
    if now is None:
        return True
    return run.reach is not None and set(run.reach) <= set(now)


def oldest_kept() -> datetime:
    return timezone.now() - KEPT_FOR


def delete_old_files() -> int:
    """Deletes the files that are past their day, those of runs that were never completed among them."""
    if not default_storage.exists(FOLDER):
        return 0
    names = [f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]]
    old = [name for name in names if default_storage.get_modified_time(name) < oldest_kept()]
    for name in old:
        default_storage.delete(name)
    return len(old)
