"""What the desk does in the background: telling authors, marking anew, and large bulk decisions."""

from datetime import timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.utils import timezone

from apps.jobs.registry import job
from apps.jobs.running import Run
from apps.reviews.models import BulkDecision, Review, ReviewSkip
from apps.reviews.services.bulk import decide_in_bulk
from apps.reviews.services.marking import mark_reviews
from apps.reviews.services.telling import (
    claim_to_tell,
    decisions_to_tell,
    give_back,
    is_news,
    tell_author,
    told_before,
)
from apps.reviews.states import WAITING

TOLD_IN_ONE_RUN = 2_000
MARKED_AT_ONCE = 500


@job(title="Tell authors what was decided on their reviews", every=timedelta(minutes=1))
def tell_authors(run: Run) -> str:
    """Each decision once; a mail that does not go is tried again at the next run."""
    told = 0
    connection = get_connection()
    for decision in run.track(list(decisions_to_tell()[:TOLD_IN_ONE_RUN])):
        if not claim_to_tell(decision) or not is_news(decision, told_before(decision.review)):
            continue
        try:
            told += tell_author(decision, connection)
        except OSError as refused:
            give_back(decision)
            run.warn(f"The author of the review of {decision.review.course} was not told: {refused}")
    forgotten = timezone.now() - timedelta(minutes=settings.REVIEW_SKIP_MINUTES)
    ReviewSkip.objects.filter(skipped_at__lt=forgotten).delete()
    run.count(told=told)
    return "No author waits for word." if not told else f"{told:,} author{'s' * (told != 1)} told."


@job(title="Mark waiting reviews by the rules", only_one=True)
def mark_waiting(run: Run) -> str:
    """All that waits, by the rules as they are now."""
    ids = list(Review.objects.filter(state__in=WAITING).order_by("pk").values_list("pk", flat=True))
    marks = 0
    for start in range(0, len(ids), MARKED_AT_ONCE):
        marks += mark_reviews(ids[start : start + MARKED_AT_ONCE])
        run.report(min(start + MARKED_AT_ONCE, len(ids)), len(ids))
    run.count(reviews=len(ids), marks=marks)
    return f"{len(ids):,} waiting reviews read, {marks:,} marks set."


@job(title="Decide on many reviews")
def decide_many(run: Run, bulk: int) -> str:
    """Under the rights of whoever asked for it, as they are now."""
    asked = BulkDecision.objects.get(pk=bulk)
    total = len(asked.review_ids)
    done = decide_in_bulk(asked, by=run.requester, report=lambda number: run.report(number, total))
    run.count(decided=done.done_count, left_alone=done.refused_count)
    return f"{done.done_count:,} decided, {done.refused_count:,} left alone."
