"""Requests no page of ours would send: each is refused in words, none ends in a fault of ours."""

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.catalog.models import Course, CourseInstructor
from tests.recipes import catalog

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "/admin/search/?s=%00ab",
        "/admin/autocomplete/?app_label=enrollments&model_name=enrollment&field_name=course&term=%00",
        "/admin/catalog/course/?status__exact=%00",
        "/admin/audit/changeset/?origin=%00",
        "/admin/catalog/lesson/add/?course=%00&module=%00",
    ],
)
def test_an_address_with_a_nul_in_it_is_a_bad_request(as_administrator: Client, address: str) -> None:
    response = as_administrator.get(address)

    assert response.status_code == 400


def test_a_reason_with_a_nul_in_it_is_kept_without_it(as_administrator: Client, course: Course) -> None:
    first = course.history.latest("history_id")
    course.title = "Another title"
    course.save()

    as_administrator.post(
        f"/admin/catalog/course/{course.pk}/history/", {"version": first.pk, "reason": "Typed\0 wrongly."}
    )

    assert course.history.latest("history_id").change_set.reason == "Typed wrongly."


def test_an_order_nested_without_end_is_refused(as_administrator: Client, course: Course) -> None:
    response = as_administrator.post(
        f"/admin/catalog/course/{course.pk}/arrange/", "[" * 100_000, content_type="application/json"
    )

    assert response.status_code == 400


def test_a_forged_course_form_changes_neither_its_state_nor_its_people(
    as_instructor: Client, course: Course, administrator: User
) -> None:
    as_instructor.post(
        f"/admin/catalog/course/{course.pk}/change/",
        {
            "title": "A better title",
            "code": "PY-101",
            "slug": course.slug,
            "level": course.level,
            "category": course.category_id,
            "language": course.language,
            "currency": course.currency,
            "duration_minutes": 0,
            "sort_order": 0,
            "status": "published",
            "enrolled_count": 900,
            "version": 7,
            "is_featured": "on",
            "archived_at": "2020-01-01",
            "id": 999,
            "created_at": "2001-01-01",
        },
    )

    after = Course.objects.get(pk=course.pk)
    assert after.title == "A better title"
    assert (after.status, after.enrolled_count, after.is_featured) == ("draft", 0, False)
    assert after.version == course.version
    assert after.created_at == course.created_at


def test_a_row_of_another_course_posted_in_the_tab_of_instructors_is_not_changed(
    as_instructor: Client, course: Course, other_course: Course
) -> None:
    foreign = catalog.course_instructor.make(course=other_course, role=CourseInstructor.Role.ASSISTANT)

    as_instructor.post(
        f"/admin/catalog/course/{course.pk}/change/?tab=instructors",
        {
            "instructors-TOTAL_FORMS": 2,
            "instructors-INITIAL_FORMS": 2,
            "instructors-0-id": foreign.pk,
            "instructors-0-course": course.pk,
            "instructors-0-role": "primary",
            "instructors-1-id": foreign.pk,
            "instructors-1-course": course.pk,
            "instructors-1-DELETE": "on",
        },
    )

    foreign.refresh_from_db()
    assert (foreign.course, foreign.role) == (other_course, CourseInstructor.Role.ASSISTANT)


@pytest.mark.parametrize(
    "address",
    [
        "/admin/accounts/user/?password__startswith=m",
        "/admin/audit/changeset/?actor__password__startswith=m",
        "/admin/catalog/course/?instructors__user__password__startswith=m",
        "/admin/enrollments/enrollment/?user__password__startswith=m",
        "/admin/accounts/user/?_to_field=password&_popup=1",
    ],
)
def test_a_lookup_into_what_no_filter_offers_is_refused(as_administrator: Client, address: str) -> None:
    response = as_administrator.get(address)

    assert response.status_code == 400


def test_whatever_is_asked_of_autocomplete_tells_nothing_of_other_courses(
    as_instructor: Client, course: Course, other_course: Course
) -> None:
    address = "/admin/autocomplete/?app_label=enrollments&model_name=enrollment&field_name="

    offered = as_instructor.get(f"{address}course&term=a").json()["results"]
    never = as_instructor.get(f"{address}user&term=a")

    assert str(other_course.pk) not in {row["id"] for row in offered}
    assert never.status_code == 403
