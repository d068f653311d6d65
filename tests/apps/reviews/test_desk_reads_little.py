"""What the desk reads stays little however many reviews, decisions and people there are: the plans, not the clock."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.records.rules import RuleBroken
from apps.reviews import desk_facts, queries, services
from apps.reviews.desk_facts import context_of, figures, last_decision
from apps.reviews.models import Review, ReviewDecision
from apps.reviews.queries import deciders
from apps.reviews.queue import Place, lane, left_and_waiting
from tests.recipes import reviews
from tests.support.people import teach

pytestmark = pytest.mark.django_db

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="A small table is read as a whole elsewhere.")


def waiting(course: Course, hours: int, **facts: Any) -> Review:
    """A review that has waited so long."""
    made: Review = reviews.review.make(course=course, waits_since=timezone.now() - timedelta(hours=hours), **facts)
    return made


def plan_of(statement: str) -> str:
    """How SQLite reads what a statement asks for."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
        return "\n".join(row[-1] for row in cursor.fetchall())


@on_sqlite
@pytest.mark.parametrize(
    ("place", "index"),
    [
        (Place.FLAGGED_TO_ME, "reviews_flagged_to"),
        (Place.WAITING, "reviews_of_the_desk"),
        (Place.FLAGGED_TO_OTHERS, "reviews_flagged"),
    ],
)
def test_the_next_is_the_first_of_an_index_and_nothing_is_sorted(moderator: User, place: Place, index: str) -> None:
    queue = lane(place, moderator)

    plan = queue.rows.order_by(*queue.places)[:5].explain()

    assert f"INDEX {index} " in plan
    assert "TEMP B-TREE" not in plan


@on_sqlite
def test_what_is_flagged_and_what_was_left_is_counted_without_reading_what_waits(moderator: User) -> None:
    with CaptureQueriesContext(connection) as asked:
        figures(moderator)
        left_and_waiting(moderator)

    (flagged,) = (query["sql"] for query in asked if "= 'flagged'" in query["sql"])
    (left,) = (query["sql"] for query in asked if "reviews_reviewskip" in query["sql"])
    assert "INDEX reviews_flagged " in plan_of(flagged)
    assert "SEARCH reviews_review USING INTEGER PRIMARY KEY" in plan_of(left)


@on_sqlite
def test_what_waits_and_what_a_course_is_rated_are_read_from_indexes_alone(course: Course, moderator: User) -> None:
    review = waiting(course, 1)

    with CaptureQueriesContext(connection) as asked:
        figures(moderator)
        context_of(review, moderator)

    counting = [query["sql"] for query in asked if 'COUNT("__col1")' in query["sql"]]
    for statement, index in zip(counting, ("reviews_of_the_desk", "reviews_of_course"), strict=True):
        plan = plan_of(statement)
        assert f"USING COVERING INDEX {index}" in plan
        assert "TEMP B-TREE" not in plan


@on_sqlite
def test_colleagues_are_found_among_those_who_work_here(moderator: User) -> None:
    plan = deciders().explain()

    assert list(deciders()) == [moderator]
    assert "SEARCH accounts_user USING INDEX accounts_us_role" in plan


@on_sqlite
def test_similar_texts_are_the_last_of_an_index(course: Course, moderator: User) -> None:
    review = waiting(course, 1, text_digest="same")

    with CaptureQueriesContext(connection) as asked:
        context_of(review, moderator)

    (twins,) = (query["sql"] for query in asked if 'text_digest" = ' in query["sql"])
    assert "INDEX reviews_with_the_same_words" in plan_of(twins)
    assert "TEMP B-TREE" not in plan_of(twins)


def test_the_oldest_is_found_behind_very_many_reported_ones(
    course: Course, moderator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_facts, "COUNTED_UP_TO", 2)
    for hours in (2, 3):
        waiting(course, hours, is_reported_anew=True)
    oldest = waiting(course, 9)

    found = figures(moderator)

    assert found.waiting_words == "2+"
    assert found.oldest == oldest.waits_since


@pytest.mark.parametrize("many", [1, 100])
def test_whoever_teaches_a_course_decides_on_none_of_its_reviews_however_many_courses_they_teach(
    course: Course, other_course: Course, moderator: User, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(queries, "MANY", many)
    teach(moderator, other_course)
    own, other = waiting(other_course, 2), waiting(course, 1)

    taken = services.take_review(by=moderator)

    assert taken == other
    with pytest.raises(RuleBroken, match="You teach"):
        services.approve_review(own, by=moderator)
    own.refresh_from_db()
    assert own.state == Review.State.PENDING
    assert not ReviewDecision.objects.exists()


def test_what_can_be_taken_back_is_named_in_one_query(
    course: Course, moderator: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    review = waiting(course, 1)
    services.approve_review(review, by=moderator)

    with django_assert_num_queries(1):
        last = last_decision(moderator)
        name = str(last.review) if last else ""

    assert name == str(review)
