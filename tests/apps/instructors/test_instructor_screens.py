"""The screens of instructors: the list and the queue cost the same for many, each sees what is theirs."""

from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.instructors.models import InstructorProfile
from apps.instructors.queries import teaching_counts
from apps.instructors.states import InstructorStatus, Tier
from tests.recipes import catalog, instructors
from tests.support.people import person, teach
from tests.support.teaching import approved_profile, suspended_profile

LIST = "/admin/instructors/instructorprofile/"
QUEUE = f"{LIST}applications/"
MOST_QUERIES = 25


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def several(number: int) -> None:
    for place in range(number):
        user = person(f"teacher-{place}-{User.objects.count()}", User.Role.INSTRUCTOR)
        approved_profile(user, tier=Tier.SILVER)
        for _ in range(2):
            course = catalog.course.make(enrolled_count=7)
            catalog.course_instructor.make(course=course, user=user)
        instructors.instructor_profile.make(user=person(f"applicant-{place}-{User.objects.count()}", "student"))


@pytest.mark.parametrize("address", [LIST, QUEUE], ids=["list", "queue"])
def test_a_page_of_many_takes_as_many_queries_as_a_page_of_few(
    address: str, as_manager: Client, django_assert_max_num_queries: Any
) -> None:
    several(1)
    as_manager.get(address)
    with django_assert_max_num_queries(MOST_QUERIES) as few:
        as_manager.get(address)
    several(8)

    with django_assert_max_num_queries(len(few)):
        page = text_of(as_manager, address)

    assert "data engineer" in page.lower() or "teacher-0" in page


def test_the_list_counts_courses_and_learners_and_is_narrowed_by_how_they_stand(
    as_manager: Client, profile: InstructorProfile, course: Course, other_instructor: User
) -> None:
    Course.objects.filter(pk=course.pk).update(enrolled_count=1234)
    suspended_profile(other_instructor)

    page = text_of(as_manager, LIST)

    assert "1,234" in page
    narrowed = text_of(as_manager, f"{LIST}?status__exact=suspended")
    assert (str(other_instructor) in narrowed, str(profile) in narrowed) == (True, False)
    verified = text_of(as_manager, f"{LIST}?is_verified__exact=1")
    assert str(profile) not in verified.partition('id="result_list"')[2]


def test_an_application_is_entered_by_address_and_waits_in_the_queue(as_manager: Client, student: User) -> None:
    data = {"applicant_email": "Student@example.org", "years_experience": "4", "title": "Chef", "bio": "Cooks."}

    answer = as_manager.post(f"{LIST}add/", data)

    profile = InstructorProfile.objects.get()
    assert (answer.status_code, profile.user, profile.status) == (302, student, InstructorStatus.PENDING)
    assert "Cooks." in text_of(as_manager, QUEUE)
    again = as_manager.post(f"{LIST}add/", data)
    assert "has applied already. Open that application instead." in again.content.decode()
    unknown = as_manager.post(f"{LIST}add/", {**data, "applicant_email": "nobody@example.org"})
    assert "Nobody has this address." in unknown.content.decode()
    assert InstructorProfile.objects.count() == 1


def test_the_form_changes_what_somebody_says_and_never_how_they_stand(
    as_instructor: Client, profile: InstructorProfile
) -> None:
    data = {"years_experience": "9", "bio": "Rewritten.", "status": "suspended", "tier": "gold", "is_verified": "on"}

    as_instructor.post(f"{LIST}{profile.pk}/change/?tab=profile", data)

    profile.refresh_from_db()
    assert (profile.bio, profile.years_experience) == ("Rewritten.", 9)
    assert (profile.status, profile.tier, profile.is_verified) == (InstructorStatus.APPROVED, Tier.BRONZE, False)


def test_an_instructor_sees_their_own_profile_and_why_they_are_suspended(
    as_instructor: Client, instructor: User, other_instructor: User
) -> None:
    own, other = suspended_profile(instructor), approved_profile(other_instructor)

    page = text_of(as_instructor, f"{LIST}{own.pk}/change/")

    assert "Asked for money." in page
    assert str(other) not in text_of(as_instructor, LIST)
    assert as_instructor.get(f"{LIST}{other.pk}/change/").status_code == 404
    assert as_instructor.get(QUEUE).status_code == 403


def test_a_manager_does_not_find_their_own_application_in_the_queue(as_manager: Client, manager: User) -> None:
    instructors.instructor_profile.make(user=manager, title="Manager of managers")

    assert "Manager of managers" not in text_of(as_manager, QUEUE)


def test_a_moderator_who_teaches_sees_their_own_profile_only(
    as_moderator: Client, moderator: User, profile: InstructorProfile
) -> None:
    assert as_moderator.get(LIST).status_code == 403

    own = approved_profile(moderator)

    assert as_moderator.get(f"{LIST}{own.pk}/change/").status_code == 200
    assert str(profile) not in text_of(as_moderator, LIST)
    assert as_moderator.get(f"{LIST}{profile.pk}/change/").status_code == 404


def test_the_page_of_a_person_says_how_they_stand_to_those_who_may_see_it(
    as_manager: Client, as_support: Client, profile: InstructorProfile, student: User
) -> None:
    address = f"/admin/accounts/user/{profile.user_id}/change/?tab=instructor"

    for client in (as_manager, as_support):
        page = text_of(client, address)
        assert f"{LIST}{profile.pk}/change/" in page
        assert "tab=instructor" not in text_of(client, f"/admin/accounts/user/{student.pk}/change/")


def test_the_courses_lead_on_only_where_they_open(
    as_support: Client, as_instructor: Client, profile: InstructorProfile, course: Course
) -> None:
    address = f"{LIST}{profile.pk}/change/?tab=courses"
    link = f"/admin/catalog/course/{course.pk}/change/"
    assert link in text_of(as_instructor, address)
    assert link in text_of(as_support, address)
    InstructorProfile.objects.update(status=InstructorStatus.SUSPENDED, suspension_reason="Asked for money.")

    page = text_of(as_instructor, address)

    assert course.title in page
    assert link not in page


def test_links_of_a_profile_are_public_addresses(as_instructor: Client, profile: InstructorProfile) -> None:
    for wrong in ("javascript:alert(1)", "http://localhost/", "https://ada@example.org/"):
        as_instructor.post(f"{LIST}{profile.pk}/change/?tab=profile", {"years_experience": "1", "website": wrong})

    profile.refresh_from_db()
    assert profile.website == ""


def test_teaching_is_told_apart_by_person(instructor: User, other_instructor: User, other_course: Course) -> None:
    teach(other_instructor, other_course)
    first, second = approved_profile(instructor), approved_profile(other_instructor)
    rows: Any = InstructorProfile.objects.annotate(**teaching_counts())

    counts = dict(rows.values_list("pk", "course_count"))

    assert counts == {first.pk: 0, second.pk: 1}
