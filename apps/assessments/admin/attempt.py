"""Attempts: what learners answered, to read; only essays are graded here."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from admin_theme.displays import minutes, number, percent_bar, relative_time, two_lines
from admin_theme.gate import masked_here, may_here
from admin_theme.tabs import TabbedAdmin, linked, tab_address
from apps.accounts.masking import shows_email
from apps.assessments.admin.grading import first_essay, grade_view
from apps.assessments.models import Attempt
from apps.assessments.panels import attempt_badge, given_tab
from apps.catalog.admin.panels import history_tab


@admin.register(Attempt)
class AttemptAdmin(TabbedAdmin[Attempt]):
    tabs = (given_tab, history_tab())
    verbs_asked = ("view", "grade")
    change_list_template = "assessments/attempts_list.html"
    list_display = ("learner", "what", "attempt", "result", "reached", "handed_in")
    list_filter = ("state", "is_passed")
    list_filter_sheet = True
    lookups_allowed = ("assessment__id__exact", "user__id__exact")
    list_select_related = ("user", "assessment__lesson__course")
    search_fields = (
        "user__email",
        "user__last_name",
        "user__first_name",
        "assessment__title",
        "assessment__lesson__course__code",
    )
    search_help_text = "Learner, assessment or course"
    ordering = ("-pk",)
    sortable_by = ()
    empty_title = "Nobody has tried an assessment yet"
    empty_text = "What learners answer appears here. Their essays wait until somebody grades them."

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attempt]:
        rows: QuerySet[Attempt] = super().get_queryset(request)
        return rows.select_related("user", "assessment__lesson__course")

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = super().get_list_display(request)
        return ["learner_email" if name == "learner" and shows_email(request) else name for name in columns]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {**(extra_context or {}), "first_essay": first_essay(request)})

    @admin.display(description="learner")
    def learner(self, attempt: Attempt) -> SafeString:
        return two_lines(attempt.learner_name)

    @admin.display(description="learner")
    def learner_email(self, attempt: Attempt) -> SafeString:
        return two_lines(attempt.learner_name, attempt.user.email)

    @admin.display(description="assessment")
    def what(self, attempt: Attempt) -> SafeString:
        return two_lines(attempt.assessment.title, attempt.assessment.lesson.course.title)

    @admin.display(description="attempt")
    def attempt(self, attempt: Attempt) -> SafeString:
        return number(attempt.number)

    @admin.display(description="result")
    def result(self, attempt: Attempt) -> SafeString:
        badge: SafeString = attempt_badge(attempt)
        return badge

    @admin.display(description="reached")
    def reached(self, attempt: Attempt) -> SafeString:
        return percent_bar(attempt.percent)

    @admin.display(description="handed in")
    def handed_in(self, attempt: Attempt) -> SafeString:
        return relative_time(attempt.completed_at, empty="Not yet")

    # The page

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """What a learner answered is theirs; essays are graded by a service."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.grade)
        own = [path("<path:object_id>/grade/<int:answer_id>/", view, name="assessments_attempt_grade")]
        return [*own, *super().get_urls()]

    def grade(self, request: HttpRequest, object_id: str, answer_id: int) -> HttpResponse:
        return grade_view(self, request, object_id, answer_id)

    def headline(self, request: HttpRequest, record: Attempt) -> dict[str, Any]:  # noqa: ARG002
        return {
            "badge": attempt_badge(record),
            "line": f"{record.assessment.lesson} · {record.assessment.lesson.course}",
            "figures": [
                ("Points", f"{record.score:,} of {record.max_score:,}"),
                ("Reached", percent_bar(record.percent, empty="Not graded")),
                ("Time", minutes(round(record.seconds_spent / 60))),
            ],
        }

    def side_facts(self, request: HttpRequest, record: Attempt) -> list[tuple[str, SafeString | str]]:
        learner = linked(request, record.user, record.learner_name)
        assessment: SafeString | str = record.assessment.title
        if may_here(request, "view", type(record.assessment), record.assessment):
            assessment = format_html('<a href="{}">{}</a>', tab_address(record.assessment, "attempts"), assessment)
        masked = masked_here(request, Attempt)
        where = [("From", record.ip_address or ""), ("Browser", record.user_agent)]
        return [
            ("Learner", learner),
            ("Assessment", assessment),
            ("Began", relative_time(record.started_at)),
            ("Handed in", relative_time(record.completed_at, empty="Not yet")),
            *((label, text) for label, text in where if text and not masked),
        ]
