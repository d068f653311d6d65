"""Applications: entered, sent in again, approved and rejected, by others than the applicant, from the right state."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.access.models import RoleAssignment
from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.instructors import services
from apps.instructors.models import InstructorProfile
from apps.instructors.states import TRANSITIONS, InstructorStatus
from apps.notifications.models import Notification
from apps.records.rules import RuleBroken
from tests.recipes import instructors
from tests.support.people import give_role, person
from tests.support.teaching import approved_profile, suspend, suspended_profile

DECISIONS: dict[str, Callable[..., Any]] = {
    "approve": lambda profile, by: services.approve_application(profile, by=by),
    "reject": lambda profile, by: services.reject_application(profile, by=by, reason="No."),
}


def facts(profile: InstructorProfile) -> tuple[Any, ...]:
    fresh = InstructorProfile.objects.get(pk=profile.pk)
    return fresh.status, fresh.approved_at, fresh.rejection_reason, fresh.user.role, fresh.user.groups.count()


def test_an_approval_opens_the_console_gives_the_role_and_tells_the_applicant_by_mail(
    application: InstructorProfile, manager: User
) -> None:
    services.approve_application(application, by=manager, reason="A convincing sample lesson.")

    application.refresh_from_db()
    applicant = User.objects.get(pk=application.user_id)
    assert (application.status, application.approved_by) == (InstructorStatus.APPROVED, manager)
    assert (applicant.role, applicant.is_staff, applicant.is_superuser) == (User.Role.INSTRUCTOR, True, False)
    assert RoleAssignment.objects.get(user=applicant).role.name == "instructor"
    assert applicant.has_perm("catalog.add_course")
    told = Notification.objects.get(recipient=applicant)
    assert (told.kind, told.title) == ("learner.instructor", "You may teach here")
    change = ChangeSet.objects.latest("pk")
    assert (change.actor, change.reason) == (manager, "A convincing sample lesson.")
    assert set(change.counts) == {"instructors.instructorprofile", "accounts.user", "access.roleassignment"}


def test_a_rejection_tells_why_and_leaves_the_account_as_it_is(application: InstructorProfile, manager: User) -> None:
    services.reject_application(application, by=manager, reason="The sample was somebody else's.")

    assert facts(application) == (InstructorStatus.REJECTED, None, "The sample was somebody else's.", "student", 0)
    assert "The sample was somebody else's." in Notification.objects.get(recipient=application.user).text


def test_a_rejected_applicant_with_the_console_applies_again_and_is_approved(
    other_instructor: User, manager: User
) -> None:
    profile = instructors.instructor_profile.make(user=other_instructor, status="rejected", rejection_reason="Short.")
    before = profile.applied_at

    services.apply_again(profile, by=other_instructor)

    profile.refresh_from_db()
    assert (profile.status, profile.rejection_reason) == (InstructorStatus.PENDING, "Short.")
    assert profile.applied_at > before
    services.approve_application(profile, by=manager)
    assert Notification.objects.get(recipient=other_instructor).kind == "instructor"
    assert (profile.status, profile.rejection_reason) == (InstructorStatus.APPROVED, "")


@pytest.mark.parametrize("decision", DECISIONS)
def test_nobody_decides_on_their_own_application(decision: str, manager: User, administrator: User) -> None:
    for person_who_applies in (manager, administrator):
        own = instructors.instructor_profile.make(user=person_who_applies)
        before = facts(own)

        with pytest.raises(RuleBroken, match="Nobody decides about themselves. Ask a colleague."):
            DECISIONS[decision](own, person_who_applies)

        assert facts(own) == before


@pytest.mark.parametrize("decision", DECISIONS)
def test_support_moderators_and_instructors_decide_on_nobody(
    decision: str, application: InstructorProfile, support: User, moderator: User, instructor: User
) -> None:
    before = facts(application)

    for by in (support, moderator, instructor):
        with pytest.raises(RuleBroken, match=f"You may not decide {application}."):
            DECISIONS[decision](application, by)

    assert facts(application) == before


def test_a_manager_makes_nobody_who_works_here_an_instructor_and_an_administrator_does(
    moderator: User, manager: User, administrator: User
) -> None:
    profile = instructors.instructor_profile.make(user=moderator)
    before = facts(profile)

    with pytest.raises(RuleBroken, match="works here as staff. Ask an administrator to do it."):
        services.approve_application(profile, by=manager)
    assert facts(profile) == before

    services.approve_application(profile, by=administrator)

    moderator.refresh_from_db()
    assert moderator.role == User.Role.STAFF
    assert set(moderator.groups.values_list("name", flat=True)) == {"moderator", "instructor"}


def test_who_cannot_sign_in_is_not_approved(manager: User) -> None:
    locked_out = person("gone", User.Role.STUDENT, status=User.Status.SUSPENDED)
    profile = instructors.instructor_profile.make(user=locked_out)
    before = facts(profile)

    with pytest.raises(RuleBroken, match="cannot sign in. Activate the account first."):
        services.approve_application(profile, by=manager)

    assert facts(profile) == before


def test_a_rejection_without_a_reason_is_refused(application: InstructorProfile, manager: User) -> None:
    with pytest.raises(RuleBroken, match="Say why"):
        services.reject_application(application, by=manager, reason=" ")

    assert facts(application)[0] == InstructorStatus.PENDING


@pytest.mark.parametrize("status", InstructorStatus)
def test_only_the_ways_of_the_table_are_open(status: str, instructor: User, manager: User) -> None:
    made: dict[str, Callable[[], InstructorProfile]] = {
        "pending": lambda: instructors.instructor_profile.make(user=instructor),
        "rejected": lambda: instructors.instructor_profile.make(user=instructor, status="rejected"),
        "approved": lambda: approved_profile(instructor),
        "suspended": lambda: suspended_profile(instructor),
    }
    profile = made[status]()
    ways: dict[str, tuple[str, Callable[..., Any]]] = {
        "approve": ("approved", lambda: services.approve_application(profile, by=manager)),
        "reject": ("rejected", lambda: services.reject_application(profile, by=manager, reason="No.")),
        "apply again": ("pending", lambda: services.apply_again(profile, by=manager)),
        "reinstate": ("approved", lambda: services.reinstate_instructor(profile, by=manager, reason="Settled.")),
        "suspend": ("suspended", lambda: suspend(profile, manager)),
    }
    from_there = {"pending": {"approve", "reject"}, "rejected": {"apply again"}, "suspended": {"reinstate"}}
    open_ways = from_there.get(status, {"suspend"})

    for way in ways.keys() - open_ways:
        with pytest.raises(RuleBroken, match=f"{profile} "):
            ways[way][1]()

    assert {ways[way][0] for way in open_ways} == TRANSITIONS[status]
    assert InstructorProfile.objects.get(pk=profile.pk).status == status


def test_an_application_is_entered_once_and_not_for_everybody(
    application: InstructorProfile, student: User, administrator: User, manager: User, support: User
) -> None:
    locked_out = person("gone", User.Role.STUDENT, status=User.Status.SUSPENDED)

    for who, by, words in (
        (student, manager, "has applied already"),
        (administrator, manager, "is an administrator and may teach without an application"),
        (locked_out, manager, "cannot sign in, so they cannot teach"),
        (person("new", User.Role.STUDENT), support, "You may not enter applications"),
    ):
        with pytest.raises(RuleBroken, match=words):
            services.enter_application(InstructorProfile(user=who), by=by)

    assert list(InstructorProfile.objects.all()) == [application]


def test_a_moderator_who_also_has_a_role_that_decides_is_held_by_the_same_rules(student: User) -> None:
    both = give_role(give_role(person("both"), "moderator"), "manager")
    profile = services.enter_application(InstructorProfile(user=student, title="Chef"), by=both)

    services.approve_application(profile, by=both)

    assert profile.status == InstructorStatus.APPROVED
