"""The timeline: what was done, by whom, and only to whom it may be shown."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.audit.recording import change_set
from apps.catalog.models import Course

TIMELINE = reverse("admin:audit_changeset_changelist")

pytestmark = pytest.mark.django_db


@pytest.fixture
def renaming(course: Course, administrator: User) -> ChangeSet:
    with change_set(by=administrator, title="Renamed a course", reason="Clearer.") as made:
        course.title = "Python in depth"
        course.save()
    return ChangeSet.objects.get(pk=made.pk)


def page_of(made: ChangeSet) -> str:
    return reverse("admin:audit_changeset_change", args=[made.pk])


def test_the_timeline_lists_what_was_done_and_by_whom(as_administrator: Client, renaming: ChangeSet) -> None:
    page = as_administrator.get(TIMELINE).content.decode()

    assert "Renamed a course" in page
    assert "Robin Administrator" in page
    assert "1 course changed" in page


def test_a_change_set_opens_to_before_and_after(as_administrator: Client, renaming: ChangeSet) -> None:
    page = as_administrator.get(page_of(renaming)).content.decode()

    assert "<del>Python from the first line</del>" in page
    assert "<ins>Python in depth</ins>" in page
    assert "Clearer." in page


def test_people_see_their_own_actions_only(
    signed_in: Callable[[User], Client], instructor: User, renaming: ChangeSet, course: Course
) -> None:
    with change_set(by=instructor, title="Wrote a subtitle") as own:
        course.subtitle = "From nothing"
        course.save()

    client = signed_in(instructor)
    page = client.get(TIMELINE).content.decode()

    assert "Wrote a subtitle" in page
    assert "Renamed a course" not in page
    assert client.get(page_of(own)).status_code == 200
    assert client.get(page_of(renaming)).status_code == 404


def test_a_change_set_shows_only_what_the_person_may_still_see(
    signed_in: Callable[[User], Client], instructor: User, course: Course, other_course: Course
) -> None:
    with change_set(by=instructor, title="Edited two") as made:
        for each in (course, other_course):
            each.subtitle = f"Subtitle of {each.code}"
            each.save()

    page = signed_in(instructor).get(page_of(made)).content.decode()

    assert "Subtitle of PY-101" in page
    assert "Subtitle of ART-1" not in page


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_nobody_writes_the_timeline(as_administrator: Client, renaming: ChangeSet, method: str) -> None:
    before = ChangeSet.objects.values().get(pk=renaming.pk)

    getattr(as_administrator, method)(page_of(renaming), {"title": "Forged"})

    assert ChangeSet.objects.values().get(pk=renaming.pk) == before


def test_a_large_change_set_is_shown_in_pages(
    as_administrator: Client, administrator: User, course: Course, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with change_set(by=administrator, title="Many") as made:
        for number in range(60):
            course.title = f"Title {number}"
            course.save()

    with django_assert_max_num_queries(25):
        last = as_administrator.get(page_of(made), {"page": 3}).content.decode()

    assert "Page 3 of 3" in last
    assert "Title 59" in last
    assert "Title 1<" not in last


def test_the_timeline_costs_the_same_at_ten_rows_and_at_many(
    as_administrator: Client, course: Course, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(40):
        course.title = f"Title {number}"
        course.save()

    with django_assert_max_num_queries(25):
        answer = as_administrator.get(TIMELINE)

    assert answer.status_code == 200
