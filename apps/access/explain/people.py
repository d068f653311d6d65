"""The person who is asked about: as they are, as if they were at work, and without being an administrator."""

from copy import copy

from apps.accounts.models import User
from apps.records.reasons import Cure, Kind, Reason, Stop, day_of

ADMINISTRATOR = User(
    pk=0, email="nobody@example.org", role=User.Role.ADMINISTRATOR, is_staff=True, is_superuser=True, is_active=True
)
"""An administrator who owns nothing and teaches nothing, to see what comes with being one."""


def why_not_at_work(person: User) -> list[Reason]:
    """Why the console is closed to this person, or nothing."""
    trail = (Stop(str(person), person),)
    if person.archived_at:
        words = f"The account of {person} was archived on {day_of(person.archived_at)}."
        return [Reason(Kind.ACCOUNT, words, trail, Cure("An administrator can restore the account.", person))]
    if not person.is_active:
        words = f"The account of {person} is {person.get_status_display().lower()}."
        return [Reason(Kind.ACCOUNT, words, trail, Cure("An administrator can reactivate the account.", person))]
    if not person.is_staff:
        words = f"{person} is a student, and the console is for people who work here."
        cure = Cure(f"An administrator can make {person} an instructor or staff.", person)
        return [Reason(Kind.ACCOUNT, words, trail, cure)]
    return []


def as_if_at_work(person: User) -> User:
    """The same person with an account that opens the console, to see what else they would need."""
    if person.is_active and person.is_staff:
        return person
    there = copy(person)
    there.is_active = there.is_staff = True
    return there


def without_rank(person: User) -> User:
    """The same person with nothing but roles, grants and what is their own."""
    if not person.is_superuser:
        return person
    plain = copy(person)
    plain.is_superuser = False
    return plain
