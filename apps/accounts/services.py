"""What can be done to people: made, given another part, suspended, unlocked, sent a mail to set their password."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db.models import ProtectedError
from django.http import HttpRequest
from django.utils import timezone

from apps.accounts.about import hand_over, is_erased
from apps.accounts.leaving import look_after
from apps.accounts.mails import tell
from apps.accounts.models import LoginEvent, User
from apps.accounts.second_factors import all_factors_of, in_words, note_change
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
    """Makes somebody a student, instructor, member of staff or administrator, and signs them out everywhere."""
    with administering(person, by=by, reason=reason, title=f"Make {person} {User.Role(role).label.lower()}"):
        person.role = role
        save_person(person)
        end_all(UserSession.objects.filter(user=person))
        look_after(person)
    return person


def make_instructor(person: User, *, by: Any, reason: str = "") -> User:
    """Opens the console to a learner who will teach; who teaches or works here already stays what they are.

    It is a step of a decision about instructors, which asks who may make it.
    """
    refuse_erased(person)
    if not person.is_active:
        raise RuleBroken(f"{person} cannot sign in. Activate the account first.")
    if person.role == User.Role.STUDENT:
        with change_set(by=by, reason=reason, title=f"Make {person} an instructor"):
            person.role = User.Role.INSTRUCTOR
            save_person(person)
            end_all(UserSession.objects.filter(user=person))
    return person


def suspend_person(person: User, *, by: Any, reason: str) -> User:
    """Keeps somebody out until the account is opened again; every session ends."""
    return change_status(person, User.Status.SUSPENDED, by=by, reason=reason)


def reactivate_person(person: User, *, by: Any, reason: str = "") -> User:
    return change_status(person, User.Status.ACTIVE, by=by, reason=reason)


def change_status(person: User, status: str, *, by: Any, reason: str = "") -> User:
    """Sets the status of an account and signs the person out everywhere."""
    refuse_erased(person)
    with administering(person, by=by, reason=reason, title=f"Set {person} to {User.Status(status).label.lower()}"):
        if status == User.Status.SUSPENDED and not reason.strip():
            raise RuleBroken("Say why this person is suspended: the reason is kept in the history.")
        person.status = status
        save_person(person)
        end_all(UserSession.objects.filter(user=person))
        look_after(person)
    return person


def archive_person(person: User, *, by: Any, reason: str = "") -> User:
    """Takes an account out of every list; the person cannot sign in."""
    with administering(person, by=by, reason=reason, title=f"Archive {person}"):
        person.archived_at, person.archived_by = timezone.now(), by
        person.save()
        end_all(UserSession.objects.filter(user=person))
        look_after(person)
    return person


def restore_person(person: User, *, by: Any, reason: str = "") -> User:
    refuse_erased(person)
    with administering(person, by=by, reason=reason, title=f"Restore {person}"):
        person.archived_at = person.archived_by = None
        person.save()
    return person


def delete_person(person: User, *, by: Any, reason: str = "") -> None:
    """Removes an account nothing points at; who has done or learned anything here can only be archived."""
    with administering(person, by=by, reason=reason, title=f"Delete {person}"):
        try:
            person.delete()
        except ProtectedError:
            raise RuleBroken(f"{person} has left traces here and cannot be deleted. Archive the account.") from None


def remove_second_factors(person: User, *, by: Any, reason: str) -> None:
    """For somebody who lost the means to sign in: every factor goes, every session ends, and the person is told."""
    with administering(person, by=by, reason=reason, title=f"Remove the second factors of {person}"):
        if not reason.strip():
            raise RuleBroken("Say why, and how you know that it is them who asks: the reason is kept.")
        factors = all_factors_of(person)
        names = ", ".join(in_words(factor) for factor in factors)
        if not names:
            raise RuleBroken(f"{person} has no second factor.")
        factors.delete()
        note_change(person, LoginEvent.Outcome.FACTOR_OFF, reason, by=by)
        end_all(UserSession.objects.filter(user=person))
        tell(
            person,
            "Your second factors were removed",
            f"{by} removed them ({names}) and signed you out everywhere. The reason given: {reason}",
            "From now on your password alone opens your account, until you set up a new one. Do so soon.",
        )


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


def hand_over_person(person: User, *, by: Any, reason: str) -> None:
    """Starts the job that writes everything held about somebody into a file, which is kept for a day for `by` alone."""
    refuse_without_verb(person, "hand_over", by)
    with change_set(by=by, reason=reason, title=f"Hand over what is held about {person}"):
        for start in hand_over:
            start(person, by)


def note_help(person: User, outcome: str, *, by: Any, reason: str, title: str) -> LoginEvent:
    with change_set(by=by, reason=reason, title=title):
        event = LoginEvent.objects.create(user=person, email=person.email, outcome=outcome, by=by, reason=reason)
        count("accounts.loginevent", "+")
    return event


def refuse_unless_administrator(by: Any) -> None:
    if not (by.is_active and by.is_superuser):
        raise RuleBroken("Only an administrator changes accounts.")


@contextmanager
def administering(person: User, *, by: Any, reason: str, title: str) -> Iterator[None]:
    """What is done to an account: by another who still is an administrator now, one such change after the other."""
    with change_set(by=by, reason=reason, title=title):
        if by.pk not in User.lock_administrators():
            raise RuleBroken("Only an administrator changes accounts.")
        if person.pk == by.pk:
            raise RuleBroken("You cannot do this to your own account. Ask another administrator.")
        yield


def refuse_erased(person: User) -> None:
    if is_erased(person):
        raise RuleBroken("What was erased does not come back: nobody knows any more who this was.")


def refuse_without_verb(person: User, verb: str, by: Any) -> None:
    if not policy_for(User).may(by, verb, person):
        raise RuleBroken(f"You may not do this to {person}.")
