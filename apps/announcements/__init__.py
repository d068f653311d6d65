"""Announcements: what the learners of a course are told by those who look after them."""
