"""Publishing courses: what must hold before learners see one, and what a person is warned of."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import get_text_list

from apps.audit.recording import change_set
from apps.catalog.models import Category, Course
from apps.catalog.queries import active_instructors
from apps.catalog.states import CourseStatus, transition_allowed
from apps.records.policy import policy_for
from apps.records.rules import RuleBroken


def missing_before_publication(course: Course, *, has_instructor: bool | None = None) -> list[str]:
    """What a course lacks that it cannot be published without, as phrases.

    A caller with many courses passes `has_instructor`; then nothing is read from the database.
    """
    if has_instructor is None:
        has_instructor = course.pk is not None and active_instructors().filter(course=course).exists()
    facts = {
        "a title": course.title.strip(),
        "a category": course.category_id,
        "an active instructor": has_instructor,
    }
    return [phrase for phrase, holds in facts.items() if not holds]


def warnings_before_publication(course: Course, *, has_lessons: bool | None = None) -> list[str]:
    """What a person should know before publishing; each a sentence, none of them stops anything."""
    if has_lessons is None:
        has_lessons = course.pk is not None and course.lessons.filter(archived_at=None).exists()
    facts = {
        "It has no lessons.": has_lessons,
        "It has no description.": course.description.strip(),
        "It has no price.": course.price is not None,
    }
    return [sentence for sentence, holds in facts.items() if not holds]


def enter_status(course: Course, status: str, *, now: datetime | None = None) -> None:
    """Puts a course into a state and sets what follows from it, without saving. Raises `RuleBroken`.

    The one place where a status is assigned: services, bulk actions and imports all come through here. It knows which
    ways are open; what must hold before publication is `missing_before_publication`.
    """
    if not transition_allowed(course.status, status):
        words = dict(CourseStatus.choices)
        raise RuleBroken(
            f"{course} is {words[course.status].lower()} and cannot become {words[status].lower()}.{_way_on(course)}"
        )
    if course.status == status:
        return
    now = now or timezone.now()
    if status == CourseStatus.PUBLISHED:
        course.published_at = course.published_at or now
    course.archived_at = now if status == CourseStatus.ARCHIVED else None
    course.status = status


def _way_on(course: Course) -> str:
    return " Restore it first." if course.status == CourseStatus.ARCHIVED else ""


@transaction.atomic
def publish_course(course: Course, *, by: Any, reason: str = "") -> Course:
    """Shows a course to learners. Raises `RuleBroken` when something it needs is missing."""
    if course.status == CourseStatus.PUBLISHED:
        raise RuleBroken(f"{course} is already published.")
    if missing := missing_before_publication(course):
        raise RuleBroken(f"{course} cannot be published yet: it needs {get_text_list(missing, 'and')}.")
    with change_set(by=by, reason=reason, title=f"Publish {course}"):
        enter_status(course, CourseStatus.PUBLISHED)
        course.save()
    return course


@transaction.atomic
def unpublish_course(course: Course, *, by: Any, reason: str = "") -> Course:
    """Takes a course out of the catalog; its learners keep it."""
    if course.status != CourseStatus.PUBLISHED:
        raise RuleBroken(f"{course} is not published.")
    with change_set(by=by, reason=reason, title=f"Unpublish {course}"):
        enter_status(course, CourseStatus.UNPUBLISHED)
        course.save()
    return course


def feature_course(course: Course, *, by: Any, reason: str = "") -> Course:
    """Puts a course on the front of the catalog."""
    return _set_featured(course, featured=True, by=by, reason=reason)


def unfeature_course(course: Course, *, by: Any, reason: str = "") -> Course:
    """Takes a course off the front of the catalog."""
    return _set_featured(course, featured=False, by=by, reason=reason)


@transaction.atomic
def _set_featured(course: Course, *, featured: bool, by: Any, reason: str) -> Course:
    refuse_archived(course)
    if course.is_featured == featured:
        raise RuleBroken(f"{course} is {'already' if featured else 'not'} featured.")
    with change_set(by=by, reason=reason, title=f"{'Feature' if featured else 'Stop featuring'} {course}"):
        course.is_featured = featured
        course.save()
    return course


@transaction.atomic
def change_category(course: Course, category: Category, *, by: Any, reason: str = "") -> Course:
    """Moves a course to another branch of the catalog."""
    refuse_archived(course)
    if category.is_archived:
        raise RuleBroken(f"The category {category} is archived. Restore it first or choose another.")
    if course.category_id == category.pk:
        raise RuleBroken(f"{course} is in {category} already.")
    with change_set(by=by, reason=reason, title=f"Move {course} to {category}"):
        course.category = category
        policy_for(Course).refuse_gain(by, course)
        course.save()
    return course


def refuse_archived(course: Course) -> None:
    """Raises `RuleBroken` when a course is archived: nothing about it changes until it is restored."""
    if course.is_archived:
        raise RuleBroken(f"{course} is archived. Restore it first.")
