"""The queue of the desk: what is offered to whom, in which order, found without counting or sorting it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.records.policy import scope
from apps.reviews.models import Review, ReviewSkip
from apps.reviews.states import ReviewState

COUNTED_UP_TO = 1_000
CANDIDATES = 5


@dataclass(frozen=True)
class Lane:
    """A part of the queue that one index holds in its order; `places` are the fields of that order, `-` downwards."""

    rows: QuerySet[Review]
    places: tuple[str, ...]

    def ids(self, beside: Review | None = None, *, backwards: bool = False) -> list[int]:
        """The first few, or those next to a review of this lane."""
        rows = self.rows.filter(beyond(self.places, beside, backwards=backwards)) if beside else self.rows
        order = [flipped(place) for place in self.places] if backwards else list(self.places)
        return list(rows.order_by(*order).values_list("pk", flat=True)[:CANDIDATES])


def lanes(user: Any) -> tuple[Lane, ...]:
    """What was flagged to this person, then what waits, reported ones first, then what others flagged to others."""
    open_rows = scope(user, "decide", Review).filter(is_free_for(user), ~is_left_by(user), archived_at=None)
    flagged = open_rows.filter(state=ReviewState.FLAGGED)
    return (
        Lane(flagged.filter(flagged_to=user.pk), ("waits_since", "pk")),
        Lane(open_rows.filter(state=ReviewState.PENDING), ("-is_reported_anew", "waits_since", "pk")),
        Lane(
            flagged.filter(~Q(flagged_to=user.pk) | Q(flagged_to=None)).filter(
                ~Q(moderator=user.pk) | Q(moderator=None)
            ),
            ("waits_since", "pk"),
        ),
    )


def offers(user: Any, beside: Review | None = None, *, backwards: bool = False) -> Iterator[int]:
    """The ids of what may be taken next, best first; after (or before) a review, what comes after (or before) it."""
    queue = lanes(user)
    at = 0 if beside is None else lane_of(beside, user)
    places = range(at, -1, -1) if backwards else range(at, len(queue))
    for place in places:
        yield from queue[place].ids(beside if place == at else None, backwards=backwards)


def lane_of(review: Review, user: Any) -> int:
    if review.state != ReviewState.FLAGGED:
        return 1
    return 0 if review.flagged_to_id == user.pk else 2


def is_free_for(user: Any) -> Q:
    """Nobody else is reading it."""
    return Q(claimed_until=None) | Q(claimed_until__lte=timezone.now()) | Q(claimed_by=user.pk)


def is_left_by(user: Any) -> Exists:
    """This person left it for later, and later is not yet."""
    return Exists(left_by(user).filter(review=OuterRef("pk")))


def left_by(user: Any) -> QuerySet[ReviewSkip]:
    since = timezone.now() - timedelta(minutes=settings.REVIEW_SKIP_MINUTES)
    return ReviewSkip.objects.filter(user=user.pk, skipped_at__gt=since).order_by()


def left_and_waiting(user: Any) -> int:
    """How many reviews this person left for later that still wait."""
    still = Review.objects.filter(state__in=(ReviewState.PENDING, ReviewState.FLAGGED)).values("pk")
    return left_by(user).filter(review__in=still).count()


def flipped(place: str) -> str:
    return place[1:] if place.startswith("-") else f"-{place}"


def beyond(places: tuple[str, ...], review: Review, *, backwards: bool) -> Q:
    """The condition of coming after this review in an order, or before it."""
    found, same = Q(), Q()
    for place in places:
        name = place.lstrip("-")
        value = getattr(review, name)
        is_down = place.startswith("-") != backwards
        found |= same & Q(**{f"{name}__{'lt' if is_down else 'gt'}": value})
        same &= Q(**{name: value})
    return found
