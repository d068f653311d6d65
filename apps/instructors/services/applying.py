"""Applications: entered for somebody, sent in again, approved and rejected."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.access.services import admit_instructor
from apps.audit.recording import change_set
from apps.instructors.models import InstructorProfile
from apps.instructors.policy import InstructorProfilePolicy
from apps.instructors.services.changing import changing, enter_status, require_reason, tell
from apps.instructors.states import InstructorStatus
from apps.records.rules import RuleBroken

Status = InstructorStatus


def enter_application(profile: InstructorProfile, *, by: Any, reason: str = "") -> InstructorProfile:
    """Keeps the application of somebody with an account, as a form has filled it in; it waits for a decision."""
    person = profile.user
    if not InstructorProfilePolicy().may(by, "add"):
        raise RuleBroken("You may not enter applications.")
    if not person.is_active or person.is_archived:
        raise RuleBroken(f"{person} cannot sign in, so they cannot teach. Activate the account first.")
    if person.role == person.Role.ADMINISTRATOR:
        raise RuleBroken(f"{person} is an administrator and may teach without an application.")
    with change_set(by=by, reason=reason, title=f"Application of {person}"):
        profile.full_clean(validate_unique=False, validate_constraints=False)
        try:
            with transaction.atomic():
                profile.save()
        except IntegrityError:
            raise RuleBroken(f"{person} has applied already. Open that application instead.") from None
    return profile


def apply_again(profile: InstructorProfile, *, by: Any, reason: str = "") -> InstructorProfile:
    """Sends a rejected application in once more, as it says now; why it was rejected stays to be read."""
    with changing(profile, "apply", "Apply again", by=by, reason=reason):
        enter_status(profile, Status.REJECTED, Status.PENDING, to_do="there is nothing to apply for")
        profile.applied_at = timezone.now()
    return profile


def approve_application(profile: InstructorProfile, *, by: Any, reason: str = "") -> InstructorProfile:
    """Lets somebody teach: they get the role of an instructor, and with it the console."""
    with changing(profile, "decide", "Approve", by=by, reason=reason):
        enter_status(profile, Status.PENDING, Status.APPROVED, to_do="there is nothing to approve")
        profile.approved_at, profile.approved_by = timezone.now(), by
        profile.rejection_reason = ""
        had_no_console = not profile.user.is_staff
        admit_instructor(profile.user, by=by, reason=reason)
        tell(
            profile,
            title="You may teach here",
            text=f"{by} approved your application. Sign in to the console to start your first course.",
            is_learner=had_no_console,
        )
    return profile


def reject_application(profile: InstructorProfile, *, by: Any, reason: str) -> InstructorProfile:
    """Says no, and why; the account stays what it is, and the person can apply again."""
    why = require_reason(reason)
    with changing(profile, "decide", "Reject", by=by, reason=reason):
        enter_status(profile, Status.PENDING, Status.REJECTED, to_do="there is nothing to reject")
        profile.rejection_reason = why
        tell(
            profile,
            title="Your application as an instructor was rejected",
            text=f"{by}: {why}",
            is_learner=not profile.user.is_staff,
        )
    return profile
