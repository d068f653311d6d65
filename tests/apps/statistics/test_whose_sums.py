"""Whose sums are open: one's own, made of nothing one may not see; why, and what stands in the way."""

from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Course, CourseUserGrant
from apps.records.policy import policy_for, scope
from apps.records.reasons import ByRole, Kind
from apps.statistics.models import InstructorStats, Payout
from tests.recipes import catalog, statistics
from tests.support.people import grant
from tests.support.reasons import answer_of

pytestmark = pytest.mark.django_db


def told(user: User, verb: str, record: Any) -> list[str]:
    """What lets them, or what is missing, in a word each."""
    _, reasons = answer_of(user, verb, record)
    return ["role" if isinstance(one, ByRole) else str(one.kind) for one in reasons]


def shut_words(user: User, record: Any) -> str:
    return "; ".join(getattr(one, "text", "") for one in policy_for(type(record)).missing(user, "view", record))


@pytest.fixture
def total(course: Course, instructor: User) -> InstructorStats:
    """Of the instructor, who sees the figures of the course they lead."""
    made: InstructorStats = statistics.instructor_stats.make(user=instructor)
    return made


def test_a_sum_is_open_to_whoever_sees_the_figures_of_all_they_teach(
    total: InstructorStats, instructor: User, other_instructor: User, manager: User
) -> None:
    assert {verb: told(instructor, verb, total) for verb in ("view", "refresh")} == {
        "view": [Kind.OWNER],
        "refresh": [Kind.OWNER],
    }
    assert told(manager, "view", total) == ["role"]
    assert told(other_instructor, "view", total) == [Kind.MISSING]
    assert "belongs to" in shut_words(other_instructor, total)


@pytest.mark.parametrize(
    ("course_facts", "row_facts", "is_open"),
    [
        ({}, {}, False),
        ({}, {"is_active": False}, True),
        ({"archived_at": timezone.now()}, {}, True),
    ],
    ids=["taught", "taught no more", "archived"],
)
def test_one_course_whose_figures_are_shut_shuts_the_sum_while_it_is_taught(
    course_facts: dict[str, Any],
    row_facts: dict[str, Any],
    is_open: bool,
    total: InstructorStats,
    instructor: User,
    other_instructor: User,
) -> None:
    second = catalog.course.make(**course_facts)
    catalog.course_instructor.make(course=second, user=instructor, **row_facts)
    catalog.course_instructor.make(course=second, user=other_instructor)

    assert scope(instructor, "view", InstructorStats).exists() is is_open
    assert told(instructor, "view", total) == [Kind.OWNER if is_open else Kind.MISSING]
    assert is_open or "figures of every course they teach" in shut_words(instructor, total)


def test_a_role_opens_the_sum_of_its_own_holder_whatever_they_teach(
    total: InstructorStats, instructor: User, manager: User
) -> None:
    own = statistics.instructor_stats.make(user=manager)
    second = catalog.course.make()
    catalog.course_instructor.make(course=second, user=manager)

    assert told(manager, "view", own) == ["role"]
    grant(manager, "view_analytics", second)
    assert told(manager, "view", own) == [Kind.OWNER, "role"]


def test_whoever_sees_no_figures_at_all_sees_no_sum_even_of_nothing(other_instructor: User) -> None:
    statistics.instructor_stats.make(user=other_instructor, courses=0)

    assert not scope(other_instructor, "view", InstructorStats).exists()


def test_a_payout_is_owned_only_as_far_as_the_figures_of_its_own_course_are_seen(manager: User, course: Course) -> None:
    seen, unseen = (
        statistics.payout.make(course=one, instructor=manager) for one in (course, catalog.course.make(code="ELSE"))
    )
    grant(manager, "view_analytics", course)

    assert (told(manager, "view", seen), told(manager, "view", unseen)) == ([Kind.OWNER, "role"], ["role"])


def test_a_payout_is_open_while_the_figures_of_its_course_are(course: Course, instructor: User, manager: User) -> None:
    own = statistics.payout.make(course=course, instructor=instructor)
    shut = statistics.payout.make(course=catalog.course.make(), instructor=instructor)
    others = statistics.payout.make(course=course)

    assert set(scope(instructor, "view", Payout)) == set(scope(instructor, "export", Payout)) == {own}
    assert [told(instructor, "view", one) for one in (own, shut, others)] == [
        [Kind.OWNER],
        [Kind.MISSING],
        [Kind.MISSING],
    ]
    assert "not what they got for it" in shut_words(instructor, shut)
    assert "belongs to" in shut_words(instructor, others)
    assert told(manager, "view", shut) == ["role"]

    CourseUserGrant.objects.filter(user=instructor).delete()
    assert not scope(instructor, "view", Payout).exists()
    assert not policy_for(Payout).may_ever(instructor, "view")
