"""What the desk shows beside a review: its course, its author's other reviews, reports, and texts that are like it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Avg, Count, Min, Q, QuerySet
from django.utils import timezone

from admin_theme.counting import counted_at_once
from apps.records.policy import scope
from apps.reviews.models import Review, ReviewDecision, ReviewMark, ReviewReport
from apps.reviews.queries import AGES, NAMES, PERSON, named, progress_of
from apps.reviews.queue import COUNTED_UP_TO
from apps.reviews.services.desk import decisions_to_take_back
from apps.reviews.states import ReviewState
from apps.reviews.words import likeness, normalized

LATELY_DAYS = 7
SHOWN = 5
WAITING_ONES = (ReviewState.PENDING, ReviewState.FLAGGED)  # one by one: each has an index of its own
COMPARED = 50
ALIKE_FROM = 0.6
IN_A_LINE = ("user", "rating", "title", "state", "rejection_reason", "archived_at")


@dataclass(frozen=True)
class Figures:
    """The line above: how much waits (counted up to a bound), since when, and what was decided today by whom."""

    waiting: int
    oldest: datetime | None
    own_today: int
    today: list[tuple[str, int]]

    @property
    def waiting_words(self) -> str:
        return f"{self.waiting:,}{'+' if self.waiting >= COUNTED_UP_TO else ''}"


def figures(user: Any) -> Figures:
    """Never counts a whole table: the queue up to a bound, and the decisions of one day from their index."""
    to_decide = scope(user, "decide", Review).filter(archived_at=None)
    pending, flagged = (to_decide.filter(state=state) for state in WAITING_ONES)
    in_index = flagged.order_by("waits_since", "pk")  # or SQLite reads all that is not archived
    waits, oldest = first_that_wait(pending)
    today = decided_today().values_list("moderator").annotate(number=Count("pk"))
    numbers = dict(today.order_by("-number", "moderator"))
    people = get_user_model()._base_manager.only(*PERSON).in_bulk(list(numbers)[:SHOWN])
    return Figures(
        waiting=min(COUNTED_UP_TO, waits + in_index[:COUNTED_UP_TO].count()),
        oldest=oldest,
        own_today=numbers.get(user.pk, 0),
        today=[(str(people[pk]), number) for pk, number in numbers.items() if pk in people],
    )


def first_that_wait(pending: QuerySet[Review]) -> tuple[int, datetime | None]:
    """How many wait, up to a bound, and since when the oldest does: read from one end of the index of the desk.

    The oldest reported one is the first of them, and the oldest other is among them unless all of them are reported.
    """
    ordered = pending.order_by("-is_reported_anew", "waits_since", "pk")
    # A comparison, because `NOT` leads SQLite past the index.
    others = ordered.filter(is_reported_anew__lt=True).values_list("waits_since", flat=True)
    found = ordered[:COUNTED_UP_TO].aggregate(
        number=Count("pk"), reported=Count("pk", filter=Q(is_reported_anew=True)), oldest=Min("waits_since")
    )
    moments = [found["oldest"]] if found["number"] else []
    if found["reported"] == COUNTED_UP_TO:
        moments.extend(others[:1])
    return found["number"], min(moments, default=None)


def decided_today() -> QuerySet[ReviewDecision]:
    """What was approved or rejected since midnight and stands."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    standing = Q(decided_at__gte=midnight, taken_back_at=None, outcome__in=("approved", "rejected"))
    return ReviewDecision.objects.filter(standing).order_by()


def ages(user: Any) -> dict[int, int]:
    """For each number of days how many have waited longer, each counted up to a bound; one query."""
    to_decide = scope(user, "decide", Review).filter(archived_at=None)
    pending, flagged = (to_decide.filter(state=state) for state in WAITING_ONES)
    # By comparisons, so that each is one end of the index of the desk.
    parts = (pending.filter(is_reported_anew__lt=True), pending.filter(is_reported_anew__gt=False), flagged)
    now = timezone.now()
    older = [part.filter(waits_since__lt=now - timedelta(days=days)) for days in AGES for part in parts]
    numbers = counted_at_once(older, most=COUNTED_UP_TO)
    return {
        days: min(COUNTED_UP_TO, sum(numbers[place * len(parts) : (place + 1) * len(parts)]))
        for place, days in enumerate(AGES)
    }


