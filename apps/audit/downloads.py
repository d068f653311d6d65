"""Files that go out with somebody's data: each is one entry of the audit."""

from collections import Counter

from django.db.models import Model
from django.http import HttpRequest

from apps.audit.recording import close_change_set, open_change_set


def note_download(request: HttpRequest, record: Model, name: str) -> None:
    """Writes down who fetched the file of which record."""
    origin = f"{record._meta.label_lower}:{record.pk}"
    entry = open_change_set(by=request.user, title=f"Downloaded {name}"[:200], origin=origin)
    close_change_set(entry, {record._meta.label_lower: Counter(downloaded=1)})
