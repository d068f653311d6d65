"""What learners of the demo platform say about their courses, and what became of it."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

from apps.accounts.models import User
from apps.catalog.models import Module
from apps.enrollments.models import Enrollment
from apps.enrollments.states import LEARNING, EnrollmentStatus
from apps.reviews.models import Review, ReviewReport, Testimonial
from apps.reviews.services import mark_reviews
from apps.reviews.states import RejectionReason, ReviewState
from apps.reviews.words import digest_of
from backoffice.seed.people import People
from backoffice.seed.reading import HERE
from backoffice.seed.writing import World, write_all

REVIEWS = 600
REPORTED_SHARE = 0.08
TESTIMONIALS = 6
MOODS = {5: "good", 4: "good", 3: "mixed", 2: "bad", 1: "bad"}
NEWEST_DAYS = 4
NOTES = ("Is this about the course or about our player?", "Names somebody. Please read it too.", "Looks copied to me.")


@dataclass
class Phrases:
    """Sentences by mood and place ("good first"), and whole reviews by the reason they are rejected for."""

    parts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    unfit: list[tuple[str, str, str]] = field(default_factory=list)


@cache
def phrases() -> Phrases:
    found = Phrases()
    for line in (HERE / "reviews.txt").read_text(encoding="utf-8").splitlines():
        kind, _, words = line.partition(": ")
        if kind in RejectionReason.values:
            title, text = words.split(" | ")
            found.unfit.append((kind, title, text))
        else:
            found.parts[kind].append(words)
    return found


def make_reviews(world: World, people: People) -> None:
    """Reviews by people who got somewhere in the course; the newest wait, most others are decided."""
    dice = world.dice("reviews")
    far_enough = Enrollment.objects.filter(
        status__in=LEARNING, progress_percent__gte=10, last_accessed_at__lt=world.now
    )
    takers = list(far_enough.select_related("user", "course").order_by("pk"))
    modules: dict[int, list[str]] = defaultdict(list)
    for course, title in Module.with_archived.order_by("pk").values_list("course", "title"):
        modules[course].append(title)
    chosen = dice.sample(takers, min(world.many(REVIEWS), len(takers)))
    reviews = [review_of(world, dice, taken, modules[taken.course_id]) for taken in chosen]
    for review in reviews:
        decide(world, dice, review, people.moderator)
    reviews.sort(key=lambda review: review.created_at)
    waiting = [review for review in reviews if review.is_waiting]
    for review, words in zip(waiting[:: max(len(waiting) // 9, 1)], phrases().parts["odd"], strict=False):
        review.title, review.text = words.split(" | ")
    for review in reviews:
        review.text_digest = digest_of(review.text)
        review.flagged_to = (
            people.administrator if review.state == ReviewState.FLAGGED and dice.random() < 0.5 else None
        )
    reported = dice.sample(reviews, round(len(reviews) * REPORTED_SHARE))
    reporters = {id(review): dice.sample(people.learners, dice.choice((1, 1, 1, 2, 3))) for review in reported}
    for review in reported:
        review.reported_count = len([one for one in reporters[id(review)] if one.pk != review.user_id])
        review.is_reported_anew = review.is_waiting and review.reported_count > 0
    write_all(reviews, touched="decided_at")
    ReviewReport.objects.bulk_create(
        ReviewReport(
            review=review,
            reported_by=person,
            reason=dice.choice(ReviewReport.Reason.values[:-1]),
            reported_at=dice.uniform(0, 1) * (world.now - review.created_at) + review.created_at,
        )
        for review in reported
        for person in reporters[id(review)]
        if person.pk != review.user_id
    )
    mark_reviews([review.pk for review in waiting])
    write_all([testimonial_of(review, place) for place, review in enumerate(featured(reviews), start=1)])


def featured(reviews: list[Review]) -> list[Review]:
    """The newest featured ones, or of few reviews an approved one."""
    shown = [review for review in reviews if review.is_featured]
    return (shown or [review for review in reviews if review.state == ReviewState.APPROVED])[-TESTIMONIALS:]


def testimonial_of(review: Review, place: int) -> Testimonial:
    """The first sentence of a review, and of some whose author has not agreed yet."""
    quote = review.text.partition(". ")[0]
    agreed = place % 4 != 0
    return Testimonial(review=review, quote=quote, has_consent=agreed, is_active=agreed, order=place)


def review_of(world: World, dice: random.Random, taken: Enrollment, modules: list[str]) -> Review:
    """What one learner says some time after they last opened the course; those who finished are happier."""
    weights = (50, 30, 12, 5, 3) if taken.status == EnrollmentStatus.COMPLETED else (26, 32, 20, 13, 9)
    rating = dice.choices((5, 4, 3, 2, 1), weights)[0]
    parts, mood = phrases().parts, MOODS[rating]
    sentences = [dice.choice(parts[f"{mood} {place}"]) for place in ("first", "second", "last")]
    words = {"course": taken.course.title, "module": dice.choice(modules)}
    last = taken.last_accessed_at or taken.enrolled_at
    written = last + timedelta(seconds=round((world.now - last).total_seconds() * dice.random() ** 2))
    return Review(
        user=taken.user,
        course=taken.course,
        rating=rating,
        title=dice.choice(parts[f"{mood} title"]),
        text=" ".join(sentences[: dice.choice((2, 3, 3))]).format_map(words),
        is_verified_purchase=True,
        helpful_count=round(dice.paretovariate(1.6)) - 1,
        created_at=written,
        waits_since=written,
    )


def decide(world: World, dice: random.Random, review: Review, moderator: User) -> None:
    """Within a day or two, unless it is new; some are unfit to be read by others."""
    unfit = dice.random() < 0.09
    if unfit:
        review.rejection_reason, review.title, review.text = dice.choice(phrases().unfit)
    age = world.now - review.created_at
    if age < timedelta(days=NEWEST_DAYS):
        review.rejection_reason = ""
        if dice.random() < 0.15:
            review.state, review.moderator, review.moderator_note = ReviewState.FLAGGED, moderator, dice.choice(NOTES)
        return
    review.state = ReviewState.REJECTED if unfit else ReviewState.APPROVED
    review.moderator = moderator
    review.decided_at = review.created_at + timedelta(seconds=dice.randint(600, 172_800))
    review.is_featured = review.rating == 5 and not unfit and dice.random() < 0.03
