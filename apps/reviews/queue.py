"""The queue of the desk: what is offered to whom, in which order, found without counting or sorting it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.records.policy import scope
from apps.reviews.models import Review, ReviewSkip
from apps.reviews.states import WAITING, ReviewState

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


class Place(IntEnum):
    """Where a review stands in the queue: what waits comes reported ones first."""

    FLAGGED_TO_ME = 0
    WAITING = 1
    FLAGGED_TO_OTHERS = 2


def lane(place: Place, user: Any) -> Lane:
    open_rows = scope(user, "decide", Review).filter(is_free_for(user), ~is_left_by(user), archived_at=None)
    if place == Place.WAITING:
        return Lane(open_rows.filter(state=ReviewState.PENDING), ("-is_reported_anew", "waits_since", "pk"))
    flagged = open_rows.filter(state=ReviewState.FLAGGED)
    if place == Place.FLAGGED_TO_ME:
        return Lane(flagged.filter(flagged_to=user.pk), ("waits_since", "pk"))
    to_others = flagged.exclude(flagged_to=user.pk).exclude(moderator=user.pk)
    return Lane(to_others, ("waits_since", "pk"))


def offers(user: Any, beside: Review | None = None, *, backwards: bool = False) -> Iterator[int]:
    """The ids of what may be taken next, best first; after (or before) a review, what comes after (or before) it."""
    at = Place.FLAGGED_TO_ME if beside is None else place_of(beside, user)
    places = [place for place in Place if (place <= at if backwards else place >= at)]
    for place in reversed(places) if backwards else places:
        yield from lane(place, user).ids(beside if place == at else None, backwards=backwards)


def place_of(review: Review, user: Any) -> Place:
    if review.state != ReviewState.FLAGGED:
        return Place.WAITING
    return Place.FLAGGED_TO_ME if review.flagged_to_id == user.pk else Place.FLAGGED_TO_OTHERS


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
    return left_by(user).filter(review__archived_at=None, review__state__in=WAITING).count()


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
