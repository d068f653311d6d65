"""Questions: found, looked into and restored here; they are written on the page of their assessment."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from admin_theme.displays import badge, number, relative_time, two_lines
from admin_theme.tabs import Tab, tab_address
from apps.assessments.models import Question
from apps.assessments.panels import question_panel
from apps.assessments.services import archive_question, restore_question
from apps.catalog.admin.panels import history_tab
from apps.catalog.admin.pieces import PieceAdmin
from apps.catalog.models import Course


@admin.register(Question)
class QuestionAdmin(PieceAdmin[Question]):
    parent_field = "assessment"
    course_tab = "assessments"
    archive_service = archive_question
    restore_service = restore_question
    tabs = (
        Tab(
            key="facts",
            title="Facts",
            place=10,
            has_fields=True,
            before="assessments/question_before.html",
            context=question_panel,
        ),
        history_tab(),
    )
    list_display = ("question", "place", "kind", "worth", "updated")
    list_filter = ("type",)
    list_select_related = ("assessment__lesson__course",)
    search_fields = ("text", "code", "assessment__title", "assessment__lesson__course__code")
    search_help_text = "Words, assessment or course"
    ordering = ("-pk",)
    empty_title = "No questions yet"
    empty_text = "Questions are written on the page of their assessment, or imported."
    empty_action = ("Go to the assessments", "admin:assessments_assessment_changelist")
    fields = ("code", "text", ("type", "points"), "explanation")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        rows: QuerySet[Question] = super().get_queryset(request)
        return rows.select_related("assessment__lesson__course")

    def course_of(self, piece: Any) -> Course:
        course: Course = piece.assessment.lesson.course
        return course

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Where a question is added its answers are written too."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [name for name in super().get_readonly_fields(request, obj) if name != "course"]

    @admin.display(description="question", ordering="text")
    def question(self, question: Question) -> SafeString:
        return two_lines(question, question.code, badge=badge("Archived") if question.is_archived else "")

    @admin.display(description="assessment", ordering="assessment__title")
    def place(self, question: Question) -> SafeString:
        return two_lines(question.assessment.title, question.assessment.lesson.course.title)

    @admin.display(description="type", ordering="type")
    def kind(self, question: Question) -> str:
        return question.get_type_display()

    @admin.display(description="points", ordering="points")
    def worth(self, question: Question) -> SafeString:
        return number(question.points)

    @admin.display(description="updated", ordering="updated_at")
    def updated(self, question: Question) -> SafeString:
        return relative_time(question.updated_at)

    def headline(self, request: HttpRequest, record: Question) -> dict[str, Any]:  # noqa: ARG002
        return {
            "badge": badge("Archived") if record.is_archived else badge("In the assessment", "good"),
            "line": f"{record.code} · {record.assessment} · {record.assessment.lesson.course}",
            "figures": [("Type", record.get_type_display()), ("Points", number(record.points))],
        }

    def side_facts(self, request: HttpRequest, record: Any) -> list[tuple[str, SafeString | str]]:
        address = tab_address(record.assessment, "questions")
        link = format_html('<a href="{}">{}</a>', address, record.assessment)
        return [("Assessment", link), *super().side_facts(request, record)]
