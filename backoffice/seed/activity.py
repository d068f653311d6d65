"""What staff did lately on the demo platform, so that the timeline and the histories have something to tell."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Model

from apps.accounts.models import User
from apps.audit.recording import change_set, operation
from apps.catalog.models import Course, CourseInstructor, Lesson
from apps.enrollments.models import Enrollment
from apps.enrollments.states import EnrollmentStatus
from backoffice.seed.people import People
from backoffice.seed.writing import World


def make_activity(world: World, courses: list[Course], lessons: dict[int, list[Lesson]], people: People) -> None:
    """A few edits on screens: prices and access by the manager, lessons by those who teach them."""
    dice = world.dice("activity")
    leads = {row.course_id: row.user for row in CourseInstructor.objects.filter(is_lead=True).select_related("user")}
    shown = [course for course in courses if course.status == Course.Status.PUBLISHED]
    for course in dice.sample([course for course in shown if course.price], min(4, len(shown) // 3)):
        price = (course.price or Decimal(0)) + 10
        edit(world, course, by=people.manager, reason="Prices for the new season.", price=price)
    for course in dice.sample(shown, min(5, len(shown))):
        lesson = dice.choice(lessons[course.pk])
        minutes = (lesson.duration_minutes or 0) + dice.randint(1, 4)
        reason = "Recorded again with better sound."
        edit(world, lesson, by=leads[course.pk], reason=reason, duration_minutes=minutes, is_free_preview=True)
    active = list(Enrollment.objects.filter(status=EnrollmentStatus.ACTIVE).order_by("enrolled_at", "pk"))
    for enrollment in dice.sample(active, min(4, len(active))):
        end = world.now + timedelta(days=dice.choice((30, 60, 90)))
        reason = "The learner was ill and asked for more time."
        edit(world, enrollment, by=people.manager, reason=reason, access_ends_at=end)


def edit(world: World, record: Model, *, by: User, reason: str, **facts: Any) -> None:
    """One edit on a screen, in a change set of its own."""
    record.refresh_from_db()
    with operation(by=by, channel="screen"), change_set(title=f"Change {record}", reason=reason):
        for name, value in facts.items():
            setattr(record, name, value)
        record.save()
    type(record)._base_manager.filter(pk=record.pk).update(updated_at=world.now)
