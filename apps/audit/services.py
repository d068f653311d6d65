"""Taking a change back: a record is given the values of an earlier version, under the rules of today."""

from collections.abc import Collection
from typing import Any

from django.db import models, transaction

from apps.audit.differences import UNINTERESTING
from apps.audit.recording import change_set
from apps.records.policy import policy_for
from apps.records.rules import RuleBroken


class NotTheirs(RuleBroken):
    """It would change what this person may not change."""


def fields_to_revert(record: models.Model, version: Any) -> "list[models.Field[Any, Any]]":
    """The fields in which the record differs from that version of it."""
    return [
        field
        for field in version.tracked_fields
        if not field.primary_key
        and field.name not in UNINTERESTING
        and getattr(record, field.attname) != getattr(version, field.attname)
    ]


@transaction.atomic
def revert_record(
    record: models.Model, version: Any, *, by: Any, allowed: Collection[str], reason: str = ""
) -> list[str]:
    """Gives the record the values of the version and returns the labels of the fields that were set back.

    `allowed` names the fields this person may change. Raises `RuleBroken` when another one would have to change, when
    nothing differs, or when the earlier values break a rule of today.
    """
    fields = fields_to_revert(record, version)
    if not fields:
        raise RuleBroken("Nothing to take back: the record already has these values.")
    refused = [str(field.verbose_name) for field in fields if field.name not in allowed]
    if refused:
        raise NotTheirs(f"This version cannot be restored by you: it would change {', '.join(refused)}.")
    for field in fields:
        value = getattr(version, field.attname)
        if value is not None and _is_gone(field, value):
            raise RuleBroken(f"This version cannot be restored: the {field.verbose_name} it had is gone.")
        setattr(record, field.attname, value)
    record.full_clean()
    policy_for(type(record)).refuse_gain(by, record)
    with change_set(by=by, reason=reason, title=f"Restored an earlier version of {record}"):
        record.save()
    if not policy_for(type(record)).may(by, "change", record):
        raise NotTheirs("This version cannot be restored by you: it would take the record out of your reach.")
    return [str(field.verbose_name) for field in fields]


def _is_gone(field: "models.Field[Any, Any]", key: Any) -> bool:
    related = field.related_model
    return isinstance(related, type) and not related._base_manager.filter(pk=key).exists()
