"""The states of a course and the ways from one to another."""

from django.db import models


class CourseStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    UNPUBLISHED = "unpublished", "Unpublished"
    ARCHIVED = "archived", "Archived"


TRANSITIONS: dict[str, frozenset[str]] = {
    CourseStatus.DRAFT: frozenset({CourseStatus.PUBLISHED, CourseStatus.ARCHIVED}),
    CourseStatus.PUBLISHED: frozenset({CourseStatus.UNPUBLISHED, CourseStatus.ARCHIVED}),
    CourseStatus.UNPUBLISHED: frozenset({CourseStatus.PUBLISHED, CourseStatus.ARCHIVED}),
    CourseStatus.ARCHIVED: frozenset({CourseStatus.DRAFT, CourseStatus.UNPUBLISHED}),
}


def transition_allowed(before: str, after: str) -> bool:
    """Whether a course in the first state may enter the second; staying where it is always may."""
    return before == after or after in TRANSITIONS[before]
