"""The history page of a record, and the way back to an earlier version."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.audit.models import AccessEvent, ChangeSet
from apps.audit.object_history import PAGE_SIZE
from apps.audit.recording import change_set
from apps.catalog.models import Category, Course
from tests.recipes.accounts import login_event
from tests.support.ids import continue_ids_from

pytestmark = pytest.mark.django_db


@pytest.fixture
def renamed(course: Course, administrator: User) -> Course:
    """The course, renamed and put into another category since it was made."""
    design = Category.objects.create(name="Design", slug="design")
    with change_set(by=administrator, reason="The old name said too little."):
        course.title = "Python in depth"
        course.category = design
        course.save()
    return course


def history_of(course: Course) -> str:
    return reverse("admin:catalog_course_history", args=[course.pk])


def test_the_history_names_who_when_why_and_both_values(as_administrator: Client, renamed: Course) -> None:
    page = as_administrator.get(history_of(renamed)).content.decode()

    assert "Robin Administrator" in page
    assert "The old name said too little." in page
    assert "Python from the first line" in page
    assert "Python in depth" in page
    assert "Programming" in page
    assert "Design" in page


def test_an_earlier_version_is_restored_as_a_change_of_its_own(as_administrator: Client, renamed: Course) -> None:
    first = renamed.history.earliest()

    answer = as_administrator.post(history_of(renamed), {"version": first.pk, "reason": "Wrong course."}, follow=True)

    renamed.refresh_from_db()
    assert renamed.title == "Python from the first line"
    assert str(renamed.category) == "Programming"
    assert "Set back: title, category" in answer.content.decode()
    made = renamed.history.latest().change_set
    assert made.reason == "Wrong course."
    assert made.title == "Restored an earlier version of Python from the first line"


def test_the_button_of_a_version_restores_it_however_large_its_number(as_administrator: Client, course: Course) -> None:
    continue_ids_from(Course.history.model, 1_234_567)
    for title in ("One title", "Another title"):
        course.title = title
        course.save()

    page = as_administrator.get(history_of(course)).content.decode()
    versions = re.findall(r'name="version" value="([^"]*)"', page)
    as_administrator.post(history_of(course), {"version": versions[0]})

    course.refresh_from_db()
    assert versions[0] == "1234568"
    assert course.title == "One title"


def test_reading_the_history_changes_nothing(as_administrator: Client, renamed: Course) -> None:
    versions, changes = renamed.history.count(), ChangeSet.objects.count()

    as_administrator.get(history_of(renamed), {"version": renamed.history.earliest().pk})

    assert (renamed.history.count(), ChangeSet.objects.count()) == (versions, changes)


def test_whoever_may_only_view_a_course_cannot_restore_it(
    signed_in: Callable[[User], Client], co_instructor_with: Callable[[str], User], renamed: Course
) -> None:
    viewer = signed_in(co_instructor_with("view_course"))

    page = viewer.get(history_of(renamed))
    refused = viewer.post(history_of(renamed), {"version": renamed.history.earliest().pk})

    assert page.status_code == 200
    assert "Restore this version" not in page.content.decode()
    assert refused.status_code == 403
    renamed.refresh_from_db()
    assert renamed.title == "Python in depth"


def test_the_history_of_a_hidden_course_is_as_absent_as_one_that_never_was(
    signed_in: Callable[[User], Client], other_instructor: User, renamed: Course
) -> None:
    stranger = signed_in(other_instructor)

    hidden = stranger.get(history_of(renamed))
    never = stranger.get(reverse("admin:catalog_course_history", args=[999_999]))
    written = stranger.post(history_of(renamed), {"version": renamed.history.earliest().pk})

    assert (hidden.status_code, never.status_code, written.status_code) == (404, 404, 404)
    assert "Python in depth" not in hidden.content.decode()


@pytest.mark.parametrize("version", ["", "0", "x", "-1", "9" * 40, "9" * 5000, "1; DROP TABLE"])
def test_a_version_that_does_not_exist_is_not_found(as_administrator: Client, renamed: Course, version: str) -> None:
    answer = as_administrator.post(history_of(renamed), {"version": version})

    assert answer.status_code == 404
    renamed.refresh_from_db()
    assert renamed.title == "Python in depth"


def test_the_version_of_another_course_is_not_found(
    as_administrator: Client, renamed: Course, other_course: Course
) -> None:
    answer = as_administrator.post(history_of(renamed), {"version": other_course.history.earliest().pk})

    assert answer.status_code == 404


def test_a_state_is_never_set_back_past_its_own_action(as_administrator: Client, course: Course) -> None:
    draft = course.history.latest()
    course.status = Course.Status.PUBLISHED
    course.save()

    answer = as_administrator.post(history_of(course), {"version": draft.pk}, follow=True)

    course.refresh_from_db()
    assert course.status == Course.Status.PUBLISHED
    assert "it would change status" in answer.content.decode()


def test_a_version_that_breaks_a_rule_of_today_is_refused_in_words(as_administrator: Client, course: Course) -> None:
    gone = Category.objects.create(name="Short-lived", slug="short-lived")
    kept, course.category = course.category, gone
    course.save()
    version = course.history.latest()
    course.category = kept
    course.save()
    gone.delete()

    answer = as_administrator.post(history_of(course), {"version": version.pk}, follow=True)

    course.refresh_from_db()
    assert course.category == kept
    assert "the category it had is gone" in answer.content.decode()
    assert not AccessEvent.objects.exists()


def test_an_archived_course_offers_no_earlier_version(as_administrator: Client, renamed: Course) -> None:
    current = as_administrator.get(history_of(renamed)).content.decode()
    renamed.archived_at = timezone.now()
    renamed.save()

    archived = as_administrator.get(history_of(renamed)).content.decode()

    assert ("Restore this version" in current, "Restore this version" in archived) == (True, False)


def test_every_version_but_the_newest_can_be_restored_on_every_page(as_administrator: Client, course: Course) -> None:
    for number in range(PAGE_SIZE + 1):
        course.title = f"Title {number}"
        course.save()

    pages = [as_administrator.get(history_of(course), {"page": page}).content.decode() for page in (1, 2)]

    kept = course.history.count()
    assert [page.count('name="version"') for page in pages] == [PAGE_SIZE - 1, kept - PAGE_SIZE]


def test_what_never_changes_has_no_history(as_administrator: Client) -> None:
    attempt = login_event.make()

    answer = as_administrator.get(reverse("admin:accounts_loginevent_history", args=[attempt.pk]))

    assert answer.status_code == 404


@pytest.mark.parametrize("versions", [2, 60])
def test_the_history_page_costs_the_same_for_few_and_for_many_versions(
    as_administrator: Client,
    course: Course,
    versions: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(versions):
        course.title = f"Title {number}"
        course.save()

    with django_assert_max_num_queries(25):
        answer = as_administrator.get(history_of(course))

    assert answer.status_code == 200
