"""Reviews come in as they were written; of those that are there only the decision moves, by the rules of the desk."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.reviews import services
from apps.reviews.first_rules import seed_rules
from apps.reviews.models import Review, ReviewDecision
from apps.reviews.models import Testimonial as Quote
from imports.models import ImportJob
from imports.services import undo_now
from tests.recipes import accounts, enrollments, reviews
from tests.support.importing import applied, planned
from tests.support.people import teach

pytestmark = pytest.mark.django_db

HEAD = "student_email,course_code,rating,title,text,state,rejection_reason,decided_at,written_at,moderator_note\n"
KEY = "student_email,course_code"


@pytest.fixture
def review(course: Course) -> Review:
    lou = accounts.person.make(email="lou@example.org")
    made: Review = reviews.review.make(course=course, user=lou, rating=2)
    return made


def problems(job: ImportJob) -> list[tuple[str, str]]:
    rows = job.rows.exclude(messages=[]).order_by("number").values_list("messages", flat=True)
    return [(message["code"], message["column"]) for messages in rows for message in messages]


@pytest.fixture
def learners(course: Course) -> list[User]:
    seed_rules()
    people = [accounts.person.make(email=f"s{number}@example.org") for number in range(3)]
    enrollments.enrollment.make(course=course, user=people[0])
    return people


def test_new_ones_come_with_what_was_decided_elsewhere_and_go_again(
    learners: list[User], course: Course, administrator: User, other_course: Course
) -> None:
    file = HEAD + (
        "s0@example.org,ART-1,5,Good,I liked nearly all of it.,approved,,2026-02-01 10:00,2026-01-01 10:00,\n"
        "s1@example.org,ART-1,1,Bad,Write to me: a@b.example,rejected,personal,,2026-01-02 10:00,Known.\n"
        "s2@example.org,ART-1,3,,I LIKED nearly all of it!,,,,2026-01-03 10:00,\n"
    )
    enrollments.enrollment.make(course=other_course, user=learners[0])

    job = applied("reviews", file, administrator)

    good, bad, waiting = Review.objects.order_by("created_at")
    assert (good.state, good.moderator, good.is_verified_purchase) == ("approved", administrator, True)
    assert f"{good.decided_at:%Y-%m-%d}" == "2026-02-01"
    assert (bad.state, bad.rejection_reason, bad.moderator_note) == ("rejected", "personal", "Known.")
    assert (waiting.state, waiting.waits_since, waiting.moderator) == ("pending", waiting.created_at, None)
    assert set(waiting.marks.values_list("rule__code", flat=True)) == {"outsider", "duplicate"}
    assert "email" in bad.marks.values_list("rule__code", flat=True)
    assert not ReviewDecision.objects.exists()

    undo_now(job, by=administrator)

    assert not Review.with_archived.exists()


def test_of_one_that_is_there_only_the_decision_moves(review: Any, administrator: User, moderator: User) -> None:
    services.approve_review(review, by=moderator)
    quote = services.show_testimonial(reviews.testimonial.make(review=review), by=administrator)
    head = f"{KEY},rating,text,state\n"
    words = planned("reviews", f"{head}lou@example.org,PY-101,5,Something else altogether.,approved\n", administrator)
    way = planned("reviews", f"{KEY},state\nlou@example.org,PY-101,flagged\n", administrator)
    reason = planned("reviews", f"{KEY},rejection_reason\nlou@example.org,PY-101,spam\n", administrator)

    applied("reviews", f"{KEY},state\nlou@example.org,PY-101,pending\n", administrator)

    assert sorted(problems(words)) == [("R_RULE", "rating"), ("R_RULE", "text")]
    assert (problems(way), problems(reason)) == ([("R_RULE", "state")], [("R_RULE", "state")])
    review.refresh_from_db()
    assert (review.state, review.decided_at, review.rating) == ("pending", None, 2)
    assert not Quote.objects.get(pk=quote.pk).is_active
    assert ReviewDecision.objects.get().taken_back_at is not None


def test_nobody_decides_by_a_file_on_what_they_have_a_part_in(
    learners: list[User], other_course: Course, administrator: User
) -> None:
    teach(administrator, other_course)
    reviews.review.make(course=other_course, user=learners[0])
    rows = (
        "s0@example.org,ART-1,,,,approved,,,,\n"
        "s1@example.org,ART-1,5,Good,I liked nearly all of it.,approved,,,,\n"
        "s2@example.org,ART-1,5,Good,I liked nearly all of it.,,,,,\n"
    )

    job = planned("reviews", HEAD + rows, administrator)

    assert problems(job) == [("R_DENIED", "state"), ("R_DENIED", "state")]
    assert (job.counts["create"], job.counts["invalid"]) == (1, 2)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ("0,ok,Long enough to be read.,,", "R_RANGE"),
        ("6,ok,Long enough to be read.,,", "R_RANGE"),
        ("4.5,ok,Long enough to be read.,,", "R_NUMBER"),
        (",ok,Long enough to be read.,,", "R_REQUIRED"),
        ("4,ok,Short,,", "R_RULE"),
        ("4,ok,Long enough to be read.,rejected,", "R_RULE"),
        ("4,ok,Long enough to be read.,approved,spam", "R_RULE"),
        ("4,ok,Long enough to be read.,dull,", "R_CHOICE"),
    ],
)
def test_the_rules_of_writing_and_of_the_desk_hold_for_files(
    learners: list[User], course: Course, administrator: User, cells: str, code: str
) -> None:
    job = planned("reviews", f"{HEAD}s0@example.org,PY-101,{cells},,,\n", administrator)

    assert [found for found, _ in problems(job)] == [code]
    assert not Review.objects.exists()
