"""One look at the overview: who looks, for which days, and what several cards read, each read once."""

from datetime import UTC
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from admin_theme.gate import gate, may_here
from apps.catalog.models import Course
from apps.reviews.desk_facts import Figures, figures
from apps.statistics.figures import INSTRUCTOR, PLATFORM
from apps.statistics.models import Arrangement, CourseStats, InstructorStats, PlatformStats
from apps.statistics.queries import Grown, Series, growth_of_courses, series_since
from backoffice.dashboard.periods import Period, period_of

MOST_TAKEN = 8
TOO_LONG = 12  # digits of a key


class Look:
    """What is asked for by the address counts for this look; otherwise what the person chose last."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def arrangement(self) -> Arrangement:
        kept = Arrangement.objects.filter(user=self.request.user.pk).first()
        return kept or Arrangement()

    @cached_property
    def period(self) -> Period:
        asked, kept = self.request.GET, self.arrangement
        today = timezone.now().astimezone(UTC).date()
        return period_of(asked.get("period", kept.period), asked.get("compare", kept.compare), today)

    @property
    def reads_from(self) -> Any:
        """The first day of which something is shown."""
        spans = [self.period.span, self.period.compared or self.period.span]
        return min(span.first for span in spans)

    @property
    def sees_platform(self) -> bool:
        return may_here(self.request, "view", PlatformStats)

    @property
    def sees_courses_only(self) -> bool:
        """Whether the person sees figures of some courses, and not of everything."""
        return not self.sees_platform and may_here(self.request, "view", CourseStats)

    @cached_property
    def platform(self) -> PlatformStats | None:
        found: PlatformStats | None = gate.scope(self.request.user, "view", PlatformStats).first()
        return found

    @cached_property
    def platform_series(self) -> Series:
        return series_since(PLATFORM, None, self.reads_from)

    @cached_property
    def courses(self) -> Any:
        """The figures of the courses whose figures the person may see."""
        rows = gate.scope(self.request.user, "view", CourseStats)
        return rows.filter(course__archived_at=None)

    @cached_property
    def grown(self) -> list[Grown]:
        """How each course grew; asked for by those who see the whole platform."""
        span, other = self.period.span, self.period.compared
        rows = CourseStats.objects.filter(course__archived_at=None)
        return growth_of_courses(rows, span.first, (other.first, other.last) if other else None)

    @cached_property
    def most_taken(self) -> list[CourseStats]:
        rows = self.courses.select_related("course").order_by("-learners", "course_id")
        return list(rows[:MOST_TAKEN])

    @cached_property
    def chosen(self) -> Course | None:
        """The course that is looked at more closely: asked for by the address, or the one with the most learners."""
        asked = self.request.GET.get("course", "")
        if asked.isdecimal() and len(asked) < TOO_LONG:
            found = self.courses.filter(course=asked).select_related("course").first()
            if found is not None:
                course: Course = found.course
                return course
        return self.most_taken[0].course if self.most_taken else None

    @cached_property
    def own(self) -> InstructorStats | None:
        """The sum of what the person teaches, if they may see all of it."""
        if not may_here(self.request, "view", InstructorStats):
            return None
        found: InstructorStats | None = (
            gate.scope(self.request.user, "view", InstructorStats).filter(user=self.request.user.pk).first()
        )
        return found

    @cached_property
    def own_series(self) -> Series:
        return series_since(INSTRUCTOR, self.request.user.pk, self.reads_from)

    @cached_property
    def queue(self) -> Figures:
        return figures(self.request.user)
