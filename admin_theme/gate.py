"""The gate every screen asks: who may see and do what. The project installs one; until then everything is closed."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponseBase


class Gate(Protocol):
    """What a screen needs to know; it never decides anything itself."""

    def scope(self, user: Any, verb: str, model: type[Model]) -> QuerySet[Any]:
        """The rows, archived ones included, to which this person may do the verb."""

    def may(self, user: Any, verb: str, model: type[Model], record: Model | None = None) -> bool:
        """Whether the person may do the verb to this record, or to any record at all when none is given."""

    def masked_fields(self, user: Any, model: type[Model]) -> frozenset[str]:
        """Fields this person neither sees nor writes."""

    def operation(self, *, by: Any, reason: str, title: str) -> AbstractContextManager[Any]:
        """One transaction and one entry of the audit for everything inside."""

    def history_view(self, model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The page that shows what happened to one record."""


class InstalledGate:
    """Passes every question to the gate that was installed."""

    def __init__(self) -> None:
        self._gate: Gate | None = None

    def install(self, new_gate: Gate) -> Gate | None:
        """Puts this gate in charge and returns the one before it."""
        before, self._gate = self._gate, new_gate
        return before

    @property
    def installed(self) -> Gate:
        if self._gate is None:
            raise ImproperlyConfigured("No gate is installed. Call install_gate() when the project starts.")
        return self._gate

    def scope(self, user: Any, verb: str, model: type[Model]) -> QuerySet[Any]:
        return self.installed.scope(user, verb, model)

    def may(self, user: Any, verb: str, model: type[Model], record: Model | None = None) -> bool:
        return self.installed.may(user, verb, model, record)

    def masked_fields(self, user: Any, model: type[Model]) -> frozenset[str]:
        return self.installed.masked_fields(user, model)

    def operation(self, *, by: Any, reason: str = "", title: str = "") -> AbstractContextManager[Any]:
        return self.installed.operation(by=by, reason=reason, title=title)

    def history_view(self, model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return self.installed.history_view(model_admin, request, object_id)


gate = InstalledGate()


def install_gate(new_gate: Gate) -> Gate | None:
    """Puts a gate in charge of every screen and returns the one before it."""
    return gate.install(new_gate)


def may_here(request: HttpRequest, verb: str, model: type[Model], record: Model | None = None) -> bool:
    """What the gate says, asked once for each question in a request."""
    answers: dict[tuple[str, str, Any], bool] = request.__dict__.setdefault("_gate_answers", {})
    question = (verb, model._meta.label_lower, None if record is None else record.pk)
    if question not in answers:
        answers[question] = gate.may(request.user, verb, model, record)
    if not answers[question]:
        note_refusal(request, verb, model, None if record is None else record.pk)
    return answers[question]


class Refusal(NamedTuple):
    """What somebody wanted to do, and to what, when the answer was no."""

    verb: str
    model: type[Model] | None
    key: Any = None
    detail: str = ""


def note_refusal(request: HttpRequest, verb: str, model: type[Model], key: Any = None) -> None:
    """Keeps what was asked last and answered no, for the page and the audit of a request that is refused for it."""
    request.__dict__["_last_refusal"] = (verb, model, key)


def refusal_of(request: HttpRequest) -> Refusal | None:
    """The last question of this request that was answered no."""
    last = request.__dict__.get("_last_refusal")
    return Refusal(*last) if last else None


def leave_alone(request: HttpRequest, verb: str, model: type[Model], detail: str, key: Any = None) -> None:
    """Notes that a part of what was asked is refused, although the request itself is answered."""
    request.__dict__["_left_alone"] = Refusal(verb, model, key, detail)


def left_alone_of(request: HttpRequest) -> Refusal | None:
    """What was refused of a request that was answered otherwise."""
    return request.__dict__.get("_left_alone")


def ask_at_once(request: HttpRequest, verbs: Iterable[str], record: Model) -> None:
    """Asks about several verbs for one record in one query, so that `may_here` knows the answers."""
    model = type(record)
    scopes = {verb: gate.scope(request.user, verb, model).filter(pk=OuterRef("pk")).order_by() for verb in verbs}
    asked = model._base_manager.filter(pk=record.pk).annotate(
        **{f"may_{verb}": Exists(rows) for verb, rows in scopes.items()}
    )
    found = asked.values(*(f"may_{verb}" for verb in scopes)).first() or {}
    answers: dict[tuple[str, str, Any], bool] = request.__dict__.setdefault("_gate_answers", {})
    for verb in scopes:
        answers[verb, model._meta.label_lower, record.pk] = bool(found.get(f"may_{verb}"))


def masked_here(request: HttpRequest, model: type[Model]) -> frozenset[str]:
    """The fields masked for the person of this request, asked once."""
    masks: dict[str, frozenset[str]] = request.__dict__.setdefault("_gate_masks", {})
    if model._meta.label_lower not in masks:
        masks[model._meta.label_lower] = gate.masked_fields(request.user, model)
    return masks[model._meta.label_lower]


def hides(request: HttpRequest, model: type[Model], path: str) -> bool:
    """Whether a step of this path (`user__email`) is a field masked for the person: it is no way to find out either."""
    at: Any = model
    for name in path.split("__"):
        if name in masked_here(request, at):
            return True
        try:
            at = at._meta.get_field(name).related_model
        except FieldDoesNotExist:
            return False
        if at is None:
            return False
    return False


def forget_answers(request: HttpRequest) -> None:
    """After a change the gate is asked again."""
    request.__dict__.pop("_gate_answers", None)
    request.__dict__.pop("_gate_masks", None)


def current_only(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Without what is archived, for models that know archiving."""
    names = {field.name for field in rows.model._meta.get_fields()}
    return rows.filter(archived_at=None) if "archived_at" in names else rows
