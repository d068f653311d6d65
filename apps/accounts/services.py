"""What can be done to people: made, given another part, suspended, unlocked, sent a mail to set their password."""

from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db.models import ProtectedError
from django.http import HttpRequest
from django.utils import timezone

from apps.accounts.models import LoginEvent, User
from apps.accounts.sessions import end_all
from apps.accounts.sign_ins import is_locked
from apps.audit.recording import change_set, count
from apps.records.policy import policy_for
from apps.records.rules import RuleBroken


def create_person(
    email: str,
    *,
    by: Any,
    first_name: str = "",
    last_name: str = "",
    role: str = User.Role.STUDENT,
    status: str = User.Status.ACTIVE,
    reason: str = "",
) -> User:
    """An account without a password: the person sets one through the reset mail."""
    refuse_unless_administrator(by)
    with change_set(by=by, reason=reason, title=f"Add {email}"):
        person = User(email=email.strip().lower(), first_name=first_name, last_name=last_name, role=role, status=status)
        save_person(person)
    return person


def save_person(person: User) -> User:
    """Checks and writes an account; a new one cannot sign in until its password is set.

    Addresses it had before open nothing any more.
    """
    if person.pk is None:
        person.set_unusable_password()
    same = User.with_archived.filter(email=person.email.strip().lower()).exclude(pk=person.pk)
    if same.exclude(archived_at=None).exists():
        raise RuleBroken("An archived account has this e-mail address. Restore it instead.")
    person.full_clean()
    person.save()
    EmailAddress.objects.filter(user=person).exclude(email=person.email).delete()
    return person


def change_role(person: User, role: str, *, by: Any, reason: str = "") -> User:
    """Makes somebody a student, instructor, member of staff or administrator; whoever loses rights is signed out."""
    refuse_own_account(person, by)
    with change_set(by=by, reason=reason, title=f"Make {person} {User.Role(role).label.lower()}"):
        loses = (person.is_staff and role == User.Role.STUDENT) or person.is_superuser
        if role != User.Role.ADMINISTRATOR:
            refuse_last_administrator(person)
        person.role = role
        save_person(person)
        if loses:
            end_all(UserSession.objects.filter(user=person))
    return person


def suspend_person(person: User, *, by: Any, reason: str) -> User:
    """Keeps somebody out until the account is opened again; every session ends."""
    return change_status(person, User.Status.SUSPENDED, by=by, reason=reason)


def reactivate_person(person: User, *, by: Any, reason: str = "") -> User:
    return change_status(person, User.Status.ACTIVE, by=by, reason=reason)


def change_status(person: User, status: str, *, by: Any, reason: str = "") -> User:
    """Sets the status of an account; anything but active signs the person out everywhere."""
    refuse_own_account(person, by)
    if status == User.Status.SUSPENDED and not reason.strip():
        raise RuleBroken("Say why this person is suspended: the reason is kept in the history.")
    with change_set(by=by, reason=reason, title=f"Set {person} to {User.Status(status).label.lower()}"):
        if status != User.Status.ACTIVE:
            refuse_last_administrator(person)
        person.status = status
        save_person(person)
        if not person.is_active:
            end_all(UserSession.objects.filter(user=person))
    return person


def archive_person(person: User, *, by: Any, reason: str = "") -> User:
    """Takes an account out of every list; the person cannot sign in."""
    refuse_own_account(person, by)
    with change_set(by=by, reason=reason, title=f"Archive {person}"):
        refuse_last_administrator(person)
        person.archived_at, person.archived_by = timezone.now(), by
        person.save()
        end_all(UserSession.objects.filter(user=person))
    return person


def restore_person(person: User, *, by: Any, reason: str = "") -> User:
    refuse_own_account(person, by)
    with change_set(by=by, reason=reason, title=f"Restore {person}"):
        person.archived_at = person.archived_by = None
        person.save()
    return person


def delete_person(person: User, *, by: Any, reason: str = "") -> None:
    """Removes an account nothing points at; who has done or learned anything here can only be archived."""
    refuse_own_account(person, by)
    with change_set(by=by, reason=reason, title=f"Delete {person}"):
        refuse_last_administrator(person)
        try:
            person.delete()
        except ProtectedError:
            raise RuleBroken(f"{person} has left traces here and cannot be deleted. Archive the account.") from None


def unlock_person(person: User, *, by: Any, reason: str = "") -> LoginEvent:
    """Lets somebody who was locked out for wrong passwords try again at once."""
    refuse_without_verb(person, "unlock", by)
    if not is_locked(person):
        raise RuleBroken(f"{person} is not locked out.")
    return note_help(person, LoginEvent.Outcome.UNLOCKED, by=by, reason=reason, title=f"Lift the lock of {person}")


def send_password_reset(person: User, *, by: Any, request: HttpRequest, reason: str = "") -> LoginEvent:
    """Sends the mail with which the person sets a password; nobody else ever sees or chooses it."""
    refuse_without_verb(person, "reset_password", by)
    if not person.is_active:
        raise RuleBroken(f"{person} may not sign in. Activate the account first.")
    form = ResetPasswordForm({"email": person.email})
    if not form.is_valid():
        raise RuleBroken(f"No mail can be sent to {person.email}.")
    event = note_help(
        person, LoginEvent.Outcome.RESET_MAIL, by=by, reason=reason, title=f"Send {person} a mail to set a password"
    )
    form.save(request)
    return event


def note_help(person: User, outcome: str, *, by: Any, reason: str, title: str) -> LoginEvent:
    with change_set(by=by, reason=reason, title=title):
        event = LoginEvent.objects.create(user=person, email=person.email, outcome=outcome, by=by, reason=reason)
        count("accounts.loginevent", "+")
    return event


def refuse_unless_administrator(by: Any) -> None:
    if not (by and by.is_active and by.is_superuser):
        raise RuleBroken("Only an administrator changes accounts.")


def refuse_own_account(person: User, by: Any) -> None:
    """Nobody raises or locks themselves: a second administrator does it."""
    refuse_unless_administrator(by)
    if person.pk == by.pk:
        raise RuleBroken("You cannot do this to your own account. Ask another administrator.")


def refuse_last_administrator(person: User) -> None:
    """Raises `RuleBroken` when nobody else could administer the platform afterwards."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=person.pk)
    if person.is_superuser and person.is_active and not others.exists():
        raise RuleBroken(f"{person} is the last active administrator. Make somebody else one first.")


def refuse_without_verb(person: User, verb: str, by: Any) -> None:
    if not policy_for(User).may(by, verb, person):
        raise RuleBroken(f"You may not do this to {person}.")
