"""What every change of an instructor goes through: the right, the lock, the state, the reason, telling the person."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.urls import reverse

from apps.audit.recording import change_set
from apps.instructors.models import InstructorProfile
from apps.instructors.policy import InstructorProfilePolicy
from apps.instructors.states import InstructorStatus, transition_allowed
from apps.notifications.services import notify, notify_learners
from apps.records.rules import RuleBroken

TOLD = "instructor"
IS = {
    InstructorStatus.PENDING: "waits for a decision",
    InstructorStatus.APPROVED: "is approved",
    InstructorStatus.REJECTED: "was rejected",
    InstructorStatus.SUSPENDED: "is suspended",
}


@contextmanager
def holding(profile: InstructorProfile, verb: str, what: str, *, by: Any, reason: str) -> Iterator[None]:
    """One change set around something about an instructor, read anew under a lock: of two at once one is second.

    Raises `RuleBroken` for people who may not do it, and for everybody about themselves.
    """
    if not InstructorProfilePolicy().may(by, verb, profile):
        own = profile.user_id == by.pk
        raise RuleBroken(
            "Nobody decides about themselves. Ask a colleague." if own else f"You may not {verb} {profile}."
        )
    with change_set(by=by, reason=reason, title=f"{what}: {profile}"[:200]):
        profile.refresh_from_db(from_queryset=InstructorProfile.objects.select_for_update())
        yield


@contextmanager
def changing(profile: InstructorProfile, verb: str, what: str, *, by: Any, reason: str) -> Iterator[None]:
    """The same around a change of nothing but the instructor, who is saved at its end."""
    with holding(profile, verb, what, by=by, reason=reason):
        yield
        profile.save()


def enter_status(profile: InstructorProfile, before: str, after: str, *, to_do: str) -> None:
    """Leads an instructor from one state to another without saving; the one place where that is done."""
    if profile.status != before or not transition_allowed(before, after):
        raise RuleBroken(f"{profile} {IS[InstructorStatus(profile.status)]}, so {to_do}.")
    profile.status = after


def require_reason(reason: str) -> str:
    """Raises `RuleBroken` for blank words: what is decided against somebody is decided for a reason."""
    if not reason.strip():
        raise RuleBroken("Say why: the person is told, and the history keeps it.")
    return reason.strip()


def tell(profile: InstructorProfile, *, title: str, text: str = "", is_learner: bool = False) -> None:
    """By the bell of the console, which mails what stays unread; people who have none are mailed."""
    if is_learner:
        notify_learners([profile.user], kind=TOLD, title=title, text=text)
        return
    notify(profile.user, kind=TOLD, title=title, text=text, link=address_of(profile))


def address_of(profile: InstructorProfile) -> str:
    return reverse("admin:instructors_instructorprofile_change", args=[profile.pk])
