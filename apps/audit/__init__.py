"""Who changed what, when and why, whichever door it came through."""
