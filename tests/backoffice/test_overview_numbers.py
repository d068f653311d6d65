"""Numbers of the overview: what they count, how they moved, and that the list behind each holds as many rows."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from apps.accounts.models import LoginEvent, User
from apps.catalog.models import Course, Lesson
from apps.enrollments.models import Enrollment
from apps.reviews.models import Review
from apps.statistics.models import CourseStats, StatSnapshot
from apps.statistics.queries import Grown, Series, growth_of_courses
from apps.statistics.services import refresh_everything
from backoffice.dashboard.numbers import Change, changed, level_changed
from backoffice.dashboard.periods import period_of
from tests.recipes import accounts, assessments, catalog, reviews, statistics, subscriptions
from tests.support.overview import cards_on, facts_of
from tests.support.people import person

pytestmark = pytest.mark.django_db
OVERVIEW = "/admin/"


@pytest.fixture
def counted(busy_course: Course) -> Course:
    refresh_everything()
    return busy_course


def rows_at(client: Client, address: str) -> int:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return int(answer.context["cl"].result_count)


def plain(value: Any) -> str:
    return strip_tags(str(value)).replace(",", "")


def platform_on(day: date, **figures: Any) -> StatSnapshot:
    return StatSnapshot.objects.create(day=day, month=day.replace(day=1), **figures)


def test_numbers_of_the_platform_are_those_of_a_count_by_hand_and_of_the_lists_behind_them(
    counted: Course, as_manager: Client
) -> None:
    numbers = facts_of(as_manager.get(OVERVIEW), "numbers")["numbers"]

    by_title = {one.title: plain(one.value) for one in numbers}
    assert by_title == {"Learners": "3", "Enrollments": "3", "Active": "1", "Completed": "1", "Certificates": "1"}
    for one in numbers:
        assert rows_at(as_manager, one.link) == int(plain(one.value)), one.title


def test_each_step_of_the_way_is_as_long_as_the_list_behind_it(counted: Course, as_manager: Client) -> None:
    Enrollment.objects.filter(status="suspended").update(progress_percent=20)
    refresh_everything()

    steps = facts_of(as_manager.get(OVERVIEW), "funnel")["steps"]

    assert [step["number"] for step in steps] == [3, 3, 2, 1, 1]
    assert [rows_at(as_manager, step["link"]) for step in steps] == [3, 3, 2, 1, 1]


def test_learners_by_month_are_the_rows_behind_them(counted: Course, as_manager: Client) -> None:
    Enrollment.objects.filter(status="active").update(enrolled_at=datetime(2026, 2, 28, 23, 59, 58, tzinfo=UTC))
    refresh_everything()

    rows = facts_of(as_manager.get(OVERVIEW), "cohorts")["rows"]

    assert sum(row["learners"] for row in rows) == Enrollment.objects.exclude(status="waitlisted").count()
    for row in rows:
        assert rows_at(as_manager, row["link"]) == row["learners"]


def test_what_is_likely_to_be_asked_leads_to_as_many_rows(counted: Course, as_support: Client) -> None:
    now = timezone.now()
    Enrollment.objects.filter(status="active").update(access_ends_at=now + timedelta(days=3))
    subscriptions.subscription.make(status="past_due", grace_ends_at=now + timedelta(days=3))
    subscriptions.payment.make(kind="failed", amount_minor=0, paid_at=now)
    accounts.login_event.make(
        user=person("late", User.Role.STUDENT), outcome=LoginEvent.Outcome.LOCKED, occurred_at=now
    )

    numbers = facts_of(as_support.get(OVERVIEW), "helping")["numbers"]

    assert [one.value for one in numbers] == ["1", "1", "1", "1"]
    assert [rows_at(as_support, one.link) for one in numbers] == [1, 1, 1, 1]


def test_reviews_that_wait_are_told_by_age_and_lead_to_as_many_rows(
    course: Course, as_moderator: Client, moderator: User
) -> None:
    now = timezone.now()
    for days in (0, 2, 4, 9):
        row = reviews.review.make(course=course)
        Review.objects.filter(pk=row.pk).update(waits_since=now - timedelta(days=days, hours=1))
    reported = reviews.review.make(course=course)
    Review.objects.filter(pk=reported.pk).update(is_reported_anew=True, waits_since=now - timedelta(days=8))
    reviews.review.make(course=course, state="approved")

    facts = facts_of(as_moderator.get(OVERVIEW), "queue")

    assert facts["waiting"] == "5"
    assert rows_at(as_moderator, facts["link"]) == 5
    assert [age["words"] for age in facts["ages"]] == ["4", "3", "2"]
    assert [rows_at(as_moderator, age["link"]) for age in facts["ages"]] == [4, 3, 2]


def test_decisions_are_told_by_person_and_outcome(course: Course, as_moderator: Client, moderator: User) -> None:
    now, colleague = timezone.now(), person("colleague")
    for who, outcome, days in (
        (moderator, "approved", 0),
        (moderator, "rejected", 3),
        (colleague, "approved", 1),
        (colleague, "approved", 30),
    ):
        reviews.review_decision.make(
            review=reviews.review.make(course=course),
            moderator=who,
            outcome=outcome,
            decided_at=now - timedelta(days=days),
        )

    rows = facts_of(as_moderator.get(OVERVIEW), "outcomes")["rows"]

    told = [one for row in rows for one in (*row["numbers"], row["all"])]
    assert [row["person"] for row in rows] == [str(moderator), str(colleague)]
    assert [one["number"] for one in told] == [1, 1, 0, 2, 1, 0, 0, 1]
    assert [rows_at(as_moderator, one["link"]) if one["link"] else 0 for one in told] == [1, 1, 0, 2, 1, 0, 0, 1]


@pytest.mark.parametrize("asked", ["nobody", "9" * 30, "1-invented", "-approved"])
def test_an_invented_decider_decided_nothing(asked: str, course: Course, as_moderator: Client) -> None:
    reviews.review_decision.make(review=reviews.review.make(course=course), outcome="approved")

    assert rows_at(as_moderator, f"/admin/reviews/review/?decided={asked}") == 0


def test_the_numbers_of_an_instructor_lead_to_their_rows(counted: Course, as_instructor: Client) -> None:
    numbers = facts_of(as_instructor.get(OVERVIEW), "teaching")["numbers"]

    *counts, rating = numbers
    assert [rows_at(as_instructor, one.link) for one in counts] == [
        int("".join(filter(str.isdigit, strip_tags(str(one.value))))) for one in counts
    ]
    assert (rating.title, rows_at(as_instructor, rating.link)) == ("Rating", 2)


def test_an_instructor_sees_where_learners_stop_and_what_is_hard(
    counted: Course, lesson: Lesson, as_instructor: Client
) -> None:
    second = catalog.lesson.make(course=counted, module=lesson.module, title="The hard part", code="hard", order=2)
    asked = lesson.assessment
    easy = assessments.question.make(assessment=asked, text="Is it?", code="easy", order=1)
    hard = assessments.question.make(assessment=asked, text="Why is it?", code="hard", order=2)
    for attempt in asked.attempts.filter(state="graded"):
        assessments.attempt_answer.make(attempt=attempt, question=easy, is_correct=True)
        assessments.attempt_answer.make(attempt=attempt, question=hard, is_correct=False)

    page = as_instructor.get(OVERVIEW)

    stops = facts_of(page, "stops")
    assert stops["learners"] == 3
    told = {one["title"]: (one["number"], one["is_worst"]) for one in stops["lessons"]}
    assert told[second.title][0] == 0
    assert told[lesson.title][0] == 1
    assert sum(is_worst for _, is_worst in told.values()) == 1
    for one in stops["lessons"]:
        assert rows_at(as_instructor, one["link"]) == one["number"]
    rows = facts_of(page, "difficulty")["rows"]
    assert [(row["question"], row["share"]) for row in rows] == [(hard, 0), (easy, 100)]


def test_the_table_of_own_courses_leads_to_as_many_rows(counted: Course, as_instructor: Client) -> None:
    (row,) = facts_of(as_instructor.get(OVERVIEW), "courses")["rows"]

    learners, active, completion, rating = row["cells"]
    assert (plain(learners["value"]), rows_at(as_instructor, learners["link"])) == ("3", 3)
    assert (plain(active["value"]), rows_at(as_instructor, active["link"])) == ("1", 1)
    assert rows_at(as_instructor, completion["link"]) == 1
    assert rows_at(as_instructor, rating["link"]) == 2


def test_before_anything_is_counted_no_card_says_zero(busy_course: Course, as_manager: Client) -> None:
    page = as_manager.get(OVERVIEW)

    shown = cards_on(page)
    assert [shown[key] for key in ("numbers", "growth", "funnel", "growing", "cohorts")] == [None] * 5
    assert "Nothing is counted yet." in page.content.decode()


class Looked:
    """The days of a look, without a person."""

    def __init__(self, period: Any) -> None:
        self.period = period


def look_at(key: str, compare: str, today: date) -> Any:
    return Looked(period_of(key, compare, today))


def a_series(*learners: tuple[str, int]) -> Series:
    return Series([StatSnapshot(day=date.fromisoformat(day), learners=number) for day, number in learners])


def learners(row: StatSnapshot) -> int:
    return row.learners


def test_a_change_is_told_beside_the_one_of_the_period_before() -> None:
    series = a_series(("2026-02-22", 10), ("2026-03-01", 15), ("2026-03-08", 30))

    told = changed(look_at("7", "before", date(2026, 3, 8)), series, learners)

    assert told == Change(
        "+15", "▲ 200 %", "c-up", "15 from 2 Mar 2026 to 8 Mar 2026, 5 from 23 Feb 2026 to 1 Mar 2026"
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], None),
        ([("2026-03-05", 4), ("2026-03-08", 9)], None),
        ([("2026-03-01", 4), ("2026-03-08", 9)], Change("+5")),
        (
            [("2026-02-01", 9), ("2026-03-08", 9)],
            Change("0", told="0 from 2 Mar 2026 to 8 Mar 2026, 0 from 23 Feb 2026 to 1 Mar 2026"),
        ),
        (
            [("2026-02-01", 9), ("2026-03-08", 7)],
            Change("-2", told="-2 from 2 Mar 2026 to 8 Mar 2026, 0 from 23 Feb 2026 to 1 Mar 2026"),
        ),
    ],
)
def test_what_is_not_known_is_not_told(rows: list[tuple[str, int]], expected: Change | None) -> None:
    assert changed(look_at("7", "before", date(2026, 3, 8)), a_series(*rows), learners) == expected


@pytest.mark.parametrize(
    ("compare", "expected"),
    [
        ("before", Change("-3", "▼ 20 %", "c-down", "12 now, 15 at the end of 1 Mar 2026")),
        ("year", Change("-3", "▲ 20 %", "c-up", "12 now, 10 at the end of 8 Mar 2025")),
        ("none", Change("-3")),
    ],
)
def test_what_goes_up_and_down_is_told_by_how_it_stood(compare: str, expected: Change) -> None:
    series = a_series(("2025-03-01", 10), ("2026-03-01", 15), ("2026-03-08", 12))

    assert level_changed(look_at("7", compare, date(2026, 3, 8)), series, learners) == expected


def test_courses_grow_by_what_was_there_before_the_period(course: Course, other_course: Course) -> None:
    today = timezone.now().astimezone(UTC).date()
    first, other = today - timedelta(days=6), (today - timedelta(days=13), today - timedelta(days=7))
    long_ago = timezone.now() - timedelta(days=90)
    Course.with_archived.update(created_at=long_ago)
    new, unknown = catalog.course.make(), catalog.course.make()
    Course.with_archived.filter(pk=unknown.pk).update(created_at=long_ago)
    for one, learners_now in ((course, 30), (other_course, 12), (new, 3), (unknown, 8)):
        statistics.course_stats.make(course=one, learners=learners_now)
    for one, back, number in (
        (course, 20, 5),
        (course, 8, 10),
        (other_course, 20, 2),
        (other_course, 10, 11),
    ):
        day = today - timedelta(days=back)
        StatSnapshot.objects.create(course=one, day=day, month=day.replace(day=1), learners=number)

    found = growth_of_courses(CourseStats.objects.all(), first, other)

    assert sorted(found, key=lambda one: one.course) == [
        Grown(course.pk, 20, 5),
        Grown(other_course.pk, 1, 9),
        Grown(new.pk, 3, None),
    ]


def test_the_chart_and_its_table_say_what_came_each_day_without_today(counted: Course, as_manager: Client) -> None:
    today = timezone.now().astimezone(UTC).date()
    for back, number in ((9, 1), (3, 4), (1, 6)):
        platform_on(today - timedelta(days=back), learners=number)

    facts = facts_of(as_manager.get(OVERVIEW, {"period": "7"}), "growth")

    assert [enrolled for _, enrolled, _ in facts["rows"]] == [0, 0, 0, 3, 0, 2]
    assert '"Enrollments before"' in facts["data"]