def standing_lately() -> QuerySet[ReviewDecision]:
    """The decisions of today and of the days before that stand."""
    since = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=LATELY_DAYS - 1)
    return ReviewDecision.objects.filter(decided_at__gte=since, taken_back_at=None).order_by()


def decided_lately() -> list[dict[str, Any]]:
    """By person and outcome how many decisions of the last days stand, the most first."""
    grouped = standing_lately().values_list("moderator", "outcome").annotate(number=Count("pk"))
    people: dict[int, dict[str, int]] = {}
    for moderator, outcome, number in grouped:
        people.setdefault(moderator, {})[outcome] = number
    shown = sorted(people, key=lambda pk: (-sum(people[pk].values()), pk))[:SHOWN]
    names = get_user_model()._base_manager.only("first_name", "last_name", "email").in_bulk(shown)
    return [{"key": pk, "person": str(names[pk]), **people[pk], "all": sum(people[pk].values())} for pk in shown]


@dataclass(frozen=True)
class Context:
    """What stands beside a review on the desk."""

    average: float | None
    rated: str
    progress: int | None
    others: list[Review]
    others_rejected: int
    decisions: list[ReviewDecision]
    reports: list[ReviewReport]
    alike: list[Review]
    marks: list[ReviewMark]


def context_of(review: Review, user: Any) -> Context:
    seen = scope(user, "view", Review).filter(archived_at=None)
    approved = Review.objects.filter(course=review.course_id, state=ReviewState.APPROVED)
    rated = approved.order_by("-created_at", "-pk")[:COUNTED_UP_TO].aggregate(number=Count("pk"), mean=Avg("rating"))
    by_author = seen.filter(user=review.user_id).exclude(pk=review.pk).order_by("-created_at")
    others = list(named(by_author, "course", "moderator", shown=IN_A_LINE)[: SHOWN * 2])
    decided = ReviewDecision.objects.filter(review=review, taken_back_at=None).select_related("moderator")
    return Context(
        average=rated["mean"],
        rated=f"{rated['number']:,}{'+' if rated['number'] == COUNTED_UP_TO else ''}",
        progress=progress_of(review),
        others=others,
        others_rejected=sum(other.state == ReviewState.REJECTED for other in others),
        decisions=list(decided.only("outcome", "decided_at", *NAMES["moderator"])[:SHOWN]),
        reports=reports_of(review, user) if review.reported_count else [],
        alike=alike(review, seen),
        marks=list(ReviewMark.objects.filter(review=review).select_related("rule")),
    )


def reports_of(review: Review, user: Any) -> list[ReviewReport]:
    reports = scope(user, "view", ReviewReport).filter(review=review).select_related("reported_by")
    return list(reports.order_by("-reported_at", "-pk")[:SHOWN])


def last_decision(user: Any) -> ReviewDecision | None:
    """What this person would take back now, with what it is called."""
    last = ReviewDecision.objects.filter(pk__in=decisions_to_take_back(user).values("pk")[:1])  # one, then its names
    found = last.select_related("review__user", "review__course")
    return found.only("review", *(f"review__{name}" for path in ("user", "course") for name in NAMES[path])).first()


def alike(review: Review, seen: QuerySet[Review]) -> list[Review]:
    """Reviews with the same words anywhere, and those among the newest of the course with most of them."""
    others = seen.exclude(pk=review.pk)
    twins = others.filter(text_digest=review.text_digest) if review.text_digest else others.none()
    same = list(twins.order_by("-pk").values_list("pk", flat=True)[:SHOWN])
    words = frozenset(normalized(review.text).split())
    nearby = others.filter(course=review.course_id).order_by("-created_at", "-pk").values_list("pk", "text")[:COMPARED]
    near = [pk for pk, text in nearby if likeness(words, frozenset(normalized(text).split())) >= ALIKE_FROM]
    chosen = list(dict.fromkeys([*same, *near]))[:SHOWN]
    if not chosen:
        return []
    found = named(seen, "user", "course", shown=IN_A_LINE).in_bulk(chosen)
    return [found[pk] for pk in chosen if pk in found]
