"""Rules mark what a moderator should look at twice, and decide nothing."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.jobs.models import JobRun
from apps.reviews import services
from apps.reviews.finding import FOUND_IN_TEXT
from apps.reviews.first_rules import FIRST, seed_rules
from apps.reviews.models import Review, ReviewMark, ReviewRule
from apps.reviews.tasks import mark_waiting
from tests.apps.catalog.screens import text
from tests.recipes import accounts, enrollments, reviews

pytestmark = pytest.mark.django_db

DESK = "/admin/reviews/review/desk/"
PLAIN = "The second half is harder than the first."


@pytest.fixture(autouse=True)
def _first_rules(db: None) -> None:
    seed_rules()


def codes_of(review: Review) -> set[str]:
    return set(ReviewMark.objects.filter(review=review).values_list("rule__code", flat=True))


def written(course: Course, words: str, title: str = "") -> Review:
    author = accounts.person.make()
    enrollments.enrollment.make(course=course, user=author)
    return services.submit_review(course, by=author, rating=3, text=words, title=title)


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (PLAIN, set()),
        ("More of it at https://spam.example/a?b=c, really.", {"link"}),
        ("More of it at my-shop.com for less money.", {"link"}),
        ("Version 2.0 of the course costs 49.90 and began on 2026-03-01 10:15.", set()),
        ("Write to lou@example.org, I answer.", {"email", "link"}),
        ("Write to lou (at) example, I answer.", {"email"}),
        ("Call me: +49 (170) 123 45 67 8, any time.", {"phone"}),
        ("Call 0170-1234567-89 any time you like.", {"phone"}),
        ("The author is an IDIOT, I am sorry.", {"insults"}),
        ("Go to\u00a0hell, whoever made this.", {"insults"}),
        ("Scunthorpe has idiotic weather, they say.", set()),
        ("THIS IS THE WORST COURSE OF ALL TIMES", {"capitals"}),
        ("SQL and API and HTML are explained well here.", set()),
    ],
)
def test_a_text_is_marked_when_it_is_written(course: Course, words: str, codes: set[str]) -> None:
    review = written(course, words)

    assert codes_of(review) - {"link"} == codes - {"link"}
    assert ("link" in codes_of(review)) == ("link" in codes)
    assert review.state == Review.State.PENDING


def test_what_was_found_is_shown_and_an_edit_is_marked_anew(course: Course, as_moderator: Client) -> None:
    review = written(course, "Please write to lou@example.com soon.", title="Wet paper")
    assert ReviewMark.objects.get(review=review, rule__code="email").found == "lou@example.com"
    as_moderator.post(DESK, {"do": "take"})
    assert 'Holds an e-mail address. <span class="c-quiet">lou@example.com' in text(as_moderator.get(DESK))
    shown = as_moderator.get("/admin/reviews/review/?mark=email").context["cl"].result_list
    assert [row.title for row in shown] == ["Wet paper"]
    assert not as_moderator.get("/admin/reviews/review/?mark=phone").context["cl"].result_list

    services.edit_review(review, by=review.user, rating=3, text=PLAIN)

    assert codes_of(review) == set()


def test_marks_are_not_for_those_who_teach(course: Course, as_instructor: Client) -> None:
    review = written(course, "Please write to lou@example.com soon.")

    shown = as_instructor.get(f"/admin/reviews/review/{review.pk}/change/").content.decode()

    assert review.text in shown
    assert "Holds an e-mail address" not in shown
    assert "Holds an e-mail" not in as_instructor.get("/admin/reviews/review/").content.decode()


def test_the_same_words_elsewhere_mark_both_however_they_are_set(course: Course, other_course: Course) -> None:
    first = written(course, "I liked nearly all of it.")

    second = written(other_course, "I LIKED - nearly all of it!!")

    assert (codes_of(first), codes_of(second)) == ({"duplicate"}, {"duplicate"})


def test_a_rating_without_enrollment_and_too_many_at_once_are_marked(course: Course, student: User) -> None:
    assert codes_of(services.submit_review(course, by=student, rating=1, text=PLAIN)) == {"outsider"}
    ReviewRule.objects.filter(code="many-on-course").update(limit=3)
    for number in range(2):
        written(course, f"Some words of number {number}.")
    newest = Review.objects.latest("pk")
    assert codes_of(newest) == {"many-on-course"}
    busy = accounts.person.make()
    for number in range(5):
        elsewhere = reviews.review.make().course
        enrollments.enrollment.make(course=elsewhere, user=busy)
        services.submit_review(elsewhere, by=busy, rating=1, text=f"Bad in {number} ways and more.")

    own = Review.objects.filter(user=busy)
    assert [codes_of(review) for review in own] == [{"many-by-person"}] * 5
    assert ReviewMark.objects.filter(review__in=own).first().found == "5 within 1 hours"  # type: ignore[union-attr]


def test_a_changed_rule_marks_what_waits_anew_by_a_job(course: Course, as_manager: Client, manager: User) -> None:
    waiting, decided = (reviews.review.make(course=course, text=f"A banana, number {n} of many.") for n in range(2))
    Review.objects.filter(pk=decided.pk).update(state="approved")
    ReviewRule.objects.exclude(code="insults").update(is_active=False)
    rule = ReviewRule.objects.get(code="insults")
    page = f"/admin/reviews/reviewrule/{rule.pk}/change/"
    form = {"kind": "words", "sentence": "Speaks of fruit.", "words": "banana", "is_active": "on", "_save": "1"}

    answer = as_manager.post(page, form)

    assert answer.status_code == 302
    assert JobRun.objects.get(job="reviews.mark_waiting").requester == manager
    assert mark_waiting.now(by=manager, only_one="x").outcome == "1 waiting reviews read, 1 marks set."
    assert (codes_of(waiting), codes_of(decided)) == ({"insults"}, set())
    assert rule.history.first().history_user_id == manager.pk


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": "words"}, "words"),
        ({"kind": "words", "words": "?!\n.."}, "words"),
        ({"kind": "words", "words": "a" * 61}, "words"),
        ({"kind": "capitals"}, "limit"),
        ({"kind": "capitals", "limit": 101}, "limit"),
        ({"kind": "many_by_person", "limit": 3}, "within_hours"),
        ({"kind": "many_on_course", "within_hours": 3}, "limit"),
    ],
)
def test_a_rule_says_what_its_kind_needs(facts: dict[str, Any], field: str) -> None:
    rule = ReviewRule(code="new", sentence="Is new.", **facts)

    with pytest.raises(ValidationError) as refused:
        rule.full_clean()

    assert set(refused.value.message_dict) == {field}


def test_rules_that_are_there_are_left_as_they_are() -> None:
    ReviewRule.objects.filter(code="link").update(sentence="Mine.", is_active=False)

    seed_rules()

    assert ReviewRule.objects.count() == len(FIRST)
    assert ReviewRule.objects.get(code="link").sentence == "Mine."


@pytest.mark.parametrize(
    "piece", ["a", "@", "a@", "a.", "-", "1", "1 ", "+1-", "at ", "(at", "www.", "A", "a-a.", "@a.", "(1"]
)
def test_no_text_makes_a_search_slow(piece: str) -> None:
    """Four times the text may take some four times the time: the square of it would be sixteen times."""

    def seconds(length: int) -> float:
        words = piece * (length // len(piece))
        began = time.process_time()
        for find in FOUND_IN_TEXT.values():
            find(words, 70, ["idiot", "go to hell"])
        return time.process_time() - began

    short, long = min(seconds(20_000) for _ in range(3)), min(seconds(80_000) for _ in range(3))

    assert long < 9 * short + 0.02


def test_times_of_reviews_lie_within_the_hours_of_a_rule(course: Course) -> None:
    author = accounts.person.make()
    ReviewRule.objects.exclude(code="many-by-person").update(is_active=False)
    ReviewRule.objects.filter(code="many-by-person").update(limit=2)
    now = timezone.now()
    made = [reviews.review.make(user=author, created_at=now - timedelta(minutes=minutes)) for minutes in (0, 59, 180)]

    services.mark_reviews([review.pk for review in made])

    assert [codes_of(review) for review in made] == [{"many-by-person"}, {"many-by-person"}, set()]
