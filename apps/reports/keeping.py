"""Files of reports: kept for a while under a name nobody can guess, for the one who asked or is sent them."""

from datetime import datetime, timedelta
from secrets import token_hex
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.text import slugify
from django.utils.timezone import localdate

from apps.records.rules import RuleBroken
from apps.reports.making.table import reach_of
from apps.reports.models import ReportRun
from apps.reports.sources import source_for

FOLDER, FOLDER_OF_SENT = "reports", "reports/sent"
KEPT_FOR, SENT_KEPT_FOR = timedelta(days=1), timedelta(days=7)
"""What somebody asked for is fetched at once; what is sent by a schedule waits until they are back at work."""


def keep_file(file: IO[bytes], fmt: str, *, is_sent: bool = False) -> str:
    """The name it is kept under."""
    file.seek(0)
    folder = FOLDER_OF_SENT if is_sent else FOLDER
    return default_storage.save(f"{folder}/{token_hex(16)}.{fmt}", File(file))


def kept_until(run: ReportRun) -> datetime:
    return run.made_at + (SENT_KEPT_FOR if run.schedule_number else KEPT_FOR)


def is_kept(run: ReportRun) -> bool:
    """Whether it is a file that has not had its time."""
    return bool(run.file) and timezone.now() <= kept_until(run)


def file_name(title: str, fmt: str) -> str:
    return f"{slugify(title) or 'report'}-{localdate():%Y-%m-%d}.{fmt}"


def may_fetch(run: ReportRun, user: Any) -> bool:
    """Whether the file is still there, and the one who asked for it may still take out everything in it."""
    if not is_kept(run) or run.requester_id != user.pk:
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


def delete_old_files() -> int:
    """Deletes the files that have had their time, those of runs that were never completed among them."""
    return _delete_old(FOLDER, KEPT_FOR) + _delete_old(FOLDER_OF_SENT, SENT_KEPT_FOR)


def _delete_old(folder: str, kept_for: timedelta) -> int:
    if not default_storage.exists(folder):
        return 0
    oldest = timezone.now() - kept_for
    names = [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
    old = [name for name in names if default_storage.get_modified_time(name) < oldest]
    for name in old:
        default_storage.delete(name)
    return len(old)
