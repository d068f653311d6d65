"""Telling authors what was decided on their reviews: once, in the last word, when it cannot be taken back any more."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.notifications.services import message_about, notify
from apps.reviews.models import Review, ReviewDecision
from apps.reviews.states import DECIDED, RejectionReason, ReviewState


def decisions_to_tell() -> QuerySet[ReviewDecision]:
    """Everything due and not done, oldest first."""
    due = timezone.now() - timedelta(minutes=settings.REVIEW_UNDO_MINUTES)
    open_ones = ReviewDecision.objects.filter(
        told_at=None, taken_back_at=None, outcome__in=sorted(DECIDED), decided_at__lte=due
    )
    return open_ones.select_related("review__user", "review__course").order_by("decided_at", "pk")


def claim_to_tell(decision: ReviewDecision) -> bool:
    """Whether it is ours to tell: nobody else does, and it was not taken back meanwhile."""
    untold = ReviewDecision.objects.filter(pk=decision.pk, told_at=None, taken_back_at=None)
    return bool(untold.update(told_at=timezone.now()))


def give_back(decision: ReviewDecision) -> None:
    """It could not be told."""
    ReviewDecision.objects.filter(pk=decision.pk).update(told_at=None)


def is_news(decision: ReviewDecision, told_before: Sequence[ReviewDecision]) -> bool:
    """Whether it still stands, and says something else than what the author was told of the same words before."""
    review = decision.review
    if review.state != decision.outcome or review.is_archived:
        return False
    last = next((one for one in told_before if one.pk != decision.pk), None)
    is_edited = last is not None and review.edited_at is not None and review.edited_at > last.decided_at
    return last is None or is_edited or last.outcome != decision.outcome


def told_before(review: Review) -> list[ReviewDecision]:
    told = ReviewDecision.objects.filter(review=review, told_at__isnull=False, outcome__in=sorted(DECIDED))
    return list(told.order_by("-decided_at", "-pk")[:2])


def tell_author(decision: ReviewDecision, connection: Any) -> bool:
    """By the bell to those who work here, by mail to all others who want mails. Raises `OSError` when no mail goes."""
    review, person = decision.review, decision.review.user
    subject, text = words_of(review)
    if person.is_staff:
        notify(person, kind="review", title=subject, text=text, link=page_of(review, person))
        return True
    if not person.is_active or not wants_mail(person):
        return False
    connection.send_messages([message_about(person, "learner.review", title=subject, text=text)])
    return True


def words_of(review: Review) -> tuple[str, str]:
    """The subject and the text; what moderators note is not for the author."""
    if review.state == ReviewState.APPROVED:
        return (
            f"Your review of {review.course} is published",
            "Thank you for your review. Others can read it now.",
        )
    reason = RejectionReason(review.rejection_reason).label.lower()
    return (
        f"Your review of {review.course} is not published",
        f"Your review was read and is not published: {reason}. You can edit it; then it is read again.",
    )


def page_of(review: Review, person: Any) -> str:
    """The page of the review for those who may open it, or the overview."""
    may_open = person.has_perm("reviews.view_review")
    return reverse("admin:reviews_review_change", args=[review.pk]) if may_open else reverse("admin:index")


def wants_mail(person: Any) -> bool:
    profile = getattr(person, "profile", None)
    return profile is None or bool(profile.receive_email_notifications)
