"""Who teaches a course, who leads it, and the rights that follow."""

import pytest

from apps.accounts.models import User
from apps.catalog.models import Course, CourseInstructor, CourseUserGrant
from apps.catalog.services import add_instructor, change_instructor, publish_course, remove_instructor
from apps.records.rules import RuleBroken

Role = CourseInstructor.Role


def rights_of(user: User, course: Course) -> set[str]:
    grants = CourseUserGrant.objects.filter(user=user, content_object=course)
    return set(grants.values_list("permission__codename", flat=True))


def test_the_first_instructor_of_a_course_leads_it(
    other_course: Course, instructor: User, other_instructor: User, administrator: User
) -> None:
    first = add_instructor(other_course, instructor, by=administrator, role=Role.PRIMARY)
    second = add_instructor(other_course, other_instructor, by=administrator)

    assert first.is_lead
    assert not second.is_lead


def test_a_course_has_one_lead_and_the_last_one_named_is_it(
    course: Course, instructor: User, other_instructor: User, administrator: User
) -> None:
    add_instructor(course, other_instructor, by=administrator, is_lead=True)

    assert course.instructors.get(is_lead=True).user == other_instructor
    assert not course.instructors.get(user=instructor).is_lead


def test_rights_follow_the_flags_and_go_with_them(
    other_course: Course, other_instructor: User, administrator: User
) -> None:
    row = add_instructor(other_course, other_instructor, by=administrator, can_manage_students=False)
    assert "edit_content" in rights_of(other_instructor, other_course)
    assert "manage_students" not in rights_of(other_instructor, other_course)

    change_instructor(row, by=administrator, can_edit_content=False, can_manage_students=True)

    assert "edit_content" not in rights_of(other_instructor, other_course)
    assert "manage_students" in rights_of(other_instructor, other_course)


def test_removing_an_instructor_takes_the_rights_away(
    other_course: Course, other_instructor: User, administrator: User
) -> None:
    row = add_instructor(other_course, other_instructor, by=administrator)

    remove_instructor(row, by=administrator, reason="Left the school.")

    assert rights_of(other_instructor, other_course) == set()
    assert not other_course.instructors.exists()


def test_nobody_teaches_a_course_twice(course: Course, instructor: User, administrator: User) -> None:
    with pytest.raises(RuleBroken, match="teaches Python from the first line already"):
        add_instructor(course, instructor, by=administrator)

    assert course.instructors.count() == 1


def test_students_and_people_who_cannot_sign_in_do_not_teach(
    course: Course, student: User, other_instructor: User, administrator: User
) -> None:
    other_instructor.status = User.Status.SUSPENDED
    other_instructor.save()

    with pytest.raises(RuleBroken, match="is a student"):
        add_instructor(course, student, by=administrator)
    with pytest.raises(RuleBroken, match="cannot sign in"):
        add_instructor(course, other_instructor, by=administrator)

    assert course.instructors.count() == 1


def test_a_published_course_keeps_an_active_instructor(course: Course, instructor: User, administrator: User) -> None:
    publish_course(course, by=administrator)
    row = course.instructors.get()

    with pytest.raises(RuleBroken, match="would have no active instructor"):
        remove_instructor(CourseInstructor.objects.get(pk=row.pk), by=administrator)
    with pytest.raises(RuleBroken, match="would have no active instructor"):
        change_instructor(CourseInstructor.objects.get(pk=row.pk), by=administrator, is_active=False, is_lead=False)

    assert CourseInstructor.objects.get(pk=row.pk).is_active
    assert "edit_content" in rights_of(instructor, course)


def test_somebody_inactive_does_not_lead(course: Course, administrator: User) -> None:
    row = course.instructors.get()

    with pytest.raises(RuleBroken, match="cannot lead"):
        change_instructor(row, by=administrator, is_active=False)

    assert CourseInstructor.objects.get(pk=row.pk).is_active
