"""What learners say about courses. New ones come in as they were written; of those there are only the decision moves.

Nobody is told of an imported decision: whoever imports brings along what was decided elsewhere.
"""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from apps.catalog.queries import active_instructors
from apps.enrollments.models import Enrollment
from apps.enrollments.states import LEARNING
from apps.records.rules import RuleBroken
from apps.reviews.models import Review, ReviewMark, ReviewSkip
from apps.reviews.queries import of_own_interest
from apps.reviews.services.changing import enter_state, forget_decisions
from apps.reviews.services.marking import mark_reviews
from apps.reviews.services.testimonials import withdraw_testimonial_of
from apps.reviews.states import ReviewState
from apps.reviews.words import digest_of
from imports.codes import RowCode
from imports.types.base import CLEAR, Chunk, Draft, ImportKind, Written
from imports.types.columns import Choice, LongText, Moment, Reference, Text, WholeNumber, YesNo

WORDS = ("rating", "title", "text")
FIXED = (
    "first_name",
    "last_name",
    "written_at",
    "decided_at",
    "is_verified_purchase",
    "helpful_count",
    "reported_count",
)
FOLLOWS = ("first_name", "last_name", "is_verified_purchase", "reported_count")
"""What a new review gets by itself, whatever a file says."""
WORDS_STAY = "What a learner wrote stays as it is; only they edit it."
DECISION = ("state", "rejection_reason", "is_featured")


class Reviews(ImportKind):
    key = "reviews"
    heading = "Reviews"
    key_columns = ("student_email", "course_code")
    label_column = "title"

    student_email = Reference(
        "user",
        by="email",
        verb="view",
        label="Learner",
        required_on_create=True,
        aliases=("email", "student", "learner_email", "user_email"),
        example="sam@example.org",
    )
    first_name = Text("user__first_name", label="First name")
    last_name = Text("user__last_name", label="Last name")
    course_code = Reference("course", by="code", required_on_create=True, aliases=("course",), example="PY-101")
    rating = WholeNumber(required_on_create=True, aliases=("stars",), example="4")
    title = Text(example="Clear and well paced")
    text = LongText(
        required_on_create=True,
        aliases=("comment", "review"),
        example="Every lesson builds on the one before, and the exercises are worth the time.",
    )
    state = Choice(right="decide", aliases=("status",), example="pending")
    rejection_reason = Choice(right="decide")
    moderator_note = LongText(right="decide", aliases=("note",))
    written_at = Moment("created_at", label="Written", aliases=("written_on",), example="2026-03-01 09:00")
    decided_at = Moment()
    is_verified_purchase = YesNo()
    is_featured = YesNo(right="decide", aliases=("featured",))
    helpful_count = WholeNumber()
    reported_count = WholeNumber()

    class Meta:
        model = Review

    def facts(self, columns: frozenset[str]) -> tuple[str, ...]:  # noqa: ARG002
        return ("state", "rejection_reason", "is_featured", "decided_at")

    def check(self, chunk: Chunk) -> None:
        drafts = chunk.sound
        own = self._of_own_interest(drafts, chunk.user)
        for draft in drafts:
            self._keep_words(draft)
            if draft.number in own and draft.changes.keys() & {*DECISION, "moderator_note"}:
                text = "You wrote this review or teach its course, so a colleague has to decide on it."
                draft.fault(RowCode.R_DENIED, text, self.column("state"), draft.given.get("state", ""))
            elif draft.is_new or draft.changes.keys() & set(DECISION):
                self._decide(draft, chunk.user)

    @staticmethod
    def _of_own_interest(drafts: Sequence[Draft], user: Any) -> set[int]:
        """The rows whose review the importing person has a part in, new ones among them."""
        there = {draft.pk for draft in drafts if draft.pk}
        pks = set(Review.with_archived.filter(of_own_interest(user), pk__in=there).values_list("pk", flat=True))
        courses = {draft.values.get("course_id") or 0 for draft in drafts if draft.is_new}
        teaching = active_instructors().filter(user=user.pk, course__in=courses).order_by()
        teaches = set(teaching.values_list("course", flat=True))
        return {
            draft.number
            for draft in drafts
            if draft.pk in pks
            or (draft.is_new and (draft.values.get("user_id") == user.pk or draft.values.get("course_id") in teaches))
        }

    def _keep_words(self, draft: Draft) -> None:
        if draft.is_new:
            for name in FOLLOWS:
                draft.changes.pop(name, None)
                draft.values.pop(self.column(name).attname, None)
            return
        for name in draft.changes.keys() & {*WORDS, *FIXED}:
            text = WORDS_STAY if name in WORDS else f"{self.label_of(name)} is not changed by an import."
            draft.fault(RowCode.R_RULE, text, self.column(name), draft.given.get(name, ""))

    def _decide(self, draft: Draft, user: Any) -> None:
        """A new review may have any state, one that is there goes its ways; both get what follows from it."""
        before = ReviewState.PENDING if draft.is_new else ReviewState(draft.current["state"])
        given = draft.given.get("state")
        wanted = ReviewState(given) if given and given is not CLEAR else before
        review = Review(
            state=before,
            rejection_reason=draft.field("rejection_reason") or "",
            is_featured=bool(draft.field("is_featured")),
            decided_at=draft.field("decided_at"),
        )
        try:
            enter_state(review, wanted, now=timezone.now())
        except RuleBroken as broken:
            draft.fault(RowCode.R_RULE, broken.sentence, self.column("state"), str(wanted))
            return
        for name in ("state", "rejection_reason", "is_featured", "decided_at"):
            draft.values[name] = getattr(review, name)
        if wanted != before:
            draft.values |= {"moderator_id": user.pk, "flagged_to_id": None, "is_reported_anew": False}
            draft.values |= {"claimed_by_id": None, "claimed_until": None}

    def before_writing(self, created: list[dict[str, Any]], updated: list[dict[str, Any]]) -> None:  # noqa: ARG002
        """What the desk needs of new reviews: whose they are, since when they wait, and what their words are."""
        if not created:
            return
        learning = Enrollment.objects.filter(
            user__in={values["user_id"] for values in created}, status__in=LEARNING
        ).order_by()
        taken = set(learning.values_list("user_id", "course_id"))
        for values in created:
            values["is_verified_purchase"] = (values["user_id"], values["course_id"]) in taken
            values["text_digest"] = digest_of(values["text"])
            if values.get("created_at"):
                values["waits_since"] = values["created_at"]

    def after_writing(self, written: Sequence[Written], user: Any) -> None:  # noqa: ARG002
        """What was decided here before is not told any more, and what is approved no more is shown no more."""
        moved = [row.pk for row in written if not row.created and "state" in row.values]
        for review in Review.with_archived.filter(pk__in=moved):
            forget_decisions(review)
            if review.state != ReviewState.APPROVED:
                withdraw_testimonial_of(review)

    def after_all(self, ids: Sequence[int]) -> None:
        mark_reviews(ids)

    def before_undo(self, ids: Sequence[int]) -> None:
        ReviewMark.objects.filter(review__in=ids).delete()
        ReviewSkip.objects.filter(review__in=ids).delete()

    def after_undo(self, ids: Sequence[int]) -> None:
        mark_reviews(ids)
