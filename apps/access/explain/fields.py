"""Single fields: written, only read, or hidden, and why."""

from collections.abc import Callable
from typing import Any

from django.db.models import Field, Model

from apps.access.explain.answer import Explanation
from apps.accounts.models import User
from apps.records.policy import policy_for
from apps.records.reasons import Kind, Reason, listed

WRITABLE, READ_ONLY, HIDDEN = "writable", "read-only", "hidden"
VERBS_OF_FIELDS = ("view", "change")
VERBS_THAT_SHOW = ("view", "change", "export", "import")


def about_field(ask: Callable[[str], Explanation], person: User, verb: str, record: Model, name: str) -> Explanation:
    """Whether the person sees or writes this field of the record; `ask` answers for the verbs of the record itself.

    Raises `LookupError` for a field that does not exist and for a verb that does not go field by field.
    """
    field = field_named(type(record), name)
    if verb not in VERBS_OF_FIELDS:
        raise LookupError(f"Only view and change go field by field, {verb} does not.")
    sees, the_policy = ask("view"), policy_for(type(record))
    if not sees.allowed:
        return Explanation(allowed=False, chain=sees.chain, field_state=HIDDEN)
    if field.name in the_policy.masked_fields(person):
        words = f"{person} does not see the {field.verbose_name} of {the_policy.model._meta.verbose_name_plural}."
        return Explanation(allowed=False, chain=[Reason(Kind.MASKED, words)], field_state=HIDDEN)
    writes = [ask(asked) for asked in ("change", the_policy.field_verbs.get(field.name)) if asked]
    refused = [answer for answer in writes if not answer.allowed]
    if not refused and not field.editable:
        words = f"Nobody writes the {field.verbose_name} by hand; the console keeps it, or an action changes it."
        refused = [Explanation(allowed=False, chain=[Reason(Kind.NOBODY, words)])]
    if refused:
        chain = sees.chain if verb == "view" else [reason for answer in refused for reason in answer.chain]
        return Explanation(allowed=verb == "view", chain=chain, field_state=READ_ONLY)
    chain = sees.chain if verb == "view" else [reason for answer in writes for reason in answer.chain]
    return Explanation(allowed=True, chain=chain, field_state=WRITABLE)


def field_named(model: type[Model], name: str) -> "Field[Any, Any]":
    try:
        return next(field for field in fields_of(model) if field.name == name)
    except StopIteration:
        raise LookupError(f"{model._meta.label} has no field {name}.") from None


def fields_of(model: type[Model]) -> list["Field[Any, Any]"]:
    """The fields of a record by which its policy and its screen go."""
    return [field for field in model._meta.fields if not field.primary_key]


def masked(person: User, verb: str, record: Model) -> list[Reason]:
    """The fields that stay hidden although the record is shown."""
    if verb not in VERBS_THAT_SHOW:
        return []
    hidden = policy_for(type(record)).masked_fields(person)
    names = [str(field.verbose_name) for field in fields_of(type(record)) if field.name in hidden]
    return [Reason(Kind.MASKED, f"{person} does not see these fields: {listed(names)}.")] if names else []
