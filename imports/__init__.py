"""Spreadsheets in and out: plan, apply, undo."""
