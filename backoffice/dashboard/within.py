"""For those who see no figures: how much there is of what they may open."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from admin_theme.counting import counted_at_once
from admin_theme.gate import gate, may_here
from apps.catalog.models import Course
from apps.catalog.states import CourseStatus
from apps.enrollments.models import Enrollment
from apps.enrollments.states import EnrollmentStatus
from apps.reviews.models import Review
from apps.reviews.queries import waiting
from backoffice.dashboard.addresses import list_of
from backoffice.dashboard.look import Look

COUNTED_UP_TO = 10_000


@dataclass(frozen=True)
class Figure:
    """A number with what it counts and where to see it."""

    label: str
    value: int
    link: str = ""
    note: str = ""

    @property
    def words(self) -> str:
        return bounded(self.value)


def bounded(number: int) -> str:
    return f"{number:,}" if number <= COUNTED_UP_TO else f"{COUNTED_UP_TO:,}+"


def figures(look: Look) -> list[Figure]:
    """Of each list the rows, and those of them that are asked about most; all by one query, counted up to a bound."""
    asked = [
        (label, screen, word, gate.scope(look.request.user, "view", model).filter(archived_at=None))
        for label, screen, word, model in LISTS
        if may_here(look.request, "view", model)
    ]
    rows = [each for label, _, _, every in asked for each in (every, PARTS[label](every))]
    numbers = counted_at_once(rows, most=COUNTED_UP_TO + 1)
    return [
        Figure(label, numbers[2 * place], list_of(screen), f"{bounded(numbers[2 * place + 1])} {word}" if word else "")
        for place, (label, screen, word, _) in enumerate(asked)
    ]


LISTS: tuple[tuple[str, str, str, Any], ...] = (
    ("courses", "catalog.course", "published", Course),
    ("enrollments", "enrollments.enrollment", "active", Enrollment),
    ("reviews", "reviews.review", "waiting", Review),
    ("people", "accounts.user", "", get_user_model()),
)


def published(courses: QuerySet[Any]) -> QuerySet[Any]:
    return courses.filter(status=CourseStatus.PUBLISHED)


def active(enrollments: QuerySet[Any]) -> QuerySet[Any]:
    return enrollments.filter(status=EnrollmentStatus.ACTIVE)


def none(people: QuerySet[Any]) -> QuerySet[Any]:
    return people.none()


PARTS = {"courses": published, "enrollments": active, "reviews": waiting, "people": none}
