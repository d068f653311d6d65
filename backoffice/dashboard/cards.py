"""The cards of the overview, one line each. Rights say which a person gets, their role in which order."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Any

from admin_theme.gate import may_here
from apps.access.models import Role
from apps.enrollments.models import Enrollment
from apps.reviews.models import Review
from apps.statistics.models import LearnerStats
from backoffice.dashboard import courses, desk, helping, teaching, within
from backoffice.dashboard.growth import growth
from backoffice.dashboard.look import Look
from backoffice.dashboard.numbers import own_numbers, platform_numbers


@dataclass(frozen=True)
class Card:
    """`facts` reads what the template shows; None says that there is nothing to show yet."""

    key: str
    title: str
    template: str
    facts: Callable[[Look], Any]
    opens: Callable[[Look], bool]
    nothing: str = "Nothing is counted yet. Figures are counted every five minutes."
    is_wide: bool = False
    has_period: bool = False


def platform(look: Look) -> bool:
    return look.sees_platform


def some_courses(look: Look) -> bool:
    return look.sees_courses_only


def decides(look: Look) -> bool:
    return may_here(look.request, "decide", Review)


def helps(look: Look) -> bool:
    """Whoever looks after learners everywhere."""
    return may_here(look.request, "view", LearnerStats) and may_here(look.request, "view", Enrollment)


def opens_lists(look: Look) -> bool:
    """Who sees the platform or courses in figures needs no count of what they may open."""
    sees_figures = look.sees_platform or look.sees_courses_only
    return not sees_figures and any(may_here(look.request, "view", model) for _, _, _, model in within.LISTS)


CARDS = (
    Card("numbers", "The platform", "numbers", platform_numbers, platform, is_wide=True, has_period=True),
    Card("teaching", "Your courses together", "numbers", own_numbers, some_courses, is_wide=True, has_period=True),
    Card("within", "What you can open", "within", within.figures, opens_lists, is_wide=True),
    Card(
        "growth",
        "Growth",
        "growth",
        growth,
        platform,
        "The series by day begins with the first night; a chart needs two days of it.",
        is_wide=True,
        has_period=True,
    ),
    Card("funnel", "How far learners come", "funnel", courses.funnel, platform, "Nobody is enrolled yet."),
    Card(
        "growing",
        "Courses that grow and fall",
        "growing",
        courses.growing,
        platform,
        "No course gained learners.",
        has_period=True,
    ),
    Card(
        "cohorts",
        "Learners by month",
        "cohorts",
        courses.cohorts,
        platform,
        "They are counted every hour.",
        is_wide=True,
    ),
    Card("queue", "Reviews that wait", "queue", desk.queue, decides),
    Card("outcomes", "Decided in 7 days", "outcomes", desk.outcomes, decides),
    Card("helping", "Likely to be asked today", "numbers", helping.helping, helps, is_wide=True, has_period=True),
    Card(
        "courses",
        "Your courses",
        "courses",
        teaching.taught,
        some_courses,
        "You see the figures of no course yet.",
        is_wide=True,
    ),
    Card("stops", "Where learners stop", "stops", teaching.stops, some_courses, "There is no course to look at."),
    Card(
        "difficulty", "What is hard", "difficulty", teaching.difficulty, some_courses, "There is no course to look at."
    ),
)
BY_KEY = {card.key: card for card in CARDS}
FIRST = {
    "moderator": ("queue", "outcomes"),
    "support": ("helping",),
    "instructor": ("teaching", "courses", "stops", "difficulty"),
}
"""What stands before everything else for those whose main role it is."""


def main_role(user: Any) -> str:
    """The name of the highest role."""
    found = Role.objects.filter(user=user.pk, is_active=True).order_by("-priority", "pk").values_list("name", flat=True)
    return found.first() or ""


def suggested(look: Look, opened: Set[str]) -> tuple[str, ...]:
    """What stands first: the platform for those who see it, otherwise what the main role is there for."""
    roles = [] if look.sees_platform else [role for role, keys in FIRST.items() if opened & {*keys}]
    role = roles[0] if len(roles) == 1 else main_role(look.request.user) if roles else ""
    return FIRST.get(role, ())


def cards_of(look: Look) -> list[Card]:
    """Every card the rights of this person open, in the order they chose, or that their role suggests."""
    opened = {card.key: card for card in CARDS if card.opens(look)}
    chosen = look.arrangement.order or suggested(look, opened.keys())
    first = [key for key in chosen if key in opened]
    return [opened[key] for key in dict.fromkeys([*first, *opened])]
