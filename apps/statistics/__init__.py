"""What says that somebody has completed a course, and how anybody can check it."""
