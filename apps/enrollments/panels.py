"""The learners of a course, on its page; and the lessons of an enrollment, on its own."""

from typing import Any

from django.contrib.humanize.templatetags.humanize import ordinal
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from admin_theme.displays import Tone, percent_bar, state_badge
from admin_theme.gate import gate, masked_here, may_here
from admin_theme.tabs import Tab, tab_address
from apps.catalog.admin.panels import ROWS, page_number
from apps.catalog.models import Course, Lesson
from apps.enrollments.explaining import explain_access, explain_levels
from apps.enrollments.models import Enrollment
from apps.enrollments.queries import lessons_with_progress, seats_taken, waiting_list, waiting_place
from apps.subscriptions.queries import subscription_of, why_premium_is_closed

STATUS_TONES: dict[str, Tone] = {
    "waitlisted": "info",
    "active": "good",
    "completed": "good",
    "dropped": "neutral",
    "suspended": "warn",
    "expired": "bad",
}


def learners_of(request: HttpRequest, course: Course) -> Any:
    """The current enrollments of a course that this person may see."""
    return gate.scope(request.user, "view", Enrollment).filter(course=course, archived_at=None)


def place_in_words(enrollment: Enrollment) -> str:
    """ "3rd of 12", for somebody on the waiting list."""
    place, number = waiting_place(enrollment)
    return f"{ordinal(place)} of {number:,}"


def seats_in_words(course: Course) -> str:
    """How full a course with a limit is, and how many wait; empty without a limit and anybody who waits."""
    waiting = waiting_list(course).count()
    taken = f"{seats_taken(course):,} of {course.seats:,} seats taken" if course.seats is not None else ""
    waits = f"{waiting:,} {'waits' if waiting == 1 else 'wait'} for a seat" if waiting else ""
    return ", ".join(filter(None, (taken, waits)))


def learners_panel(request: HttpRequest, course: Course) -> dict[str, Any]:
    rows = learners_of(request, course).select_related("user").order_by("-enrolled_at", "-pk")
    page = Paginator(rows, ROWS).get_page(page_number(request))
    for enrollment in page:
        enrollment.badge = state_badge(enrollment, "status", STATUS_TONES)
        enrollment.bar = percent_bar(enrollment.progress_percent)
    person = Enrollment._meta.get_field("user").related_model
    may_enroll = may_here(request, "add", Enrollment) and may_here(request, "manage_students", Course, course)
    return {
        "rows": page,
        "shows_email": "email" not in masked_here(request, person),
        "may_enroll": may_enroll and not course.is_archived,
        "seats": seats_in_words(course),
        "enroll": f"{reverse('admin:enrollments_enrollment_add')}?course={course.pk}",
        "enroll_many": reverse("admin:enrollments_enrollment_enroll_many", args=[course.pk]),
        "all_learners": f"{reverse('admin:enrollments_enrollment_changelist')}?course__id__exact={course.pk}",
    }


def progress_panel(request: HttpRequest, enrollment: Enrollment) -> dict[str, Any]:  # noqa: ARG001
    lessons = lessons_with_progress(enrollment)
    has_premium = any(lesson.access_level == Lesson.AccessLevel.PREMIUM for lesson, _progress in lessons)
    return {
        "premium_closed": why_premium_is_closed(subscription_of(enrollment.user)) if has_premium else "",
        "lessons": lessons,
        "completed": sum(bool(progress and progress.is_completed) for _lesson, progress in lessons),
    }


learners_tab = Tab(
    key="learners",
    title="Learners",
    place=40,
    template="enrollments/learners_panel.html",
    context=learners_panel,
    count=learners_of,
    opens=lambda request, course: may_here(request, "view", Enrollment),  # noqa: ARG005
)


def transfers(request: HttpRequest, enrollment: Enrollment) -> list[tuple[str, SafeString | str]]:
    """Where the learner went from this course and came from, with the way there for those who may see it."""
    others = [("Came from", enrollment.transferred_from_id)]
    others += [("Went to", pk) for pk in enrollment.transferred_to.values_list("pk", flat=True)]
    seen = {one.pk: one for one in enrollments_seen(request).filter(pk__in=[pk for _, pk in others if pk])}
    return [
        (
            label,
            format_html('<a class="text-link" href="{}">{}</a>', tab_address(seen[pk]), seen[pk].course)
            if pk in seen
            else "Another course",
        )
        for label, pk in others
        if pk
    ]


def enrollments_seen(request: HttpRequest) -> Any:
    return gate.scope(request.user, "view", Enrollment).select_related("course")


def access_panel(request: HttpRequest, enrollment: Enrollment) -> dict[str, Any]:
    """Whether an account is suspended is not for those who see no more of people than their names."""
    learner, course = enrollment.user, enrollment.course
    sees_account = "status" not in masked_here(request, type(learner))
    return {
        "answer": explain_access(learner, course, enrollment=enrollment, sees_account=sees_account),
        "levels": explain_levels(enrollment, sees_account=sees_account),
        "sees_account": sees_account,
    }


access_tab = Tab(
    key="access",
    title="Access",
    place=15,
    template="enrollments/access_panel.html",
    context=access_panel,
)
progress_tab = Tab(
    key="progress",
    title="Progress",
    place=20,
    template="enrollments/progress_panel.html",
    context=progress_panel,
)
