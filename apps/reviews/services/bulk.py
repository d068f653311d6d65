"""Deciding on many reviews at once, in a few statements for two thousand of them, with an outcome for each."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from apps.audit.recording import change_set
from apps.audit.set_based import among, id_list, record_history
from apps.records.policy import scope
from apps.records.rules import RuleBroken
from apps.reviews.models import BulkDecision, BulkRefusal, Review, ReviewDecision
from apps.reviews.services.changing import who_was_first
from apps.reviews.services.testimonials import withdraw_testimonial_of
from apps.reviews.states import TRANSITIONS, RejectionReason

CHUNK = 2_000
MOST_AT_ONCE = 50_000
NOT_ALLOWED = "You may not decide on this review: you have a part in it, or no right to."


def ask_in_bulk(ids: Iterable[int], outcome: str, *, by: Any, because: str = "", note: str = "") -> BulkDecision:
    """Keeps what somebody asks for, before anything is decided. Raises `RuleBroken` for what decides no review."""
    chosen = sorted(set(ids))
    if len(chosen) > MOST_AT_ONCE:
        raise RuleBroken(f"At most {MOST_AT_ONCE:,} reviews are decided at a time. Narrow the list down.")
    if outcome == BulkDecision.Outcome.REJECTED:
        if because not in RejectionReason.values:
            raise RuleBroken("Choose why they are rejected.")
        if because == RejectionReason.OTHER and not note.strip():
            raise RuleBroken("Say in the note what else is wrong with them.")
    elif because:
        raise RuleBroken("Only a rejection has a reason of the catalogue.")
    return BulkDecision.objects.create(
        requester=by,
        outcome=outcome,
        because=because,
        note=note.strip(),
        asked_count=len(chosen),
        review_ids=chosen,
    )


def decide_in_bulk(bulk: BulkDecision, *, by: Any, report: Callable[[int], None] | None = None) -> BulkDecision:
    """Does it, all in one change set; what was done before is not done again."""
    reason = RejectionReason(bulk.because).label if bulk.because else ""
    with change_set(by=by, reason=reason, title=str(bulk), origin=f"reviews.bulkdecision:{bulk.pk}"):
        bulk.refresh_from_db(from_queryset=BulkDecision.objects.select_for_update(of=("self",)))
        if bulk.finished_at is not None:
            return bulk
        for start in range(0, len(bulk.review_ids), CHUNK):
            done, refused = decide_chunk(bulk, bulk.review_ids[start : start + CHUNK], by=by)
            bulk.done_count += done
            bulk.refused_count += refused
            if report is not None:
                report(start + done + refused)
        bulk.review_ids, bulk.finished_at = [], timezone.now()
        bulk.save()
    return bulk


def decide_chunk(bulk: BulkDecision, ids: Sequence[int], *, by: Any) -> tuple[int, int]:
    """How many of these were decided, and how many were left alone. They are locked in the order of their keys."""
    locked = Review.with_archived.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
    rows = list(locked.values_list("pk", "state", "archived_at", "claimed_by_id", "claimed_until", named=True))
    allowed = set(scope(by, "decide", Review).filter(pk__in=ids).order_by().values_list("pk", flat=True))
    now = timezone.now()
    ways = {state for state, after in TRANSITIONS.items() if bulk.outcome in after}
    decided = [
        row.pk
        for row in rows
        if row.pk in allowed
        and row.archived_at is None
        and row.state in ways
        and (row.claimed_by_id in (None, by.pk) or row.claimed_until <= now)
    ]
    record_decisions(bulk, decided, by=by, now=now)
    Review.with_archived.filter(pk__in=decided).update(
        state=bulk.outcome,
        moderator=by.pk,
        decided_at=now,
        updated_at=now,
        rejection_reason=bulk.because,
        moderator_note=bulk.note or F("moderator_note"),
        flagged_to=None,
        is_reported_anew=False,
        claimed_by=None,
        claimed_until=None,
    )
    record_history(Review, decided, "~")
    left = sorted(set(ids) - set(decided))
    return len(decided), refuse(bulk, left, allowed)


def record_decisions(bulk: BulkDecision, ids: Sequence[int], *, by: Any, now: datetime) -> None:
    """A decision for each of these reviews as they wait now, copied by the database from the reviews themselves."""
    if not ids:
        return
    facts = {"moderator_id": by.pk, "outcome": str(bulk.outcome), "decided_at": now, "bulk_id": bulk.pk}
    fields: Any = {field.attname: field for field in ReviewDecision._meta.concrete_fields}
    given = [fields[name].get_db_prep_save(value, connection) for name, value in facts.items()]
    marks = ", ".join(
        f"%s::{fields[name].db_type(connection)}" if connection.vendor == "postgresql" else "%s" for name in facts
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {ReviewDecision._meta.db_table} ({', '.join(facts)}, review_id, state_before, "  # noqa: S608
            "flagged_by_before_id, flagged_to_before_id, waited_since, was_reported_anew) "
            f"SELECT {marks}, id, state, CASE WHEN state = 'flagged' THEN moderator_id END, flagged_to_id, "
            f"waits_since, is_reported_anew FROM {Review._meta.db_table} WHERE id {among()}",
            [*given, id_list(ids)],
        )


def refuse(bulk: BulkDecision, ids: Sequence[int], allowed: set[int]) -> int:
    """Keeps why each of these was left alone."""
    if not ids:
        return 0
    rows = Review.with_archived.filter(pk__in=ids).select_related("user", "course", "moderator", "claimed_by")
    found = {row.pk: row for row in rows}
    BulkRefusal.objects.bulk_create(
        BulkRefusal(bulk=bulk, review=found[pk], sentence=why_not(found[pk], bulk.outcome, allowed)[:300])
        for pk in ids
        if pk in found
    )
    return len(ids)


def why_not(review: Review, outcome: str, allowed: set[int]) -> str:
    if review.pk not in allowed:
        return NOT_ALLOWED
    if review.is_archived:
        return "This review is archived. Restore it first."
    if outcome not in TRANSITIONS[review.state]:
        return who_was_first(review)
    return f"{review.claimed_by} is reading this review at the desk. Let them decide on it."


def undo_in_bulk(bulk: BulkDecision, *, by: Any) -> tuple[int, int]:
    """Lets its reviews wait again as they did, all in one change set; answers with how many, and how many stay decided.

    Raises `RuleBroken` for anybody but who decided, and once the authors are told.
    """
    with change_set(by=by, reason="Taken back.", title=f"Take back: {bulk}", origin=f"reviews.bulkdecision:{bulk.pk}"):
        bulk.refresh_from_db(from_queryset=BulkDecision.objects.select_for_update(of=("self",)))
        if refusal := refusal_to_undo(bulk, by=by):
            raise RuleBroken(refusal)
        bulk.taken_back_at = timezone.now()
        bulk.save(update_fields=["taken_back_at"])
        ids = list(bulk.decisions.order_by("review_id").values_list("review_id", flat=True))
        done = sum(undo_chunk(bulk, ids[start : start + CHUNK], by=by) for start in range(0, len(ids), CHUNK))
    return done, len(ids) - done


def refusal_to_undo(bulk: BulkDecision, *, by: Any) -> str:
    """Why it cannot be taken back as a whole, as a sentence; empty when it can."""
    minutes = settings.REVIEW_UNDO_MINUTES
    if bulk.requester_id != by.pk:
        return f"{bulk.requester} decided this. Reopen the reviews one by one."
    if bulk.taken_back_at is not None:
        return "This bulk decision is taken back already."
    if bulk.finished_at is None:
        return "This bulk decision is still being done. Take it back when it is."
    if bulk.finished_at <= timezone.now() - timedelta(minutes=minutes):
        return f"More than {minutes:,} minutes have passed, and the authors are told. Reopen the reviews one by one."
    return ""


def undo_chunk(bulk: BulkDecision, ids: Sequence[int], *, by: Any) -> int:
    """How many of these wait again: those whose decision still stands and was not told, and on which one may decide."""
    standing = Review.with_archived.filter(pk__in=ids, state=bulk.outcome, moderator=by.pk, archived_at=None)
    locked = set(standing.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    allowed = set(scope(by, "decide", Review).filter(pk__in=locked).order_by().values_list("pk", flat=True))
    untold = ReviewDecision.objects.filter(bulk=bulk.pk, review__in=allowed, told_at=None, taken_back_at=None)
    waiting = list(untold.select_for_update(of=("self",)).values_list("review_id", flat=True))
    before = ReviewDecision.objects.filter(bulk=bulk.pk, review=OuterRef("pk"))
    was: dict[str, Any] = {
        name: Subquery(before.values(path)[:1])
        for name, path in (
            ("state", "state_before"),
            ("moderator", "flagged_by_before"),
            ("flagged_to", "flagged_to_before"),
            ("waits_since", "waited_since"),
            ("is_reported_anew", "was_reported_anew"),
        )
    }
    facts = {"rejection_reason": "", "decided_at": None, "is_featured": False, "updated_at": timezone.now()}
    Review.with_archived.filter(pk__in=waiting).update(**was, **facts)
    record_history(Review, waiting, "~")
    for review in Review.with_archived.filter(pk__in=waiting, testimonial__is_active=True):
        withdraw_testimonial_of(review)
    untold.filter(review__in=waiting).update(taken_back_at=timezone.now())
    return len(waiting)
