"""What a person takes and how far they are, on their page; and the first part of what support is asked."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse

from admin_theme.displays import badge, percent_bar, state_badge
from admin_theme.gate import gate, masked_here, may_here
from admin_theme.tabs import Tab
from apps.access.memory import remembered
from apps.accounts.models import User
from apps.accounts.panels import Telling
from apps.catalog.admin.panels import ROWS, page_number
from apps.catalog.models import Lesson
from apps.enrollments.access import access_now, is_open_now
from apps.enrollments.models import Enrollment, LessonProgress
from apps.enrollments.panels import STATUS_TONES

MOST_DIGITS = 18


def enrollments_of(request: HttpRequest, person: Any) -> QuerySet[Enrollment]:
    """All enrollments of a person that this reader may see, archived ones too: they answer why there is no access."""
    return gate.scope(request.user, "view", Enrollment).filter(user=person)


def counts_once(request: HttpRequest, person: Any) -> dict[str, int]:
    """How many enrollments there are and how many are open, read once for the sentence and the tab."""

    def read() -> dict[str, int]:
        rows = enrollments_of(request, person).order_by()
        return rows.aggregate(all=Count("pk"), open=Count("pk", filter=is_open_now()))

    return remembered(("enrollments", person.pk), read)


def last_reason() -> Subquery:
    """Why the enrollment was changed last, as it was written then."""
    rows = Enrollment.history.filter(id=OuterRef("pk")).order_by("-history_id")
    return Subquery(rows.values("history_change_reason")[:1])


def access_panel(request: HttpRequest, person: Any) -> dict[str, Any]:
    """Per course whether the person gets in, and why."""
    rows = enrollments_of(request, person).select_related("course", "user").annotate(last_reason=last_reason())
    page: Any = Paginator(rows.order_by("-enrolled_at", "-pk"), ROWS).get_page(page_number(request))
    for enrollment in page:
        access = access_now(enrollment)
        enrollment.access = access
        enrollment.answer = badge("Access", "good") if access.is_open else badge("No access", "bad")
        enrollment.badge = (
            badge("Archived") if enrollment.archived_at else state_badge(enrollment, "status", STATUS_TONES)
        )
    may_enroll = may_here(request, "add", Enrollment) and not person.is_archived
    return {
        "rows": page,
        "enroll": f"{reverse('admin:enrollments_enrollment_add')}?user={person.pk}" if may_enroll else "",
    }


def lessons_done() -> dict[str, Any]:
    """How many lessons of the course there are, how many of them are done, and the time spent, for each enrollment."""
    done = LessonProgress.objects.filter(enrollment=OuterRef("pk"), lesson__archived_at=None).order_by()
    by_enrollment = done.values("enrollment")
    lessons = Lesson.objects.filter(course=OuterRef("course"), module__archived_at=None).order_by()
    return {
        "lessons": Coalesce(Subquery(lessons.values("course").annotate(n=Count("pk")).values("n")), 0),
        "completed": Coalesce(
            Subquery(by_enrollment.annotate(n=Count("pk", filter=Q(is_completed=True))).values("n")), 0
        ),
        "seconds": Coalesce(
            Subquery(by_enrollment.annotate(n=Sum("seconds_spent")).values("n"), output_field=IntegerField()), 0
        ),
    }


def progress_panel(request: HttpRequest, person: Any) -> dict[str, Any]:
    rows = enrollments_of(request, person).filter(archived_at=None).select_related("course").annotate(**lessons_done())
    page: Any = Paginator(rows.order_by("-last_accessed_at", "-pk"), ROWS).get_page(page_number(request))
    for enrollment in page:
        enrollment.bar = percent_bar(enrollment.progress_percent)
        enrollment.minutes = round(enrollment.seconds / 60)
    return {"rows": page}


def tell_access(request: HttpRequest, person: Any) -> str:
    if not may_here(request, "view", Enrollment):
        return ""
    counts = counts_once(request, person)
    if not counts["all"]:
        return "takes no course" if person.role == person.Role.STUDENT else ""
    return f"has access to {counts['open']:,} of {counts['all']:,} {'course' if counts['all'] == 1 else 'courses'}"


def has_any(request: HttpRequest, person: Any) -> bool:
    """Those who teach or work here have these tabs once they take a course."""
    if not may_here(request, "view", Enrollment):
        return False
    return person.role == person.Role.STUDENT or bool(counts_once(request, person)["all"])


def learner_from_address(request: HttpRequest) -> dict[str, Any]:
    """The address of the person an "enroll" link names, when whoever follows it may see both."""
    key = request.GET.get("user", "")
    if not key.isdecimal() or len(key) > MOST_DIGITS or "email" in masked_here(request, User):
        return {}
    found = gate.scope(request.user, "view", User).filter(pk=key, archived_at=None).values_list("email", flat=True)
    return {"learner_email": email} if (email := found.first()) else {}


access_tab = Tab(
    key="access",
    title="Access",
    place=10,
    template="enrollments/person_access_panel.html",
    context=access_panel,
    count=lambda request, person: counts_once(request, person)["all"],
    opens=has_any,
)
learning_tab = Tab(
    key="progress",
    title="Progress",
    place=20,
    template="enrollments/person_progress_panel.html",
    context=progress_panel,
    opens=has_any,
)
telling = Telling(10, tell_access)
