"""Who takes which course and how far they are."""
