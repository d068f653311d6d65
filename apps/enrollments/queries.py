"""Reads of enrollments that screens, services and jobs share."""

from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.catalog.models import Course, Lesson
from apps.enrollments.models import Enrollment, LessonProgress
from apps.enrollments.states import SEATED, EnrollmentStatus


def seats_taken(course: Course) -> int:
    """How many seats of a course are in use."""
    return Enrollment.objects.filter(course=course, status__in=SEATED).count()


def enrollments_past_access_end(now: datetime | None = None) -> QuerySet[Enrollment]:
    """Enrollments whose access ended but whose state does not say so yet."""
    return Enrollment.objects.filter(
        status__in=(EnrollmentStatus.ACTIVE, EnrollmentStatus.SUSPENDED), access_ends_at__lte=now or timezone.now()
    ).order_by("access_ends_at", "pk")


def enrollment_counts(course: Course) -> dict[str, int]:
    """How many current enrollments a course has in each state that occurs."""
    counted = Enrollment.objects.filter(course=course).order_by().values_list("status").annotate(n=Count("pk"))
    return dict(counted)


def lessons_with_progress(enrollment: Enrollment) -> list[tuple[Lesson, LessonProgress | None]]:
    """Every current lesson of the course in order, with what the learner did in it."""
    done = {row.lesson_id: row for row in LessonProgress.objects.filter(enrollment=enrollment)}
    lessons = (
        Lesson.objects.filter(course_id=enrollment.course_id, module__archived_at=None)
        .select_related("module")
        .only("title", "code", "order", "type", "access_level", "module__title", "module__order", "course_id")
        .order_by("module__order", "module_id", "order", "pk")
    )
    return [(lesson, done.get(lesson.pk)) for lesson in lessons]


def learner_counts() -> dict[str, Any]:
    """Subqueries that write the two counters of a course from its enrollments."""
    from_learners = Enrollment.objects.filter(course=OuterRef("pk")).order_by()
    learning = from_learners.exclude(status__in=(EnrollmentStatus.WAITLISTED, EnrollmentStatus.DROPPED))
    return {
        "enrolled_count": Coalesce(Subquery(learning.values("course").annotate(n=Count("pk")).values("n")), 0),
        "last_enrolled_at": Subquery(from_learners.order_by("-enrolled_at").values("enrolled_at")[:1]),
    }
