"""Everything that can happen to a review, as functions; each is one change set."""

from apps.reviews.services.bulk import ask_in_bulk, decide_in_bulk, undo_in_bulk
from apps.reviews.services.deciding import (
    approve_review,
    archive_review,
    feature_review,
    flag_review,
    reject_review,
    reopen_review,
    restore_review,
    unfeature_review,
)
from apps.reviews.services.desk import (
    hold_review,
    look_again,
    release_reviews,
    renew_hold,
    skip_review,
    take_review,
    undo_decision,
)
from apps.reviews.services.marking import mark_reviews
from apps.reviews.services.testimonials import show_testimonial, withdraw_testimonial
from apps.reviews.services.writing import edit_review, report_review, submit_review

__all__ = [
    "approve_review",
    "archive_review",
    "ask_in_bulk",
    "decide_in_bulk",
    "edit_review",
    "feature_review",
    "flag_review",
    "hold_review",
    "look_again",
    "mark_reviews",
    "reject_review",
    "release_reviews",
    "renew_hold",
    "reopen_review",
    "report_review",
    "restore_review",
    "show_testimonial",
    "skip_review",
    "submit_review",
    "take_review",
    "undo_decision",
    "undo_in_bulk",
    "unfeature_review",
    "withdraw_testimonial",
]
