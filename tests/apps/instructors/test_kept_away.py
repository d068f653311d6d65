"""Nobody suspended holds a right on a course, teaches, or lets a course be published; all of it comes back."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from apps.accounts.models import User
from apps.catalog.models import Category, Course
from apps.catalog.policy import CoursePolicy
from apps.catalog.queries import has_active_instructor
from apps.catalog.rights import ends_of_rights, rights_held_anywhere
from apps.catalog.services import add_instructor, missing_before_publication, publish_course, save_instructor
from apps.instructors import services
from apps.instructors.models import InstructorProfile
from apps.records.policy import scope
from apps.records.rules import RuleBroken
from tests.recipes import catalog
from tests.support.people import grant
from tests.support.teaching import suspend, suspended_profile


def courses_of(user: User, verb: str = "view") -> set[str]:
    return set(scope(user, verb, Course).values_list("code", flat=True))


def test_the_next_request_is_refused_and_allowed_again_after_reinstatement(
    profile: InstructorProfile, course: Course, manager: User, as_instructor: Client
) -> None:
    address = f"/admin/catalog/course/{course.pk}/change/"
    assert as_instructor.get(address).status_code == 200

    suspend(profile, manager)

    assert as_instructor.get(address).status_code == 403
    assert as_instructor.get("/admin/catalog/course/add/").status_code == 403
    assert as_instructor.get(f"/admin/instructors/instructorprofile/{profile.pk}/change/").status_code == 200
    services.reinstate_instructor(profile, by=manager, reason="Settled.")
    assert as_instructor.get(address).status_code == 200


def test_rights_by_hand_by_category_and_by_role_mean_nothing_meanwhile(
    instructor: User, course: Course, other_course: Course, category: Category
) -> None:
    grant(instructor, "edit_content", other_course)
    grant(instructor, "view_course", category)
    by_role = catalog.course.make(code="ROLE-1")
    catalog.course_group_grant.make(group=instructor.groups.get(), content_object=by_role)
    assert courses_of(instructor) == {"PY-101", "ART-1", "ROLE-1"}

    suspended_profile(instructor)

    assert (courses_of(instructor), courses_of(instructor, "price")) == (set(), set())
    assert rights_held_anywhere(instructor) == frozenset()
    assert ends_of_rights(instructor, course) == {}


def test_a_course_needs_another_active_instructor_to_be_published(
    instructor: User, course: Course, administrator: User
) -> None:
    suspended_profile(instructor)

    assert missing_before_publication(course) == ["an active instructor"]
    assert not Course.objects.filter(has_active_instructor(), pk=course.pk).exists()
    with pytest.raises(RuleBroken, match="it needs an active instructor"):
        publish_course(course, by=administrator)

    course.refresh_from_db()
    assert course.status == "draft"


def test_nobody_suspended_is_put_on_a_course_or_into_its_lead(
    instructor: User, course: Course, other_course: Course, colleague: User, administrator: User
) -> None:
    add_instructor(course, colleague, by=administrator, is_lead=True)
    suspended_profile(instructor)
    row = course.instructors.get(user=instructor)
    row.is_lead = True

    with pytest.raises(RuleBroken, match="is suspended as an instructor"):
        add_instructor(other_course, instructor, by=administrator)
    with pytest.raises(RuleBroken, match="is suspended as an instructor"):
        save_instructor(row, by=administrator)

    assert course.instructors.get(is_lead=True).user == colleague
    assert not other_course.instructors.exists()


def test_asked_why_the_suspension_is_named_and_who_can_end_it(instructor: User, course: Course) -> None:
    grant(instructor, "edit_content", course)
    suspended_profile(instructor)
    out = StringIO()

    call_command("access", "explain", instructor.email, "change", "catalog.course", "PY-101", "--json", stdout=out)

    answer = json.loads(out.getvalue())
    assert answer["allowed"] is False
    assert "Robin Instructor is suspended as an instructor: for now they teach nothing" in answer["because"][0]
    assert answer["needed"][0]["text"] == "Whoever suspends instructors can reinstate Robin Instructor."
    assert CoursePolicy().missing(instructor, "price", course)[0].kind == "inactive"  # type: ignore[union-attr]
