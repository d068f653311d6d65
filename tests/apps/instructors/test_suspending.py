"""Suspension: what it does to each course is chosen from a plan that still holds, and is done whole or not at all."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Course, CourseInstructor
from apps.catalog.services import add_instructor, change_instructor, publish_course, unpublish_course
from apps.catalog.states import CourseStatus
from apps.instructors import services
from apps.instructors.models import InstructorProfile
from apps.instructors.plan import fingerprint, suspension_plan
from apps.instructors.states import InstructorStatus
from apps.notifications.models import Notification
from apps.records.rules import RuleBroken
from tests.recipes import catalog, instructors
from tests.support.people import give_role, person, teach
from tests.support.teaching import approved_profile, suspend, suspended_profile

Role = CourseInstructor.Role


def teachers(course: Course) -> list[tuple[str, str, bool]]:
    rows = CourseInstructor.objects.filter(course=course).order_by("user__email")
    return [(row.user.email.partition("@")[0], row.role, row.is_lead) for row in rows]


def everything(profile: InstructorProfile) -> tuple[Any, ...]:
    fresh = InstructorProfile.objects.get(pk=profile.pk)
    return (
        fresh.status,
        fresh.suspension_reason,
        list(fresh.user.groups.values_list("name", flat=True)),
        list(Course.objects.order_by("pk").values_list("code", "status")),
        list(CourseInstructor.objects.order_by("pk").values_list("user", "role", "is_lead", "is_active")),
        Notification.objects.count(),
    )


def test_alone_on_a_published_course_it_is_proposed_to_unpublish_it(
    profile: InstructorProfile, published: Course, manager: User
) -> None:
    (part,) = suspension_plan(profile.user)
    assert [key for key, _words in part.choices] == ["unpublish", "successor"]

    suspend(profile, manager)

    published.refresh_from_db()
    profile.refresh_from_db()
    assert published.status == CourseStatus.UNPUBLISHED
    assert (profile.status, profile.suspension_reason) == (InstructorStatus.SUSPENDED, "Asked for money.")
    assert not profile.user.groups.exists()
    assert "Asked for money." in Notification.objects.get(recipient=profile.user).text
    assert profile.history.count() == 2


def test_a_course_is_handed_over_to_somebody_named_who_leads_it_from_then_on(
    profile: InstructorProfile, published: Course, manager: User, colleague: User
) -> None:
    suspend(profile, manager, successor=colleague, PY_101="successor")

    published.refresh_from_db()
    assert published.status == CourseStatus.PUBLISHED
    assert teachers(published) == [("colleague", Role.PRIMARY, True), ("instructor", Role.PRIMARY, False)]
    assert CourseInstructor.objects.get(user=colleague).revenue_share_percent == 0
    assert Notification.objects.get(recipient=colleague).title == "You lead a course of Robin Instructor now"


def test_a_colleague_on_the_course_takes_the_lead_and_keeps_their_share(
    profile: InstructorProfile, published: Course, manager: User, colleague: User, administrator: User
) -> None:
    add_instructor(published, colleague, by=administrator, revenue_share_percent=30)  # type: ignore[arg-type]
    (part,) = suspension_plan(profile.user)
    assert part.choices[0] == (f"to:{colleague.pk}", "Hand it over to Robin Colleague (co-instructor)")

    suspend(profile, manager)

    assert teachers(published)[0] == ("colleague", Role.PRIMARY, True)
    assert CourseInstructor.objects.get(user=colleague).revenue_share_percent == 30


def test_where_somebody_else_leads_the_course_stays_with_them(
    other_course: Course, manager: User, colleague: User, administrator: User, profile: InstructorProfile
) -> None:
    teach(colleague, other_course)
    add_instructor(other_course, profile.user, by=administrator)
    publish_course(other_course, by=administrator)
    (part,) = suspension_plan(profile.user)
    assert part.choices[0] == ("keep", "Leave it with Robin Colleague")
    before = teachers(other_course)

    suspend(profile, manager)

    other_course.refresh_from_db()
    assert (teachers(other_course), other_course.status) == (before, CourseStatus.PUBLISHED)


def test_it_is_one_change_with_everything_in_it(
    profile: InstructorProfile, published: Course, manager: User, colleague: User
) -> None:
    newest = ChangeSet.objects.latest("pk").pk

    suspend(profile, manager, successor=colleague, PY_101="successor")

    (change,) = ChangeSet.objects.filter(pk__gt=newest)
    assert (change.actor, change.reason) == (manager, "Asked for money.")
    assert {"instructors.instructorprofile", "catalog.courseinstructor", "access.roleassignment"} <= set(change.counts)


@pytest.mark.parametrize("what", ["unpublished", "a colleague came", "another course", "no longer in the lead"])
def test_a_plan_that_no_longer_holds_is_refused_and_nothing_is_done(
    what: str,
    profile: InstructorProfile,
    published: Course,
    other_course: Course,
    manager: User,
    colleague: User,
    administrator: User,
) -> None:
    shown, fates = fingerprint(suspension_plan(profile.user)), {published.pk: "unpublish"}
    if what == "unpublished":
        unpublish_course(published, by=administrator)
    elif what == "another course":
        teach(profile.user, other_course)
    else:
        add_instructor(published, colleague, by=administrator, is_lead=what == "no longer in the lead")
    before = everything(profile)

    with pytest.raises(RuleBroken, match="has changed since it was shown. Nothing was done: look at it again."):
        services.suspend_instructor(profile, fates, shown=shown, by=manager, reason="Asked.")

    assert everything(profile) == before


def test_learners_who_come_meanwhile_do_not_make_the_plan_another(
    profile: InstructorProfile, published: Course
) -> None:
    shown = fingerprint(suspension_plan(profile.user))

    Course.objects.update(enrolled_count=400)

    assert fingerprint(suspension_plan(profile.user)) == shown


@pytest.mark.parametrize(
    ("fate", "words"),
    [
        ("", "Choose what becomes of Python from the first line."),
        ("keep", "Choose what becomes of Python from the first line."),
        ("to:1", "Choose what becomes of Python from the first line."),
        ("successor", "Name the instructor to whom Python from the first line is handed over."),
    ],
)
def test_a_fate_that_was_not_offered_is_refused(
    fate: str, words: str, profile: InstructorProfile, published: Course, manager: User
) -> None:
    before = everything(profile)

    with pytest.raises(RuleBroken, match=words):
        suspend(profile, manager, PY_101=fate)

    assert everything(profile) == before


def test_courses_go_to_other_instructors_who_may_teach_and_never_to_whoever_suspends(
    profile: InstructorProfile,
    published: Course,
    manager: User,
    colleague: User,
    other_instructor: User,
    student: User,
    support: User,
) -> None:
    instructors.instructor_profile.make(user=other_instructor, status="rejected")
    both = give_role(give_role(person("both", User.Role.INSTRUCTOR), "instructor"), "manager")
    suspended_profile(colleague)
    before = everything(profile)

    for successor, by, words in (
        (student, manager, "is no other instructor who may teach now"),
        (support, manager, "is no other instructor who may teach now"),
        (colleague, manager, "is no other instructor who may teach now"),
        (other_instructor, manager, "is no other instructor who may teach now"),
        (profile.user, manager, "is no other instructor who may teach now"),
        (both, both, "Nobody hands a course over to themselves"),
    ):
        with pytest.raises(RuleBroken, match=words):
            suspend(profile, by, successor=successor, PY_101="successor")

    assert everything(profile) == before


def test_whoever_suspends_does_not_take_the_lead_of_a_course_they_help_with(
    profile: InstructorProfile, published: Course, administrator: User
) -> None:
    both = give_role(give_role(person("both", User.Role.INSTRUCTOR), "instructor"), "manager")
    add_instructor(published, both, by=administrator)
    before = everything(profile)

    with pytest.raises(RuleBroken, match="Nobody hands a course over to themselves. Choose otherwise for Python"):
        suspend(profile, both)

    assert everything(profile) == before


def test_without_a_reason_or_the_right_or_about_oneself_nobody_is_suspended_or_reinstated(
    profile: InstructorProfile, manager: User, support: User, instructor: User, other_instructor: User
) -> None:
    away = suspended_profile(other_instructor)
    before = everything(profile)

    for by, reason, words in (
        (manager, " ", "Say why"),
        (support, "Asked.", "You may not suspend"),
        (instructor, "Asked.", "Nobody decides about themselves"),
    ):
        with pytest.raises(RuleBroken, match=words):
            services.suspend_instructor(profile, {}, shown=fingerprint([]), by=by, reason=reason)
    for by, words in ((support, "You may not suspend"), (other_instructor, "Nobody decides about themselves")):
        with pytest.raises(RuleBroken, match=words):
            services.reinstate_instructor(away, by=by, reason="Asked.")

    assert everything(profile) == before
    away.refresh_from_db()
    assert away.status == InstructorStatus.SUSPENDED


def test_who_works_here_is_suspended_by_an_administrator_only_and_an_administrator_by_nobody(
    moderator: User, manager: User, administrator: User
) -> None:
    other = person("other-administrator", User.Role.ADMINISTRATOR)
    profile, above = approved_profile(moderator), approved_profile(other)

    with pytest.raises(RuleBroken, match="works here as staff"):
        suspend(profile, manager)
    with pytest.raises(RuleBroken, match="is an administrator and may do everything"):
        suspend(above, administrator)
    suspend(profile, administrator)

    profile.refresh_from_db()
    above.refresh_from_db()
    assert (profile.status, above.status) == (InstructorStatus.SUSPENDED, InstructorStatus.APPROVED)
    assert list(moderator.groups.values_list("name", flat=True)) == ["moderator"]


def test_a_successor_who_was_set_inactive_on_the_course_is_active_and_leads_it(
    profile: InstructorProfile, published: Course, manager: User, colleague: User, administrator: User
) -> None:
    row = add_instructor(published, colleague, by=administrator)
    change_instructor(row, by=administrator, is_active=False)
    (part,) = suspension_plan(profile.user)
    assert [key for key, _words in part.choices] == ["unpublish", "successor"]

    suspend(profile, manager, successor=colleague, PY_101="successor")

    row.refresh_from_db()
    assert (row.is_active, row.is_lead, row.expires_on) == (True, True, None)


def test_reinstating_gives_role_and_rights_back_and_leaves_the_courses_as_they_became(
    profile: InstructorProfile, published: Course, manager: User
) -> None:
    suspend(profile, manager)

    services.reinstate_instructor(profile, by=manager, reason="It was somebody else.")

    profile.refresh_from_db()
    published.refresh_from_db()
    assert (profile.status, profile.suspension_reason) == (InstructorStatus.APPROVED, "")
    assert profile.user.has_perm("catalog.add_course")
    assert published.status == CourseStatus.UNPUBLISHED
    publish_course(published, by=profile.user)
    assert published.status == CourseStatus.PUBLISHED


def test_the_plan_takes_as_many_queries_for_many_courses_as_for_one(
    profile: InstructorProfile, published: Course, colleague: User, django_assert_num_queries: Any
) -> None:
    for _ in range(6):
        course = catalog.course.make()
        teach(profile.user, course)
        catalog.course_instructor.make(course=course, user=colleague, role=Role.CO_INSTRUCTOR)

    with django_assert_num_queries(2):
        plan = suspension_plan(profile.user)
        assert [part.choices for part in plan]

    assert len(plan) == 7
