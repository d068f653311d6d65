"""Taking an import back: every record as it was before, except those somebody has changed or used since."""

from imports.undo.undoing import preview_undo, take_back, undo_import

__all__ = ["preview_undo", "take_back", "undo_import"]
