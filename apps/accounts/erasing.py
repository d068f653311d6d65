"""Erasing somebody for good: what is personal is blanked in rows and in history, what was done and the figures stay."""

from collections.abc import Iterable, Mapping
from typing import Any

from allauth.usersessions.models import UserSession
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.accounts.about import (
    Identity,
    Personal,
    erase_elsewhere,
    erased_email,
    erased_name,
    erasure_refusals,
    is_erased,
    personal_rows,
)
from apps.accounts.leaving import look_after
from apps.accounts.models import LoginEvent, Profile, User
from apps.accounts.services import administering
from apps.accounts.sessions import end_all
from apps.audit.append_only import append_only_lifted
from apps.audit.models import AccessEvent, ChangeSet
from apps.audit.recording import current_change_set
from apps.records.rules import RuleBroken

SWITCH = "Erasure of personal data."


def refuse_erasure(person: User) -> None:
    """Who works here is not erased by mistake, nor anybody twice."""
    if is_erased(person):
        raise RuleBroken(f"{person} was erased already.")
    if person.is_staff and person.is_active:
        raise RuleBroken(f"{person} still works here. Suspend or archive the account before it is erased.")
    for why in erasure_refusals:
        if sentence := why(person):
            raise RuleBroken(sentence)


def counts_before(person: User) -> list[tuple[str, int]]:
    """What an erasure would blank or delete, as headings with numbers of rows."""
    touched = [one for one in personal_rows() if one.blanks or one.goes]
    counted = [(one.heading, one.rows_of(person).count()) for one in touched]
    return [(heading, number) for heading, number in counted if number]


def erase_person(person: User, *, by: Any, reason: str) -> User:
    """Blanks everything personal; the account is closed, and enrollments, results and figures stay.

    The history says that this was done, by whom and why, and tells nothing any more of who the person was.
    """
    with administering(person, by=by, reason=reason, title=f"Erase person {person.pk}"):
        if not reason.strip():
            raise RuleBroken("Say why this person is erased: the reason is kept in the history.")
        refuse_erasure(person)
        was = Identity(person.email, person.get_full_name(), erased_email(person.pk), erased_name(person.pk))
        end_all(UserSession.objects.filter(user=person))
        pictures = list(Profile.objects.filter(user=person).values_list("profile_picture", flat=True))
        _close(person, by)
        look_after(person)
        with append_only_lifted(SWITCH):
            for rows in personal_rows():
                _blank(rows, person)
            LoginEvent.objects.filter(user=None, email=was.email).update(**_values(_of(LoginEvent).blanks, person.pk))
            _forget_in_changes(person, was)
            for erase in erase_elsewhere:
                erase(person, was)
        _rename_this_change(was)
        transaction.on_commit(lambda: _delete_files(pictures))
    return person


def _of(model: type[Any]) -> Personal:
    return next(one for one in personal_rows() if one.model is model)


def _close(person: User, by: Any) -> None:
    """The account itself, saved with a version that says so."""
    for name, value in _values(_of(User).blanks, person.pk).items():
        setattr(person, name, value)
    person.set_unusable_password()
    person.role, person.status, person.last_login = User.Role.STUDENT, User.Status.INACTIVE, None
    if person.archived_at is None:
        person.archived_at, person.archived_by = timezone.now(), by
    person.save()


def _values(blanks: Mapping[str, Any], key: int) -> dict[str, Any]:
    return {name: value(key) if callable(value) else value for name, value in blanks.items()}


def _blank(rows: Personal, person: User) -> None:
    """The rows and all their versions; rows that go have no history."""
    if rows.goes:
        rows.rows_of(person).delete()
        return
    values = _values(rows.blanks, person.pk)
    if not values:
        return
    rows.rows_of(person).update(**values)
    if rows.has_history:
        tracked = {field.name for field in rows.model.history.model.tracked_fields}  # type: ignore[attr-defined]
        rows.history_of(person).update(**{name: value for name, value in values.items() if name in tracked})


def _forget_in_changes(person: User, was: Identity) -> None:
    """Titles and reasons of changes: the address wherever it stands, the name where the change touched the person."""
    for rows in personal_rows():
        if rows.has_history:
            history = rows.history_of(person)
            touching = ChangeSet.objects.filter(pk__in=history.order_by().values("change_set_id"))
            replace_words(touching, ("title", "reason"), was)
            replace_words(history, ("history_change_reason",), was)
    replace_words(ChangeSet.objects.filter(actor=person), ("title", "reason"), was)
    replace_words(ChangeSet.objects.all(), ("title", "reason"), was, address_alone=True)
    replace_words(AccessEvent.objects.all(), ("path", "detail"), was)


def replace_words(rows: QuerySet[Any], fields: Iterable[str], was: Identity, *, address_alone: bool = False) -> int:
    """Puts other words in the place of somebody's in text columns, each text once; says how many rows it changed."""
    changed = 0
    for name in fields:
        named = Q()
        for word, _other in was.words[: 1 if address_alone else None]:
            named |= Q((f"{name}__icontains", word))
        for text in set(rows.filter(named).order_by().values_list(name, flat=True)):
            if (other := was.replaced(text)) != text:
                changed += rows.filter(**{name: text}).update(**{name: other})
    return changed


def _rename_this_change(was: Identity) -> None:
    """The change that is open now was given a title and a reason before anything was erased."""
    opened = current_change_set()
    if opened is not None:
        opened.title, opened.reason = was.replaced(opened.title), was.replaced(opened.reason)


def _delete_files(names: Iterable[str | None]) -> None:
    for name in filter(None, names):
        default_storage.delete(name)
