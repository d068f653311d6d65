"""The ledgers as plain facts, for whoever collects them elsewhere: one dictionary a row, people by their addresses."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import DateTimeField, F, Model

from apps.audit.models import ChangeSet, ledger_models

KEPT_BACK = {"file"}
"""Where a file can be fetched is for its owner alone."""
CHUNK = 2_000


def entries_since(moment: datetime) -> Iterator[dict[str, Any]]:
    """Every entry from this moment on, one ledger after the other, each oldest first; read in chunks."""
    ledgers: list[type[Model]] = [ChangeSet, *ledger_models]
    for model in ledgers:
        yield from entries_of(model, moment)


def entries_of(model: type[Model], moment: datetime) -> Iterator[dict[str, Any]]:
    names = [field.name for field in model._meta.concrete_fields if field.name not in KEPT_BACK]
    people = {field.name for field in model._meta.concrete_fields if is_person(field)}
    at = next(field.name for field in model._meta.concrete_fields if isinstance(field, DateTimeField))
    rows = model._base_manager.filter(**{f"{at}__gte": moment}).order_by("pk")
    facts = rows.values(
        *(name for name in names if name not in people), **{f"{name}_email": F(f"{name}__email") for name in people}
    )
    for row in facts.iterator(CHUNK):
        yield {"ledger": model._meta.label_lower, "at": row.pop(at), **row}


def is_person(field: Any) -> bool:
    return bool(field.is_relation and field.related_model._meta.label == settings.AUTH_USER_MODEL)
