"""Long lists: what is counted, which pages open, and that both say the same about what a person may see."""

from typing import Any

import pytest
from django.core.paginator import EmptyPage
from django.test import Client

from admin_theme import paging
from admin_theme.paging import LongListPaginator
from apps.accounts.models import User
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment

ENROLLMENTS = "/admin/enrollments/enrollment/"


@pytest.fixture
def few_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_COUNTED", 60)
    monkeypatch.setattr(paging, "PAGES_AHEAD", 1)


def enroll(course: Course, number: int) -> list[Enrollment]:
    people = User.objects.bulk_create(User(email=f"{course.pk}-{n}@example.org") for n in range(number))
    return Enrollment.objects.bulk_create(Enrollment(user=one, course=course) for one in people)


def words(client: Client, address: str) -> str:
    return str(client.get(address).context["cl"].paginator.count_in_words)


def test_a_list_that_can_be_counted_says_its_exact_number(
    as_administrator: Client, course: Course, few_counted: None
) -> None:
    enroll(course, 60)

    assert words(as_administrator, ENROLLMENTS) == "60"


def test_a_longer_list_says_that_there_is_more_and_never_a_number_that_is_wrong(
    as_administrator: Client, course: Course, few_counted: None
) -> None:
    enroll(course, 61)

    page = as_administrator.get(ENROLLMENTS)

    assert "more than" in page.content.decode()
    assert page.context["cl"].result_count == 61


def test_every_page_beyond_what_was_counted_opens_and_no_row_is_missed_or_shown_twice(
    as_administrator: Client, course: Course, few_counted: None
) -> None:
    made = {row.pk for row in enroll(course, 140)}

    shown = [
        row.pk
        for number in range(1, 7)
        for row in as_administrator.get(f"{ENROLLMENTS}?p={number}").context["cl"].result_list
    ]

    assert len(shown) == 140
    assert set(shown) == made
    assert as_administrator.get(f"{ENROLLMENTS}?p=7").status_code == 302


def test_the_last_page_of_a_long_list_offers_no_page_after_it(course: Course, few_counted: None) -> None:
    enroll(course, 140)
    rows = Enrollment.objects.order_by("-enrolled_at", "-pk")

    paginator = LongListPaginator(rows, 25)
    last = paginator.page(6)

    assert (len(last.object_list), paginator.count, last.has_next()) == (15, 140, False)
    with pytest.raises(EmptyPage):
        LongListPaginator(rows, 25).page(7)
    with pytest.raises(EmptyPage):
        LongListPaginator(rows, 25).page(10**30)


def test_rows_of_others_are_in_no_count_and_on_no_page(
    as_instructor: Client, course: Course, other_course: Course, few_counted: None
) -> None:
    enroll(other_course, 100)
    own = {row.pk for row in enroll(course, 30)}

    pages = [as_instructor.get(f"{ENROLLMENTS}?p={number}").context["cl"] for number in (1, 2)]

    assert [cl.paginator.count_in_words for cl in pages] == ["30", "30"]
    assert {row.pk for cl in pages for row in cl.result_list} == own
    assert as_instructor.get(f"{ENROLLMENTS}?p=3").status_code == 302


@pytest.mark.parametrize(("number", "is_offered"), [(30, True), (1001, False)])
def test_all_rows_are_offered_to_actions_only_while_an_action_takes_so_many(
    as_administrator: Client, course: Course, number: int, is_offered: bool
) -> None:
    enroll(course, number)

    page = as_administrator.get(ENROLLMENTS).content.decode()

    assert ("across all pages" in page) is is_offered
    assert "0 of 25 selected" in page


def test_a_page_far_down_costs_the_same_queries_as_the_first(
    as_administrator: Client, course: Course, few_counted: None, django_assert_max_num_queries: Any
) -> None:
    enroll(course, 200)
    as_administrator.get("/admin/")

    with django_assert_max_num_queries(25):
        assert as_administrator.get(f"{ENROLLMENTS}?p=8").status_code == 200


def test_what_lies_before_a_page_is_skipped_once(
    course: Course, few_counted: None, django_assert_num_queries: Any
) -> None:
    enroll(course, 200)
    rows = Enrollment.objects.order_by("pk")
    pages = LongListPaginator(rows, 25)

    with django_assert_num_queries(2):  # what can be counted, and the keys of the page with those that follow
        far = pages.page(6)

    assert list(far) == list(rows[125:150])
