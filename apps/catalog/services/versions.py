"""New versions of courses: a deep copy that starts as a draft."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Max, Model
from django.utils import timezone

from apps.audit.recording import change_set, write_history
from apps.catalog.below import below_lessons
from apps.catalog.codes import next_version_code, unique_slug
from apps.catalog.grants import follow_instructor
from apps.catalog.models import Course, CourseInstructor, Lesson, Module, Resource
from apps.catalog.states import CourseStatus
from apps.records.rules import RuleBroken

HIGHEST_VERSION = Decimal("999.0")


def suggest_version_code(course: Course) -> str:
    """The code offered for the next version: PY-101-v2 for PY-101."""
    return next_version_code(course.code, Course.with_archived.values_list("code", flat=True))


def clone_course(course: Course, *, by: Any, code: str = "", title: str = "", reason: str = "") -> Course:
    """A new version of a course, as a draft: its facts, instructors, modules and lessons, and what lies below these.

    Learners stay in the old one; what is archived is left behind. Raises `RuleBroken` when the code is taken.
    """
    code = code.strip() or suggest_version_code(course)
    with change_set(by=by, reason=reason, title=f"New version of {course}"):
        if Course.with_archived.filter(code__iexact=code).exists():
            raise RuleBroken(f"The code {code} is taken. Choose another.")
        copy = _copy_of_course(course, code=code, title=title.strip())
        copy.full_clean()
        copy.save()
        for instructor in CourseInstructor.objects.filter(course=course, is_active=True):
            instructor.pk, instructor.course = None, copy
            instructor._state.adding = True
            instructor.save()
            follow_instructor(instructor, by=by)
        modules = _copy_pieces(Module.objects.filter(course=course), course_id=copy.pk)
        lessons = _copy_pieces(
            Lesson.objects.filter(module__in=modules), course_id=copy.pk, parents=("module_id", modules)
        )
        copied: dict[type[Model], dict[int, int]] = {Lesson: lessons}
        for below in below_lessons:
            parents = copied[below.parent_model]
            pieces = below.model._default_manager.filter(**{f"{below.parent}__in": parents})
            copied[below.model] = _copy_pieces(pieces, parents=(f"{below.parent}_id", parents))
    return copy


def _copy_of_course(course: Course, *, code: str, title: str) -> Course:
    family = Course.with_archived.filter(parent_version=course).aggregate(highest=Max("version"))["highest"]
    copy: Course = Course.with_archived.get(pk=course.pk)
    copy.pk, copy._state.adding = None, True
    copy.code, copy.title = code, title or course.title
    copy.slug = unique_slug(copy.title, Course.with_archived.all())
    copy.version = min(max(course.version, family or course.version) + 1, HIGHEST_VERSION)
    copy.parent_version = course
    copy.status, copy.published_at = CourseStatus.DRAFT, None
    copy.archived_at = copy.archived_by = None
    copy.is_featured = False
    copy.enrolled_count, copy.last_enrolled_at = 0, None
    copy.created_at = timezone.now()
    return copy


def _copy_pieces(
    pieces: Iterable[Any], *, parents: tuple[str, dict[int, int]] | None = None, **values: Any
) -> dict[int, int]:
    """Copies pieces in bulk with their history; returns the new id for each old one."""
    originals = list(pieces)
    now = timezone.now()
    for piece in originals:
        piece._state.adding = True
        piece.created_at = piece.updated_at = now
        for name, value in values.items():
            setattr(piece, name, value)
        if parents:
            name, new_ids = parents
            setattr(piece, name, new_ids[getattr(piece, name)])
        if isinstance(piece, Resource):
            piece.download_count = 0
    old_ids = [piece.pk for piece in originals]
    for piece in originals:
        piece.pk = None
    if originals:
        type(originals[0])._base_manager.bulk_create(originals, batch_size=500)
        write_history(originals, "+")
    return dict(zip(old_ids, (piece.pk for piece in originals), strict=True))
