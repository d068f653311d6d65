"""The doors of an import: upload, choose, plan, repair, discuss, approve, apply and undo, on every way in alike."""

from imports.services.applying import apply_now, needs_confirmation, start_apply
from imports.services.approving import approve_plan, ask_for_approval, decline_plan, withdraw_question
from imports.services.correcting import (
    continue_with,
    continue_with_upload,
    correct_row,
    correct_value,
    withdraw_corrections,
)
from imports.services.discussing import comment_on
from imports.services.planning import plan_now, start_plan
from imports.services.undoing import start_undo, undo_now, undo_preview
from imports.services.uploading import configure, upload_file

__all__ = [
    "apply_now",
    "approve_plan",
    "ask_for_approval",
    "comment_on",
    "configure",
    "continue_with",
    "continue_with_upload",
    "correct_row",
    "correct_value",
    "decline_plan",
    "needs_confirmation",
    "plan_now",
    "start_apply",
    "start_plan",
    "start_undo",
    "undo_now",
    "undo_preview",
    "upload_file",
    "withdraw_corrections",
    "withdraw_question",
]
