"""The screens of reviews: what they show, do and refuse, and how much they ask of the database."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Course
from apps.reviews import services
from apps.reviews.models import Review
from apps.reviews.states import ReviewState
from tests.apps.catalog.screens import MOST_QUERIES, said, text
from tests.recipes import accounts, reviews
from tests.support.overview import facts_of

REVIEWS = "/admin/reviews/review/"
State = ReviewState


def page(review: Review, tab: str = "") -> str:
    return f"{REVIEWS}{review.pk}/change/{f'?tab={tab}' if tab else ''}"


def act(client: Client, review: Review, action: str, **asked: Any) -> Any:
    return client.post(f"{REVIEWS}{review.pk}/{action}/", asked)


def act_on(client: Client, chosen: list[Review], action: str, **asked: Any) -> Any:
    keys = [review.pk for review in chosen]
    return client.post(REVIEWS, {"action": action, "_selected_action": keys, "_confirmed": "yes", **asked})


def many(course: Course, number: int) -> None:
    people = User.objects.bulk_create(User(email=f"p{n}@example.org") for n in range(number))
    Review.objects.bulk_create(
        Review(course=course, user=one, rating=3, text="Neither good nor bad.", reported_count=1) for one in people
    )


# The list


def test_a_row_says_what_was_said_by_whom_about_what(as_moderator: Client, review: Review) -> None:
    shown = text(as_moderator.get(REVIEWS))

    for expected in (
        "Videos do not load",
        "Every lesson builds on the one before",
        "2 of 5 stars",
        "Python from the first line",
        "Lou Marlow",
        "Pending",
    ):
        assert expected in shown


def test_an_empty_list_says_what_belongs_here(as_moderator: Client) -> None:
    assert "What learners say about their courses appears here" in text(as_moderator.get(REVIEWS))


@pytest.mark.parametrize("number", [10, 1000])
@pytest.mark.parametrize("person", ["administrator", "moderator", "instructor"])
def test_the_list_takes_the_same_queries_for_ten_and_for_a_thousand(
    request: pytest.FixtureRequest,
    signed_in: Callable[[User], Client],
    course: Course,
    person: str,
    number: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(request.getfixturevalue(person))
    many(course, number)
    client.get("/admin/")

    with django_assert_max_num_queries(MOST_QUERIES):
        answer = client.get(REVIEWS)

    assert answer.context["cl"].result_count == number


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=waiting", {"new", "flagged"}),
        ("state=approved", {"good"}),
        ("state=dull", set()),
        ("rating=1", {"flagged"}),
        ("rating=9", set()),
        ("reported=yes", {"flagged"}),
        ("reported=no", {"new", "good"}),
        ("q=train", {"good"}),
        ("archived=yes", {"gone"}),
    ],
)
def test_the_list_is_narrowed_down(as_moderator: Client, course: Course, query: str, found: set[str]) -> None:
    reviews.review.make(course=course, title="new")
    reviews.review.make(course=course, title="flagged", rating=1, state=State.FLAGGED, reported_count=2)
    reviews.review.make(course=course, title="good", text="I learned on the train.", state=State.APPROVED)
    gone = reviews.review.make(course=course, title="gone", archived_at=course.created_at)

    rows = as_moderator.get(f"{REVIEWS}?{query}").context["cl"].result_list

    assert {review.title for review in rows} == found
    assert gone.is_archived


def test_those_who_open_no_course_choose_among_reviewed_ones(
    as_moderator: Client, review: Review, other_course: Course
) -> None:
    reviews.review.make(course=other_course, title="Wet paper")

    shown = as_moderator.get(f"{REVIEWS}?course__id__exact={other_course.pk}")

    assert [row.title for row in shown.context["cl"].result_list] == ["Wet paper"]
    assert [tuple(chip)[:2] for chip in shown.context["cl"].chips] == [("course", "Watercolor in the open air")]
    assert "Python from the first line" in text(shown)


@pytest.mark.parametrize(
    "query", ["course__id__exact=x", "course__id__exact=999999", "user__email__startswith=lou", "moderator_note=a"]
)
def test_no_other_question_is_answered(as_moderator: Client, review: Review, query: str) -> None:
    answer = as_moderator.get(f"{REVIEWS}?{query}", follow=True)

    assert answer.status_code == 400 or list(answer.context["cl"].result_list) == []


# The page


@pytest.mark.parametrize("tab", ["review", "reports", "history"])
@pytest.mark.parametrize("person", ["administrator", "moderator", "instructor"])
def test_no_tab_takes_more_queries_than_it_may(
    request: pytest.FixtureRequest,
    signed_in: Callable[[User], Client],
    review: Review,
    person: str,
    tab: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(request.getfixturevalue(person))
    for n in range(30):
        services.report_review(review, by=accounts.person.make(email=f"reader{n}@example.org"), reason="spam")
    client.get("/admin/")

    with django_assert_max_num_queries(MOST_QUERIES):
        answer = client.get(page(review, tab))

    assert answer.status_code == 200


def test_the_page_shows_the_words_as_written_and_how_far_the_learner_is(as_moderator: Client, course: Course) -> None:
    written = reviews.review.make(course=course, text="First <b>line</b>.\n\nSecond line.", moderator_note="Careful.")

    shown = text(as_moderator.get(page(written)))

    assert "<p>First &lt;b&gt;line&lt;/b&gt;.</p>" in shown
    assert "<p>Second line.</p>" in shown
    assert "Not enrolled" in shown
    assert "Careful." in shown


def test_the_reports_say_who_found_what(as_moderator: Client, review: Review, student: User) -> None:
    services.report_review(review, by=student, reason="untrue", note="They load here.")

    shown = text(as_moderator.get(page(review, "reports")))

    for expected in ("Robin Student", "Not true", "They load here."):
        assert expected in shown
    assert "student@example.org" not in shown


# Deciding


def test_a_moderator_approves_and_rejects_with_a_reason(as_moderator: Client, review: Review, moderator: User) -> None:
    answer = act(as_moderator, review, "approve")
    assert "The review of Lou Marlow on Python from the first line is approved." in said(answer)

    act(as_moderator, review, "reopen", reason="Too quick.")
    act(as_moderator, review, "reject", because="personal", note="An address.")

    review.refresh_from_db()
    assert (review.state, review.rejection_reason, review.moderator) == (State.REJECTED, "personal", moderator)
    assert "An address." in text(as_moderator.get(page(review)))


@pytest.mark.parametrize(
    ("action", "asked", "sentence"),
    [
        ("reject", {}, "Why"),
        ("reject", {"because": "dull"}, "Why"),
        ("reject", {"because": "other"}, "Say in the note what else is wrong with it."),
        ("flag", {}, "Note"),
        ("reopen", {"reason": "Why not."}, "This review is pending already."),
        ("feature", {}, "Only an approved one can be featured."),
        ("archive", {}, "Reason"),
    ],
)
def test_what_cannot_be_decided_is_refused_in_words(
    as_moderator: Client, review: Review, action: str, asked: dict[str, str], sentence: str
) -> None:
    before = Review.objects.values().get()

    answer = act(as_moderator, review, action, **asked)

    assert sentence in said(answer)
    assert Review.objects.values().get() == before


def test_the_second_moderator_is_told_on_the_screen(as_moderator: Client, review: Review, administrator: User) -> None:
    services.reject_review(review, "spam", by=administrator)

    answer = act(as_moderator, review, "approve")

    assert "This review was rejected by Robin Administrator a moment ago. Reopen it to decide again." in said(answer)


@pytest.mark.parametrize(
    "action", ["approve", "reject", "flag", "reopen", "feature", "unfeature", "archive", "restore"]
)
def test_a_decision_is_never_made_by_looking(as_moderator: Client, review: Review, action: str) -> None:
    before = Review.objects.values().get()

    answer = as_moderator.get(f"{REVIEWS}{review.pk}/{action}/")

    assert answer.status_code == 405
    assert Review.objects.values().get() == before


def test_a_selection_is_decided_at_once_and_the_rest_is_named(
    as_moderator: Client, moderator: User, review: Review, course: Course
) -> None:
    approved = reviews.review.make(course=course, state=State.APPROVED)
    own = reviews.review.make(course=course, user=moderator)
    newest = ChangeSet.objects.latest("pk").pk

    answer = act_on(as_moderator, [review, approved, own], "approve")

    left = text(as_moderator.get(f"{answer.url}?tab=left"))
    assert "1 review approved. " in said(answer)
    assert "2 reviews left alone." in said(answer)
    assert "approved by the system" in left
    assert "You may not decide on this review" in left
    assert dict(Review.objects.values_list("pk", "state")) == {
        review.pk: State.APPROVED,
        approved.pk: State.APPROVED,
        own.pk: State.PENDING,
    }
    assert ChangeSet.objects.filter(pk__gt=newest).get().counts == {"reviews.review": {"changed": 1}}


def test_a_selection_is_rejected_for_one_reason(as_moderator: Client, review: Review, course: Course) -> None:
    another = reviews.review.make(course=course)

    act_on(as_moderator, [review, another], "reject", because="spam", note="")

    assert set(Review.objects.values_list("state", "rejection_reason")) == {("rejected", "spam")}


# Elsewhere


def test_a_course_shows_its_reviews_and_what_they_come_to(
    as_instructor: Client, course: Course, review: Review, other_course: Course
) -> None:
    reviews.review.make(course=course, title="Worth it", rating=5, state=State.APPROVED)
    reviews.review.make(course=course, title="Hidden", rating=1, archived_at=course.created_at)
    reviews.review.make(course=other_course, title="Elsewhere")

    shown = text(as_instructor.get(f"/admin/catalog/course/{course.pk}/change/?tab=reviews"))

    assert "5.0 of 5 stars from 1 approved review." in " ".join(shown.split())
    assert "1 waits for a decision." in " ".join(shown.split())
    assert "Worth it" in shown
    assert "Videos do not load" in shown
    assert "Hidden" not in shown
    assert "Elsewhere" not in shown
    assert "lou@example.org" not in shown


def test_a_course_without_reviews_says_so(as_instructor: Client, course: Course) -> None:
    shown = text(as_instructor.get(f"/admin/catalog/course/{course.pk}/change/?tab=reviews"))

    assert "Nobody has reviewed this course yet" in shown


@pytest.mark.parametrize("number", [10, 1000])
def test_the_tab_of_a_course_takes_no_more_queries_than_it_may(
    as_instructor: Client, course: Course, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    many(course, number)
    as_instructor.get("/admin/")

    with django_assert_max_num_queries(MOST_QUERIES):
        as_instructor.get(f"/admin/catalog/course/{course.pk}/change/?tab=reviews")


def test_a_person_shows_what_they_wrote(as_support: Client, review: Review) -> None:
    shown = text(as_support.get(f"/admin/accounts/user/{review.user_id}/change/?tab=review"))

    assert f'href="{page(review)}"' in shown
    assert "Videos do not load" in shown


def test_the_overview_tells_moderators_how_many_wait(
    as_moderator: Client, moderator: User, course: Course, review: Review
) -> None:
    reviews.review.make(course=course, state=State.APPROVED)
    reviews.review.make(course=course, user=moderator)

    shown = as_moderator.get("/admin/")

    (figure,) = [figure for figure in facts_of(shown, "within") if figure.label == "reviews"]
    assert (figure.value, figure.note) == (3, "2 waiting")
    assert [item.title for item in shown.context["attention"]] == ["1 review to decide on"]
