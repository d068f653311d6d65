"""Files that go out with somebody's data: each is one entry of the audit."""

from collections import Counter
from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from apps.audit.recording import close_change_set, open_change_set


def note_download(request: HttpRequest, record: Model, name: str) -> None:
    """Writes down who fetched the file of which record."""
    note_file(record, f"Downloaded {name}", by=request.user)


def note_file(record: Model, title: str, *, by: Any) -> None:
    """Writes down that the file of a record went to somebody."""
    label = record._meta.label_lower
    entry = open_change_set(by=by, title=title[:200], origin=f"{label}:{record.pk}")
    close_change_set(entry, {label: Counter(downloaded=1)})
