"""Marking reviews by the rules: those just written or imported, and all that wait when a rule has changed."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.enrollments.models import Enrollment
from apps.enrollments.states import LEARNING
from apps.reviews.finding import FOUND_IN_TEXT
from apps.reviews.models import Review, ReviewMark, ReviewRule, RuleKind
from apps.reviews.states import WAITING

ALONG = 100
LONGEST_FOUND = 200

Found = Iterator[tuple[int, str]]


def mark_with_others(review: Review) -> None:
    """A review and those it may put in another light: of the same person and with the same words."""
    waiting = Review.objects.filter(state__in=WAITING).exclude(pk=review.pk)
    same_person = waiting.filter(user=review.user_id).order_by("-created_at").values_list("pk", flat=True)[:ALONG]
    same_words: Sequence[int] = ()
    if review.text_digest:
        same_words = list(waiting.filter(text_digest=review.text_digest).values_list("pk", flat=True)[:ALONG])
    mark_reviews({review.pk, *same_person, *same_words})


def mark_reviews(ids: Collection[int]) -> int:
    """Writes the marks of these reviews anew, by the rules that are active, and says how many there are."""
    rules = list(ReviewRule.objects.filter(is_active=True))
    rows = Review.with_archived.filter(pk__in=list(ids)).order_by()
    reviews = list(rows.only("pk", "title", "text"))
    found = [
        ReviewMark(review_id=pk, rule=rule, found=words[:LONGEST_FOUND])
        for rule in rules
        for pk, words in found_by(rule, reviews, rows)
    ]
    with transaction.atomic():
        ReviewMark.objects.filter(review__in=[review.pk for review in reviews]).delete()
        ReviewMark.objects.bulk_create(found, ignore_conflicts=True)
    return len(found)


def found_by(rule: ReviewRule, reviews: Sequence[Review], rows: QuerySet[Review]) -> Found:
    """The reviews in which a rule finds something, and what; rules about texts read them, the others ask once."""
    if (find := FOUND_IN_TEXT.get(rule.kind)) is not None:
        phrases = rule.phrases()
        for review in reviews:
            if (words := find(f"{review.title}\n{review.text}", rule.limit or 0, phrases)) is not None:
                yield review.pk, words
    else:
        yield from ASKED[RuleKind(rule.kind)](rule, rows)


def same_words_elsewhere(rule: ReviewRule, rows: QuerySet[Review]) -> Found:  # noqa: ARG001
    others = Review.objects.filter(text_digest=OuterRef("text_digest")).exclude(pk=OuterRef("pk")).order_by()
    for pk in rows.exclude(text_digest="").filter(Exists(others)).values_list("pk", flat=True):
        yield pk, ""


def without_enrollment(rule: ReviewRule, rows: QuerySet[Review]) -> Found:  # noqa: ARG001
    taken = Enrollment.objects.filter(course=OuterRef("course"), user=OuterRef("user"), status__in=LEARNING).order_by()
    for pk in rows.exclude(Exists(taken)).values_list("pk", flat=True):
        yield pk, ""


def many_by(field: str) -> Callable[[ReviewRule, QuerySet[Review]], Found]:
    """Finds reviews around which, within so many hours, too many have the same person or course."""

    def find(rule: ReviewRule, rows: QuerySet[Review]) -> Found:
        span = timedelta(hours=rule.within_hours or 1)
        around = Review.with_archived.filter(
            **{field: OuterRef(field)},
            created_at__gt=OuterRef("created_at") - span,
            created_at__lt=OuterRef("created_at") + span,
        )
        counted = around.order_by().values(field).annotate(number=Count("pk")).values("number")
        many = rows.annotate(number=Coalesce(Subquery(counted), 0)).filter(number__gte=rule.limit or 1)
        for pk, number in many.values_list("pk", F("number")):
            yield pk, f"{number:,} within {rule.within_hours or 1:,} hours"

    return find


ASKED: dict[RuleKind, Callable[[ReviewRule, QuerySet[Review]], Found]] = {
    RuleKind.DUPLICATE: same_words_elsewhere,
    RuleKind.OUTSIDER: without_enrollment,
    RuleKind.MANY_BY_PERSON: many_by("user"),
    RuleKind.MANY_ON_COURSE: many_by("course"),
}
