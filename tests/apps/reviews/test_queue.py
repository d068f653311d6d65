"""What the queue offers next to a review, and before it, in every place a review can stand in."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.reviews.models import Review, ReviewSkip
from apps.reviews.queue import Place, left_and_waiting, offers, place_of
from apps.reviews.states import ReviewState
from tests.recipes import reviews
from tests.support.people import give_role, person, teach

pytestmark = pytest.mark.django_db

PENDING, FLAGGED = ReviewState.PENDING, ReviewState.FLAGGED


@pytest.fixture
def colleague(db: None) -> User:
    return give_role(person("colleague"), "moderator")


@pytest.fixture
def queue(course: Course, moderator: User, colleague: User) -> list[str]:
    """Twelve reviews as the moderator is offered them, some of which have waited for exactly as long as another."""
    now = timezone.now()
    an_hour_ago, two_hours_ago = now - timedelta(hours=1), now - timedelta(hours=2)

    def made(title: str, since: datetime = an_hour_ago, **facts: Any) -> str:
        reviews.review.make(course=course, title=title, waits_since=since, **{"state": PENDING, **facts})
        return title

    return [
        made("to me, long ago", two_hours_ago, state=FLAGGED, flagged_to=moderator, moderator=colleague),
        made("to me", state=FLAGGED, flagged_to=moderator, moderator=colleague),
        made("to me as well", state=FLAGGED, flagged_to=moderator, moderator=moderator),
        made("reported anew", is_reported_anew=True),
        made("long ago", two_hours_ago),
        made("held by me", claimed_by=moderator, claimed_until=now + timedelta(hours=1)),
        made("held until now", claimed_by=colleague, claimed_until=now),
        made("waits"),
        made("to a colleague, long ago", two_hours_ago, state=FLAGGED, flagged_to=colleague, moderator=colleague),
        made("to a colleague", state=FLAGGED, flagged_to=colleague, moderator=None),
        made("to nobody", state=FLAGGED, flagged_to=None, moderator=colleague),
        made("to nobody by nobody", state=FLAGGED, flagged_to=None, moderator=None),
    ]


def titles(keys: Any) -> list[str]:
    by_key = dict(Review.with_archived.values_list("pk", "title"))
    return [by_key[key] for key in keys]


def test_what_waits_is_offered_place_by_place_and_in_each_by_time(queue: list[str], moderator: User) -> None:
    assert titles(offers(moderator)) == queue


def test_next_to_each_comes_what_follows_it_and_before_it_what_it_follows(queue: list[str], moderator: User) -> None:
    """At most five of each place, so that what is farther away comes in by a next step."""
    for at, title in enumerate(queue):
        review = Review.objects.get(title=title)

        after, before = titles(offers(moderator, review)), titles(offers(moderator, review, backwards=True))

        assert (after, before) == (queue[at + 1 :], queue[:at][::-1])


def test_each_stands_in_one_place_for_each_person(queue: list[str], moderator: User, colleague: User) -> None:
    places = {
        user: [place_of(Review.objects.get(title=title), user) for title in queue] for user in (moderator, colleague)
    }

    mine, waiting, others = Place.FLAGGED_TO_ME, Place.WAITING, Place.FLAGGED_TO_OTHERS
    assert places[moderator] == [mine] * 3 + [waiting] * 5 + [others] * 4
    assert places[colleague] == [others] * 3 + [waiting] * 5 + [mine] * 2 + [others] * 2


def test_nothing_else_is_offered_however_long_it_waits(
    queue: list[str], course: Course, other_course: Course, moderator: User, colleague: User
) -> None:
    now = timezone.now()
    waited = {"course": course, "state": PENDING, "waits_since": now - timedelta(hours=3)}
    teach(moderator, other_course)
    others: list[dict[str, Any]] = [
        {"state": ReviewState.APPROVED},
        {"archived_at": now},
        {"claimed_by": colleague, "claimed_until": now + timedelta(hours=1)},
        {"course": other_course},
        {"user": moderator},
        {"state": FLAGGED, "flagged_to": colleague, "moderator": moderator},
        {"state": FLAGGED, "flagged_to": None, "moderator": moderator},
    ]
    for facts in others:
        reviews.review.make(**{**waited, **facts})

    assert titles(offers(moderator)) == queue


def test_what_somebody_left_for_later_is_not_offered_to_them_for_a_while(
    queue: list[str], moderator: User, colleague: User
) -> None:
    minutes = timedelta(minutes=settings.REVIEW_SKIP_MINUTES)
    left = {title: Review.objects.get(title=title) for title in ("waits", "long ago", "held by me", "to me")}
    now = timezone.now()
    for title, user, at in (
        ("waits", moderator, now),
        ("held by me", moderator, now - minutes - timedelta(seconds=1)),
        ("long ago", colleague, now),
        ("to me", moderator, now),
    ):
        ReviewSkip.objects.create(review=left[title], user=user)
        ReviewSkip.objects.filter(review=left[title]).update(skipped_at=at)

    assert titles(offers(moderator)) == [title for title in queue if title not in ("waits", "to me")]
    assert left_and_waiting(moderator) == 2


@pytest.mark.parametrize("facts", [{"archived_at": timezone.now()}, {"state": ReviewState.APPROVED}])
def test_what_was_left_for_later_and_waits_no_more_is_not_counted(
    facts: dict[str, Any], queue: list[str], moderator: User
) -> None:
    for title in ("waits", "to me"):
        ReviewSkip.objects.create(review=Review.objects.get(title=title), user=moderator)
    Review.objects.filter(title="waits").update(**facts)

    assert left_and_waiting(moderator) == 1
