"""What is said about a file that was taken in, or was not: beside the file, and by e-mail."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse

from imports.models import ImportJob, ImportRow
from imports.watching.feeding import Fed
from imports.words import counted

MOST_FAULTS = 20
COUNTS = {
    "create": "created",
    "update": "changed",
    "unchanged": "as they were",
    "repeated": "repeated",
    "invalid": "could not be read",
    "conflict": "changed meanwhile",
    "archived": "archived",
}
WOULD_BE = {
    "create": "would have been created",
    "update": "would have been changed",
    "unchanged": "are so already",
    "archived": "would have been archived",
}


def report_of(fed: Fed, place: Path, *, by: Any) -> tuple[str, str]:
    """The subject and the text."""
    counts = _counts(fed.job)
    if fed.is_done:
        changed = counts.get("create", 0) + counts.get("update", 0)
        subject = f"{fed.name}: {counted(changed, 'change') if changed else 'nothing changed'}"
        first = f"The file {fed.name} was taken in for {by}."
    else:
        subject = f"{fed.name} was not taken in"
        first = f"The file {fed.name} was not taken in, and nothing was changed. {fed.refusal}"
    words = COUNTS if fed.is_done else {**COUNTS, **WOULD_BE}
    said = ", ".join(f"{number:,} {words[name]}" for name, number in counts.items() if number)
    lines = [first, f"Rows: {said}." if said else "", *_faults(fed.job), _address(fed.job), f"The file is {place}."]
    return subject, "\n\n".join(filter(None, lines))


def mail_report(subject: str, text: str, to: list[str]) -> str:
    """Sends it; answers why it could not be sent, or nothing. The report beside the file stays either way."""
    try:
        send_mail(f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{subject}", text, None, to)
    except OSError as refused:
        return f"The report was not sent: {refused}"
    return ""


def _counts(job: ImportJob | None) -> dict[str, int]:
    if job is None:
        return {}
    counts = {**job.counts, **job.applied_counts}
    return {name: int(counts.get(name, 0)) for name in COUNTS}


def _faults(job: ImportJob | None) -> Iterator[str]:
    """The first things that are wrong, a paragraph of lines."""
    if job is None:
        return
    rows = job.rows.filter(outcome__in=(ImportRow.Outcome.INVALID, ImportRow.Outcome.CONFLICT)).exclude(messages=[])
    found = [*job.messages]
    for messages in rows.values_list("messages", flat=True)[:MOST_FAULTS]:
        found += messages
    yield "\n".join(map(_line, found[:MOST_FAULTS]))


def _line(message: dict[str, Any]) -> str:
    where = [str(message.get("sheet") or ""), f"line {message['line']}" if message["line"] else "", message["column"]]
    place = ", ".join(filter(None, where))
    return f"{place}: {message['message']}" if place else str(message["message"])


def _address(job: ImportJob | None) -> str:
    if job is None:
        return ""
    return f"{settings.SITE_URL.rstrip('/')}{reverse('admin:imports_importjob_change', args=[job.pk])}"
