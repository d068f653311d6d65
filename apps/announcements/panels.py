"""How an announcement looks to a learner and whom it reaches, and the announcements of a course on its page."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import mark_safe

from admin_theme.displays import Tone, state_badge
from admin_theme.gate import gate, may_here
from admin_theme.tabs import Tab
from apps.announcements.models import Announcement
from apps.announcements.policy import AnnouncementPolicy
from apps.announcements.queries import FULL_KIND, audience_of, fate_of, with_readers
from apps.announcements.services.delivering import facts_of
from apps.announcements.states import UNSENT
from apps.catalog.admin.panels import ROWS, page_number
from apps.catalog.models import Course
from apps.enrollments.states import EnrollmentStatus
from apps.notifications.services import preview_of

TONES: dict[str, Tone] = {
    "draft": "neutral",
    "scheduled": "info",
    "sending": "info",
    "sent": "good",
    "withdrawn": "warn",
}


def preview_panel(request: HttpRequest, announcement: Announcement) -> dict[str, Any]:
    facts = facts_of(announcement)
    facts["author"] = facts["author"] or str(request.user)
    words = preview_of(FULL_KIND, title=announcement.title, text=announcement.text, **facts)
    is_unsent = announcement.state in UNSENT
    return {
        "words": words,
        # The tags come from the checked template, every value in it is escaped.
        "html": mark_safe(words.html),
        "is_unsent": is_unsent,
        "audience": audience_in_words(announcement),
        "number": audience_of(announcement).count() if is_unsent else None,
        "fate": None if is_unsent else fate_of(announcement),
    }


def audience_in_words(announcement: Announcement) -> str:
    """ "active or suspended, 20 to 80 % done"."""
    states = " or ".join(EnrollmentStatus(state).label.lower() for state in announcement.audience)
    if (announcement.progress_from, announcement.progress_to) == (0, 100):
        return states
    return f"{states}, {announcement.progress_from} to {announcement.progress_to} % done"


def announcements_of(request: HttpRequest, course: Course) -> Any:
    return gate.scope(request.user, "view", Announcement).filter(course=course)


def course_panel(request: HttpRequest, course: Course) -> dict[str, Any]:
    rows = with_readers(announcements_of(request, course)).order_by("-created_at", "-pk")
    page: Any = Paginator(rows, ROWS).get_page(page_number(request))
    for announcement in page:
        announcement.badge = state_badge(announcement, "state", TONES)
    may_write = AnnouncementPolicy().courses_to_write_to(request.user).filter(pk=course.pk).exists()
    return {
        "rows": page,
        "may_write": may_write and not course.is_archived,
        "write": f"{reverse('admin:announcements_announcement_add')}?course={course.pk}",
    }


preview_tab = Tab(
    key="preview",
    title="As the learner sees it",
    place=5,
    template="announcements/preview_panel.html",
    context=preview_panel,
)
course_tab = Tab(
    key="announcements",
    title="Announcements",
    place=45,
    template="announcements/course_panel.html",
    context=course_panel,
    count=announcements_of,
    opens=lambda request, course: may_here(request, "view", Announcement),  # noqa: ARG005
)
