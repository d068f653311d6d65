"""The figures of instructors and of learners."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import DropdownFilter
from unfold.enums import ActionVariant

from admin_theme.actions import console_action
from admin_theme.displays import number, percent_bar, relative_time, two_lines
from admin_theme.tabs import linked
from apps.accounts.masking import shows_email
from apps.statistics import services
from apps.statistics.admin.base import FiguresAdmin
from apps.statistics.figures import INSTRUCTOR, LEARNER
from apps.statistics.models import InstructorStats, LearnerStats
from apps.statistics.panels import shown


class PeopleFigures(FiguresAdmin[Any]):
    """Figures of one person: the list names them, their address is for those who may see it."""

    list_select_related = ("user",)
    search_fields = ("user__last_name", "user__first_name", "user__email")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("user")

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = super().get_list_display(request)
        return ["person_email" if name == "person" and shows_email(request) else name for name in columns]

    def side_facts(self, request: HttpRequest, record: Any) -> list[tuple[str, SafeString | str]]:
        return [("Person", linked(request, record.user, str(record))), ("As of", self.freshness(record))]

    @admin.display(description="name", ordering="user__last_name")
    def person(self, stats: Any) -> SafeString:
        return two_lines(stats)

    @admin.display(description="name", ordering="user__last_name")
    def person_email(self, stats: Any) -> SafeString:
        return two_lines(stats, stats.user.email)


@admin.register(InstructorStats)
class InstructorStatsAdmin(PeopleFigures):
    list_display = ("person", "courses_now", "learners_now", "active", "completion", "rating", "certificates_now")
    search_help_text = "Instructor"
    ordering = ("-learners", "user_id")
    list_title = "Instructors in figures"
    verbs_asked = ("view", "refresh")
    actions_detail = ("refresh",)

    @console_action(
        "Refresh now",
        verb="refresh",
        icon="refresh",
        variant=ActionVariant.PRIMARY,
        confirm="The figures of all courses of this instructor are counted anew; it takes a moment.",
    )
    def refresh(self, request: HttpRequest, stats: InstructorStats, reason: str) -> str:
        services.refresh_instructor(stats, by=request.user, reason=reason)
        return f"The figures of {stats} are as of now."

    @admin.display(description="courses", ordering="courses")
    def courses_now(self, stats: InstructorStats) -> SafeString:
        return number(stats.courses)

    @admin.display(description="learners", ordering="learners")
    def learners_now(self, stats: InstructorStats) -> SafeString:
        return number(stats.learners)

    @admin.display(description="active", ordering="active_learners")
    def active(self, stats: InstructorStats) -> SafeString:
        return number(stats.active_learners)

    @admin.display(description="completion", ordering="completion_percent")
    def completion(self, stats: InstructorStats) -> SafeString:
        return percent_bar(stats.completion_percent)

    @admin.display(description="rating", ordering="average_rating")
    def rating(self, stats: InstructorStats) -> SafeString | str:
        return shown(INSTRUCTOR.figure("average_rating"), stats.average_rating)

    @admin.display(description="certificates", ordering="certificates")
    def certificates_now(self, stats: InstructorStats) -> SafeString:
        return number(stats.certificates)


class LearningFilter(DropdownFilter):
    """Whether somebody takes a course, or has only left some."""

    title = "courses"
    parameter_name = "learning"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("yes", "Takes at least one"), ("no", "Takes none")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        if not (value := self.value()):
            return queryset
        return queryset.filter(courses__gt=0) if value == "yes" else queryset.filter(courses=0)


@admin.register(LearnerStats)
class LearnerStatsAdmin(PeopleFigures):
    list_filter = (LearningFilter,)
    list_display = ("person", "courses_now", "completion", "lessons", "spent", "score", "last_active")
    search_help_text = "Learner"
    ordering = ("-seconds_spent", "user_id")
    list_title = "Learners in figures"

    @admin.display(description="courses", ordering="courses")
    def courses_now(self, stats: LearnerStats) -> SafeString:
        return number(stats.courses)

    @admin.display(description="completed", ordering="completion_percent")
    def completion(self, stats: LearnerStats) -> SafeString:
        return percent_bar(stats.completion_percent)

    @admin.display(description="lessons", ordering="lessons_completed")
    def lessons(self, stats: LearnerStats) -> SafeString:
        return number(stats.lessons_completed)

    @admin.display(description="time spent", ordering="seconds_spent")
    def spent(self, stats: LearnerStats) -> SafeString | str:
        return shown(LEARNER.figure("seconds_spent"), stats.seconds_spent)

    @admin.display(description="average score", ordering="average_score_percent")
    def score(self, stats: LearnerStats) -> SafeString | str:
        return shown(LEARNER.figure("average_score_percent"), stats.average_score_percent)

    @admin.display(description="last active", ordering="last_active_at")
    def last_active(self, stats: LearnerStats) -> SafeString:
        return relative_time(stats.last_active_at, empty="Never")
