"""How somebody stands as an instructor, on their page."""

from typing import Any

from django.http import HttpRequest

from admin_theme.gate import gate, may_here
from admin_theme.tabs import Tab, tab_address
from apps.access.memory import remembered
from apps.instructors.looks import status_of, verified
from apps.instructors.models import InstructorProfile
from apps.instructors.queries import teaching_counts


def profile_of(request: HttpRequest, person: Any) -> Any:
    """Read once in a request, by people who may see it."""

    def read() -> Any:
        rows = gate.scope(request.user, "view", InstructorProfile).filter(user=person)
        return rows.select_related("user").annotate(**teaching_counts()).first()

    return remembered(("instructor profile", person.pk), read)


def instructor_panel(request: HttpRequest, person: Any) -> dict[str, Any]:
    profile = profile_of(request, person)
    return {
        "profile": profile,
        "badge": status_of(profile),
        "verified": verified(profile),
        "address": tab_address(profile),
    }


def has_one(request: HttpRequest, person: Any) -> bool:
    """Learners who never applied have no such tab."""
    return may_here(request, "view", InstructorProfile) and profile_of(request, person) is not None


instructor_tab = Tab(
    key="instructor",
    title="Instructor",
    place=35,
    template="instructors/person_panel.html",
    context=instructor_panel,
    opens=has_one,
)
