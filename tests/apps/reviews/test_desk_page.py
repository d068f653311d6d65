"""The page of the desk: one review with what helps to decide, buttons that answer, and few queries."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.reviews import services
from apps.reviews.models import Review, ReviewDecision
from apps.reviews.states import ReviewState
from tests.apps.catalog.screens import said, text
from tests.recipes import reviews
from tests.support.people import give_role, person

pytestmark = pytest.mark.django_db

DESK = "/admin/reviews/review/desk/"
State = ReviewState
SCRIPT = {"HX-Request": "true"}
MOST_QUERIES = 33


def do(client: Client, deed: str, review: Review | None = None, *, script: bool = False, **asked: Any) -> Any:
    data = {"do": deed, **({"review": review.pk} if review else {}), **asked}
    return client.post(DESK, data, headers=SCRIPT if script else None)


def state_of(review: Review) -> str:
    return str(Review.objects.get(pk=review.pk).state)


def test_looking_holds_nothing_and_taking_shows_the_review_with_its_context(
    as_moderator: Client, review: Review, moderator: User, student: User, other_course: Course
) -> None:
    services.report_review(review, by=student, reason="untrue", note="They load for me.")
    earlier = reviews.review.make(user=review.user, course=other_course, title="Wet paper")
    services.reject_review(earlier, "off_topic", by=moderator)
    twin = reviews.review.make(course=review.course, title="The twin", text=f"  {review.text.upper()} ")
    reviews.review.make(course=review.course, rating=5, state=State.APPROVED, title="Other", text="All is well here.")

    before = text(as_moderator.get(DESK))
    taken = as_moderator.post(DESK, {"do": "take"}, follow=True)

    assert "Take the first one" in before
    assert Review.objects.exclude(claimed_by=None).get() == review
    for shown in (
        "Videos do not load",
        "2 of 5 stars",
        "reported ×1",
        "5.0 ★ of 1 approved",
        "62 % of the course done",
        "1 other review, 1 rejected",
        "Wet paper",
        "Not about the course",
        "Not true: They load for me.",
        "Similar texts",
        twin.title,
        "<strong>2</strong> waiting",
        "you <strong>1</strong> today",
    ):
        assert shown in text(taken), shown


@pytest.mark.parametrize(
    ("deed", "asked", "state"),
    [
        ("approve", {}, State.APPROVED),
        ("reject", {"because": "spam", "note": "Known to us."}, State.REJECTED),
        ("flag", {"note": "Please look."}, State.FLAGGED),
        ("skip", {}, State.PENDING),
    ],
)
@pytest.mark.parametrize("script", [False, True])
def test_each_button_does_its_deed_and_goes_on_with_the_next(
    as_moderator: Client,
    review: Review,
    other_course: Course,
    deed: str,
    asked: dict[str, str],
    state: str,
    script: bool,
) -> None:
    following = reviews.review.make(course=other_course, title="The next one")
    do(as_moderator, "take")

    answer = do(as_moderator, deed, review, script=script, **asked)

    assert state_of(review) == state
    assert Review.objects.exclude(claimed_by=None).get() == following
    if script:
        assert "The next one" in answer.content.decode()
        assert "Lou Marlow on Python from the first line: " in answer.content.decode()
        assert "<html" not in answer.content.decode()
    else:
        assert answer.url == DESK
        assert said(answer).startswith("Lou Marlow on Python from the first line: ")


@pytest.mark.parametrize(
    ("deed", "asked", "sentence"),
    [
        ("reject", {"note": "x"}, "Why it is rejected"),
        ("reject", {"because": "other"}, "Say in the note what else is wrong with it."),
        ("flag", {"note": ""}, "This field is required."),
        ("flag", {"note": "Look.", "to": "999999"}, "Select a valid choice"),
    ],
)
def test_what_is_not_said_is_asked_again_and_nothing_changes(
    as_moderator: Client, review: Review, deed: str, asked: dict[str, str], sentence: str
) -> None:
    do(as_moderator, "take")

    answer = do(as_moderator, deed, review, script=True, **asked)

    assert sentence in answer.content.decode()
    assert state_of(review) == State.PENDING
    assert Review.objects.exclude(claimed_by=None).get() == review
    assert not ReviewDecision.objects.exists()


def test_undo_brings_the_last_one_back_and_moving_decides_nothing(
    as_moderator: Client, review: Review, other_course: Course
) -> None:
    following = reviews.review.make(course=other_course, title="The next one")
    do(as_moderator, "take")
    do(as_moderator, "approve", review)

    undone = do(as_moderator, "undo", following, script=True).content.decode()

    assert "Taken back: Lou Marlow on Python from the first line waits again." in undone
    assert state_of(review) == State.PENDING
    assert "The next one" in do(as_moderator, "after", review, script=True).content.decode()
    assert "This is the last one" in do(as_moderator, "after", following, script=True).content.decode()
    assert "Videos do not load" in do(as_moderator, "before", following, script=True).content.decode()
    assert "You decided on nothing in the last" in do(as_moderator, "undo", review, script=True).content.decode()
    assert not Review.objects.exclude(state=State.PENDING).exists()


def test_the_second_of_two_is_told_and_gets_something_else(
    as_moderator: Client, review: Review, other_course: Course
) -> None:
    colleague = give_role(person("colleague"), "moderator")
    following = reviews.review.make(course=other_course, title="The next one")
    services.take_review(by=colleague)

    answer = do(as_moderator, "approve", review, script=True).content.decode()

    assert "Robin Colleague is reading this review at the desk." in answer
    assert "The next one" in answer
    assert (state_of(review), state_of(following)) == (State.PENDING, State.PENDING)


def test_a_hold_is_renewed_and_let_go_by_the_script(as_moderator: Client, review: Review) -> None:
    do(as_moderator, "take")

    until = do(as_moderator, "renew", review).json()["until"]
    assert do(as_moderator, "release", until="2020-01-01T00:00:00+00:00").status_code == 204
    assert Review.objects.get(pk=review.pk).claimed_by is not None
    assert do(as_moderator, "release", until=until).status_code == 204

    assert Review.objects.get(pk=review.pk).claimed_by is None
    assert do(as_moderator, "renew", review).status_code == 409


def test_an_empty_desk_says_so_and_offers_what_was_skipped(as_moderator: Client, review: Review) -> None:
    do(as_moderator, "take")
    do(as_moderator, "skip", review)

    shown = text(as_moderator.get(DESK))
    assert "1 review you skipped waits for you" in shown
    do(as_moderator, "again")
    do(as_moderator, "approve", review)

    assert "Nothing waits for you" in text(as_moderator.get(DESK))
    assert state_of(review) == State.APPROVED


@pytest.mark.parametrize("number", [10, 1000])
def test_a_decision_takes_the_same_queries_for_ten_and_for_a_thousand(
    as_moderator: Client, review: Review, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    people = User.objects.bulk_create(User(email=f"p{n}@example.org") for n in range(number))
    Review.objects.bulk_create(
        Review(course=review.course, user=one, rating=3, text=f"Neither good nor bad {one.pk}.") for one in people
    )
    do(as_moderator, "take")

    with django_assert_max_num_queries(MOST_QUERIES + 20):
        do(as_moderator, "approve", review, script=True)
    with django_assert_max_num_queries(MOST_QUERIES):
        do(
            as_moderator,
            "after",
            services.take_review(by=Review.objects.exclude(claimed_by=None).get().claimed_by),
            script=True,
        )


def test_what_the_desk_does_not_know_is_refused(as_moderator: Client, review: Review) -> None:
    assert do(as_moderator, "delete", review).status_code == 400
    assert do(as_moderator, "release", until="tomorrow").status_code == 400
    assert do(as_moderator, "release", until="2026-13-01T00:00:00Z").status_code == 400
    assert as_moderator.put(DESK).status_code == 405
    assert state_of(review) == State.PENDING
