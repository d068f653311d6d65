"""What is on the page of an instructor besides the form: what they say of themselves to a reader, and their courses."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from admin_theme.displays import badge, state_badge
from admin_theme.gate import gate
from admin_theme.tabs import Tab
from apps.catalog.admin.panels import ROWS, STATUS_TONES, page_number
from apps.catalog.models import Course
from apps.instructors.models import InstructorProfile
from apps.instructors.queries import teaching_of


def courses_panel(request: HttpRequest, profile: InstructorProfile) -> dict[str, Any]:
    """The courses lead to their pages where these open to the reader."""
    page: Any = Paginator(teaching_of(profile.user_id), ROWS).get_page(page_number(request))
    keys = [row.course_id for row in page]
    open_here = set(gate.scope(request.user, "view", Course).filter(pk__in=keys).values_list("pk", flat=True))
    for row in page:
        row.badge = state_badge(row.course, "status", STATUS_TONES)
        row.part = badge("Lead", "info") if row.is_lead else ""
        row.is_open = row.course_id in open_here
    return {"rows": page, "is_suspended": profile.status == InstructorProfile.Status.SUSPENDED}


courses_tab = Tab(
    key="courses",
    title="Courses",
    place=20,
    template="instructors/courses_panel.html",
    context=courses_panel,
    count=lambda request, profile: teaching_of(profile.user_id),  # noqa: ARG005
)
profile_tab = Tab(key="profile", title="Profile", place=10, has_fields=True)
