"""Giving and ending rights, and the rights that follow from teaching a course."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from apps.access.models import GrantFacts, Role
from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.grants import end_grant, follow_instructor, follow_instructors_in_bulk, grant_right
from apps.catalog.models import Course, CourseInstructor, CourseUserGrant
from apps.catalog.rights import EDIT, EXPORT, GRANT, PUBLISH, RIGHTS, VIEW, categories_granted, ends_of_rights
from apps.records.policy import scope
from apps.records.rules import RuleBroken
from tests.recipes import catalog
from tests.support.people import give_role, grant, person

Part = CourseInstructor.Role


def rights_of(user: User, course: Course) -> set[str]:
    return set(course.user_grants.filter(user=user).values_list("permission__codename", flat=True))


@pytest.fixture
def colleague(db: None) -> User:
    return person("colleague", User.Role.INSTRUCTOR)


@pytest.fixture
def lead(course: Course) -> User:
    user = person("lead", User.Role.INSTRUCTOR)
    for right in RIGHTS:
        grant(user, right, course)
    return user


def test_an_administrator_grants_a_right_with_its_reason(course: Course, administrator: User, colleague: User) -> None:
    given = grant_right(colleague, EDIT, course, by=administrator, reason="Rewrites module 2.")

    assert scope(colleague, "change", Course).get() == course
    assert (given.granted_by, given.reason) == (administrator, "Rewrites module 2.")
    assert given.history.get().change_set.actor == administrator


def test_granting_the_same_right_again_changes_its_end(course: Course, administrator: User, colleague: User) -> None:
    end = timezone.now() + timedelta(days=3)
    grant_right(colleague, EDIT, course, by=administrator, reason="For now.")

    grant_right(colleague, EDIT, course, by=administrator, reason="Until the launch.", expires_at=end)

    only = course.user_grants.get(user=colleague)
    assert (only.expires_at, only.reason) == (end, "Until the launch.")


def test_a_right_by_hand_is_one_of_its_own_beside_those_that_follow_and_those_on_other_courses(
    course: Course, administrator: User, colleague: User
) -> None:
    elsewhere = catalog.course.make()
    follow_instructor(catalog.course_instructor.make(course=course, user=colleague, role=Part.PRIMARY), by=None)
    grant(colleague, EDIT, elsewhere)
    grant(colleague, VIEW, course)

    given = grant_right(colleague, EDIT, course, by=administrator, reason="Stays after the term.")

    assert (given.content_object, given.permission.codename) == (course, EDIT)
    assert (course.user_grants.filter(user=colleague).count(), elsewhere.user_grants.count()) == (len(RIGHTS) + 2, 1)


def test_a_person_grants_what_they_hold(course: Course, lead: User, colleague: User) -> None:
    grant_right(colleague, EDIT, course, by=lead, reason="Helps me.")

    assert rights_of(colleague, course) == {EDIT}


@pytest.mark.parametrize("right", [PUBLISH, GRANT])
def test_a_person_does_not_grant_what_they_do_not_hold_or_the_right_to_grant(
    right: str, course: Course, colleague: User
) -> None:
    granter = person("granter", User.Role.INSTRUCTOR)
    grant(granter, GRANT, course)

    with pytest.raises(RuleBroken):
        grant_right(colleague, right, course, by=granter, reason="A favor.")

    assert rights_of(colleague, course) == set()


def test_nobody_grants_a_right_to_themselves(course: Course, lead: User, administrator: User) -> None:
    for someone in (lead, administrator):
        with pytest.raises(RuleBroken, match="themselves"):
            grant_right(someone, EXPORT, course, by=someone, reason="I need it.")

    assert ChangeSet.objects.filter(title__startswith="Grant").count() == 0


def test_nobody_grants_to_a_role_they_belong_to(course: Course, lead: User) -> None:
    role = give_role(lead, "moderator").groups.get()

    with pytest.raises(RuleBroken, match="themselves"):
        grant_right(role, EDIT, course, by=lead, reason="For all of us.")

    assert not course.group_grants.exists()


def test_a_stranger_grants_nothing_on_a_course_of_others(course: Course, colleague: User) -> None:
    stranger = person("stranger", User.Role.INSTRUCTOR)

    with pytest.raises(RuleBroken, match="may not grant"):
        grant_right(colleague, VIEW, course, by=stranger, reason="Why not.")

    assert rights_of(colleague, course) == set()


def test_a_right_cannot_outlive_the_granters_own(course: Course, colleague: User) -> None:
    granter = person("granter", User.Role.INSTRUCTOR)
    end = timezone.now() + timedelta(days=2)
    for right in (GRANT, EDIT):
        grant(granter, right, course, expires_at=end)

    for later in (None, end + timedelta(seconds=1)):
        with pytest.raises(RuleBroken, match="Your own right ends"):
            grant_right(colleague, EDIT, course, by=granter, reason="Helps me.", expires_at=later)
    assert rights_of(colleague, course) == set()

    assert grant_right(colleague, EDIT, course, by=granter, reason="Helps me.", expires_at=end).expires_at == end


@pytest.mark.parametrize(
    ("right", "words"),
    [(GRANT, "Only an administrator"), (PUBLISH, "only what you hold"), ("delete_course", "no right called")],
)
def test_what_cannot_be_granted_is_said(right: str, words: str, course: Course, colleague: User) -> None:
    granter = person("granter", User.Role.INSTRUCTOR)
    grant(granter, GRANT, course)

    with pytest.raises(RuleBroken, match=words):
        grant_right(colleague, right, course, by=granter, reason="A favor.")

    assert not course.user_grants.filter(user=colleague).exists()


def test_a_right_goes_to_a_role_the_granter_has_no_part_in(course: Course, lead: User) -> None:
    give_role(lead, "moderator")
    role = Role.objects.get(name="support")

    given = grant_right(role, EDIT, course, by=lead, reason="They correct typing errors.")

    assert course.group_grants.get() == given


def test_a_role_that_is_switched_off_gets_no_rights(course: Course, lead: User) -> None:
    role = Role.objects.create(name="off", is_active=False)

    with pytest.raises(RuleBroken, match="not active"):
        grant_right(role, EDIT, course, by=lead, reason="For later.")

    assert not course.group_grants.exists()


@pytest.mark.parametrize("is_role", [True, False])
@pytest.mark.parametrize("is_category", [True, False])
def test_rights_stand_where_they_were_given_with_who_they_were_given_to(
    is_role: bool, is_category: bool, course: Course, administrator: User, colleague: User
) -> None:
    holder = Role.objects.get(name="support") if is_role else colleague
    on: Any = course.category if is_category else course

    given = grant_right(holder, EDIT, on, by=administrator, reason="Helps.")

    rows = on.group_grants.filter(group=holder) if is_role else on.user_grants.filter(user=holder)
    assert rows.get() == given
    assert (given.holder.pk, given.content_object) == (holder.pk, on)


def test_a_right_is_not_taken_back_without_a_reason_or_by_who_may_not_give_it(
    course: Course, administrator: User, lead: User, colleague: User
) -> None:
    given = grant_right(colleague, EDIT, course, by=administrator, reason="Helps.")

    for by, reason, words in ((administrator, " ", "Say why"), (colleague, "Enough.", "may not grant")):
        with pytest.raises(RuleBroken, match=words):
            end_grant(given, by=by, reason=reason)
    assert rights_of(colleague, course) == {EDIT}

    end_grant(given, by=lead, reason="Done.")
    assert rights_of(colleague, course) == set()


@pytest.mark.parametrize(
    ("holder_role", "reason", "days"), [("student", "Why.", 1), ("staff", " ", 1), ("staff", "Why.", -1)]
)
def test_rights_for_students_without_a_reason_or_ended_already_are_refused(
    course: Course, administrator: User, holder_role: str, reason: str, days: int
) -> None:
    holder = person("holder", holder_role)

    with pytest.raises(RuleBroken):
        grant_right(
            holder, VIEW, course, by=administrator, reason=reason, expires_at=timezone.now() + timedelta(days=days)
        )

    assert rights_of(holder, course) == set()


def test_a_course_and_a_category_with_the_same_number_are_not_mistaken_for_each_other(colleague: User) -> None:
    category, course = catalog.category.make(pk=900_001), catalog.course.make(pk=900_001)
    of_course = person("of-course")
    grant(colleague, EDIT, category)
    grant(of_course, EDIT, course)

    assert not scope(colleague, "view", Course).exists()
    assert not categories_granted(of_course, (EDIT,)).exists()
    assert (ends_of_rights(colleague, course), ends_of_rights(of_course, category)) == ({}, {})
    assert ends_of_rights(colleague, category) == ends_of_rights(of_course, course) == {EDIT: None}


def test_rights_on_a_course_of_no_category_come_from_the_course_alone(colleague: User) -> None:
    course = catalog.course.make(category=None)
    grant(colleague, EDIT, course)
    grant(colleague, EXPORT, catalog.category.make(slug="another"))

    assert ends_of_rights(colleague, course) == {EDIT: None}


def test_an_ended_grant_binds_the_next_question(course: Course, administrator: User, colleague: User) -> None:
    given = grant_right(colleague, EDIT, course, by=administrator, reason="For a while.")

    end_grant(given, by=administrator, reason="Done.")

    assert not scope(colleague, "view", Course).exists()
    assert CourseUserGrant.history.filter(history_type="-", history_change_reason="Done.").count() == 1


def test_a_primary_instructor_gets_every_right(course: Course, administrator: User, colleague: User) -> None:
    row = catalog.course_instructor.make(course=course, user=colleague, role=Part.PRIMARY)

    follow_instructor(row, by=administrator)

    assert rights_of(colleague, course) == set(RIGHTS)


def test_other_instructors_get_what_their_flags_say(course: Course, administrator: User, colleague: User) -> None:
    row = catalog.course_instructor.make(
        course=course, user=colleague, role=Part.ASSISTANT, can_edit_content=True, can_manage_students=False
    )

    follow_instructor(row, by=administrator)

    assert rights_of(colleague, course) == {VIEW, EDIT, "view_analytics"}


def test_rights_follow_until_the_end_of_the_last_day(course: Course, administrator: User, colleague: User) -> None:
    row = catalog.course_instructor.make(
        course=course, user=colleague, role=Part.CO_INSTRUCTOR, expires_on=date(2026, 3, 31)
    )
    follow_instructor(row, by=administrator)

    with time_machine.travel(datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC), tick=False):
        before = scope(colleague, "change", Course).count()
    with time_machine.travel(datetime(2026, 4, 1, tzinfo=UTC), tick=False):
        after = scope(colleague, "change", Course).count()

    assert (before, after) == (1, 0)


def test_an_inactive_row_takes_back_its_rights_but_none_given_by_hand(
    course: Course, administrator: User, colleague: User
) -> None:
    row = catalog.course_instructor.make(course=course, user=colleague, role=Part.PRIMARY)
    follow_instructor(row, by=administrator)
    grant_right(colleague, EXPORT, course, by=administrator, reason="Keeps the figures.")

    row.is_active = False
    follow_instructor(row, by=administrator)

    left = course.user_grants.get(user=colleague)
    assert (left.permission.codename, left.source) == (EXPORT, GrantFacts.Source.HAND)


def test_rights_of_somebody_whose_row_is_gone_are_taken_back_with_the_next_change(
    course: Course, administrator: User, colleague: User
) -> None:
    gone = catalog.course_instructor.make(course=course, user=person("gone"), role=Part.PRIMARY)
    follow_instructor(gone, by=administrator)
    CourseInstructor.objects.filter(pk=gone.pk).delete()

    follow_instructor(catalog.course_instructor.make(course=course, user=colleague), by=administrator)

    assert rights_of(gone.user, course) == set()


def test_following_one_row_leaves_who_teaches_beside_them_and_other_courses_alone(
    course: Course, administrator: User, colleague: User
) -> None:
    beside, elsewhere = person("beside"), catalog.course.make(code="ELSE")
    rows = [catalog.course_instructor.make(course=course, user=user, role=Part.PRIMARY) for user in (colleague, beside)]
    gone = catalog.course_instructor.make(course=elsewhere, user=colleague, role=Part.PRIMARY)
    follow_instructors_in_bulk([*rows, gone], by=administrator)
    CourseInstructor.objects.filter(pk=gone.pk).delete()

    follow_instructor(rows[0], by=administrator)

    assert rights_of(colleague, course) == rights_of(beside, course) == set(RIGHTS)
    assert rights_of(colleague, elsewhere) == set(RIGHTS)


def test_whoever_still_teaches_elsewhere_loses_what_followed_from_the_row_that_is_gone(
    course: Course, administrator: User, colleague: User
) -> None:
    elsewhere, left = catalog.course.make(code="ELSE"), person("left")
    rows = [catalog.course_instructor.make(course=one, user=left, role=Part.PRIMARY) for one in (course, elsewhere)]
    follow_instructors_in_bulk(rows, by=administrator)
    CourseInstructor.objects.filter(pk=rows[0].pk).delete()

    follow_instructor(catalog.course_instructor.make(course=course, user=colleague), by=administrator)

    assert (rights_of(left, course), rights_of(left, elsewhere)) == (set(), set(RIGHTS))


def test_many_rows_are_followed_with_history_in_few_queries(
    administrator: User, django_assert_max_num_queries: Any
) -> None:
    rows = [catalog.course_instructor.make(role=Part.PRIMARY) for _ in range(30)]

    with django_assert_max_num_queries(15):
        follow_instructors_in_bulk(rows, by=administrator)

    assert CourseUserGrant.objects.count() == CourseUserGrant.history.count() == 30 * len(RIGHTS)


def test_following_again_changes_nothing(course: Course, administrator: User, colleague: User) -> None:
    row = catalog.course_instructor.make(course=course, user=colleague, role=Part.PRIMARY)
    follow_instructor(row, by=administrator)
    before = CourseUserGrant.history.count()

    follow_instructor(row, by=administrator)

    assert CourseUserGrant.history.count() == before
