"""Reads of enrollments that screens, services and jobs share."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.catalog.models import Course, Lesson
from apps.catalog.queries import active_instructors
from apps.enrollments.models import Enrollment, LessonProgress
from apps.enrollments.states import LEARNING, SEATED, EnrollmentStatus

SUPPORT = "support"
MOST_TOLD = 20
MOST_LEARNERS, MOST_LESSONS = 2_000, 200


def seats_taken(course: Course) -> int:
    """How many seats of a course are in use."""
    return Enrollment.objects.filter(course=course, status__in=SEATED).count()


def seats_and_waiting(courses: Iterable[int]) -> dict[int, tuple[int, int]]:
    """For each of these courses, how many seats are in use and how many wait who could begin."""
    ids = list(courses)
    could_begin = Q(status=EnrollmentStatus.WAITLISTED, user__is_active=True, user__archived_at=None)
    rows = Enrollment.objects.filter(course__in=ids).order_by().values_list("course")
    counted = rows.annotate(taken=Count("pk", filter=Q(status__in=SEATED)), waiting=Count("pk", filter=could_begin))
    return dict.fromkeys(ids, (0, 0)) | {pk: (taken, waiting) for pk, taken, waiting in counted}


def waiting_list(course: Course | int) -> QuerySet[Enrollment]:
    """Everybody who waits for a seat of a course, in the order in which they came."""
    waiting = Enrollment.objects.filter(course=course, status=EnrollmentStatus.WAITLISTED)
    return waiting.order_by("enrolled_at", "pk")


def waiting_for(course: Course | int, now: datetime | None = None) -> QuerySet[Enrollment]:
    """Those on the waiting list who could begin at once."""
    ends_later = Q(access_ends_at=None) | Q(access_ends_at__gt=now or timezone.now())
    return waiting_list(course).filter(ends_later, user__is_active=True, user__archived_at=None)


def waiting_place(enrollment: Enrollment) -> tuple[int, int]:
    """The place on the waiting list, from 1, and how many are on it."""
    ahead = Q(enrolled_at__lt=enrollment.enrolled_at) | Q(enrolled_at=enrollment.enrolled_at, pk__lt=enrollment.pk)
    counted = waiting_list(enrollment.course_id).aggregate(ahead=Count("pk", filter=ahead), all=Count("pk"))
    return counted["ahead"] + 1, counted["all"]


def courses_with_free_seats() -> QuerySet[Course]:
    """Courses that have a free seat, or no limit any more, while somebody waits who could begin."""
    seated = Enrollment.objects.filter(course=OuterRef("pk"), status__in=SEATED).order_by().values("course")
    taken = Coalesce(Subquery(seated.annotate(n=Count("pk")).values("n")), 0)
    waiting = waiting_for(OuterRef("pk"))  # type: ignore[arg-type]
    free = Q(seats=None) | Q(seats__gt=F("seats_in_use"))
    found: QuerySet[Course] = Course.objects.filter(Exists(waiting)).annotate(seats_in_use=taken).filter(free)
    return found.order_by("pk")


def people_to_tell(course: Course) -> QuerySet[Any]:
    """Those who look after the learners of a course: its instructors who manage them, and support."""
    teaching = active_instructors().filter(course=course, can_manage_students=True)
    person: Any = Enrollment._meta.get_field("user").related_model
    named = Q(pk__in=teaching.values("user")) | Q(groups__name=SUPPORT, groups__role__is_active=True)
    people: QuerySet[Any] = person.objects.filter(named, is_active=True, is_staff=True).distinct().order_by("pk")
    return people[:MOST_TOLD]


def enrollments_past_access_end(now: datetime | None = None) -> QuerySet[Enrollment]:
    """Enrollments whose access ended but whose state does not say so yet."""
    return Enrollment.objects.filter(
        status__in=(EnrollmentStatus.ACTIVE, EnrollmentStatus.SUSPENDED), access_ends_at__lte=now or timezone.now()
    ).order_by("access_ends_at", "pk")


def ending_within(enrollments: QuerySet[Enrollment], days: int) -> QuerySet[Enrollment]:
    """The active ones among these whose access ends in so many days."""
    now = timezone.now()
    soon = Q(access_ends_at__gt=now, access_ends_at__lte=now + timedelta(days=days))
    return enrollments.filter(soon, status=EnrollmentStatus.ACTIVE, archived_at=None)


def lessons_completed(course: int, progress: QuerySet[LessonProgress]) -> tuple[int, list[tuple[Lesson, int]]]:
    """How many learners are looked at (the newest, up to a bound), and each lesson with how many of them completed it.

    `progress` is what the person who asks may see. Three queries.
    """
    newest = Enrollment.objects.filter(course=course, status__in=LEARNING).order_by("-enrolled_at", "-pk")
    learners = list(newest.values_list("pk", flat=True)[:MOST_LEARNERS])
    done = progress.filter(enrollment__in=learners, is_completed=True).order_by().values_list("lesson")
    numbers = dict(done.annotate(number=Count("pk")))
    lessons = Lesson.objects.filter(course=course, module__archived_at=None)
    ordered = lessons.order_by("module__order", "module_id", "order", "pk").only("title", "code", "course_id")
    return len(learners), [(lesson, numbers.get(lesson.pk, 0)) for lesson in ordered[:MOST_LESSONS]]


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
