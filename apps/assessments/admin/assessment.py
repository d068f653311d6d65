"""Assessments: a list across courses, and a page on which all questions are written at once."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString

from admin_theme.displays import minutes, number, relative_time, state_badge, two_lines
from admin_theme.tabs import TAB, Tab, tab_address
from apps.assessments.forms import QuestionsForm
from apps.assessments.models import Assessment
from apps.assessments.panels import QUIZ_TONES, add_figures, attempts_tab, count_of_questions, questions_panel
from apps.assessments.services import archive_assessment, restore_assessment, write_questions
from apps.catalog.admin.panels import history_tab
from apps.catalog.admin.pieces import PieceAdmin
from apps.catalog.models import Course

QUESTIONS = "questions"


def may_write(request: HttpRequest, assessment: Assessment) -> bool:
    return admin.site.get_model_admin(Assessment).has_change_permission(request, assessment)


writing_tab = Tab(
    key=QUESTIONS, title="Questions", place=20, has_fields=True, count=count_of_questions, opens=may_write
)
reading_tab = Tab(
    key=QUESTIONS,
    title="Questions",
    place=20,
    template="assessments/questions_panel.html",
    context=questions_panel,
    count=count_of_questions,
    opens=lambda request, assessment: not may_write(request, assessment),
)


class OpenedAtQuestions(ChangeList):
    """What one opens from the list of assessments are its questions."""

    def url_for_result(self, result: Any) -> str:
        return tab_address(result, QUESTIONS)


@admin.register(Assessment)
class AssessmentAdmin(PieceAdmin[Assessment]):
    parent_field = "lesson"
    course_tab = "assessments"
    choice_verbs = {"lesson": "change"}
    archive_service = archive_assessment
    restore_service = restore_assessment
    tabs = (
        Tab(key="facts", title="Facts", place=10, has_fields=True),
        writing_tab,
        reading_tab,
        attempts_tab,
        history_tab(),
    )
    list_display = ("assessment", "place", "kind", "asks", "to_pass", "state", "updated")
    list_filter = ("quiz_type",)
    list_select_related = ("lesson__course",)
    search_fields = ("title", "lesson__title", "lesson__code", "lesson__course__title", "lesson__course__code")
    search_help_text = "Title, lesson or course"
    ordering = ("-pk",)
    empty_title = "No assessments yet"
    empty_text = "An assessment asks what was learned in a lesson. It is added on the page of the lesson, or imported."
    empty_action = ("Go to the courses", "admin:catalog_course_changelist")
    fields = (
        "lesson",
        "title",
        "description",
        ("quiz_type", "passing_score"),
        ("max_attempts", "time_limit_minutes"),
        "randomize_questions",
        "show_results",
        "show_correct_answers",
    )

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assessment]:
        rows: QuerySet[Assessment] = super().get_queryset(request)
        return rows.select_related("lesson__course")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:  # noqa: ARG002
        return OpenedAtQuestions

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changelist = super().get_changelist_instance(request)
        changelist.result_list = list(changelist.result_list)
        add_figures(changelist.result_list)
        return changelist

    @admin.display(description="assessment", ordering="title")
    def assessment(self, assessment: Assessment) -> SafeString:
        return two_lines(assessment.title, assessment.lesson.title)

    @admin.display(description="course", ordering="lesson__course__title")
    def place(self, assessment: Assessment) -> SafeString:
        return two_lines(assessment.lesson.course.title, f"{assessment.lesson.course.code} · {assessment.lesson.code}")

    @admin.display(description="type", ordering="quiz_type")
    def kind(self, assessment: Assessment) -> SafeString:
        return state_badge(assessment, "quiz_type", QUIZ_TONES)

    @admin.display(description="asks")
    def asks(self, assessment: Any) -> SafeString:
        figures = assessment.figures
        asked = format_html('<span class="c-number">{}</span>', counted(figures.questions, "question"))
        return two_lines(asked, counted(figures.points, "point"))

    @admin.display(description="to pass", ordering="passing_score")
    def to_pass(self, assessment: Assessment) -> SafeString:
        return number(assessment.passing_score, "%")

    @admin.display(description="state")
    def state(self, assessment: Any) -> SafeString:
        badge: SafeString = assessment.badge
        return badge

    @admin.display(description="updated", ordering="updated_at")
    def updated(self, assessment: Assessment) -> SafeString:
        return relative_time(assessment.updated_at)

    # The page

    def course_of(self, piece: Any) -> Course:
        course: Course = piece.lesson.course
        return course

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = [name for name in super().get_readonly_fields(request, obj) if name not in ("course", "code")]
        return [*fixed, "lesson"] if obj else fixed

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "lesson" and (course := self.chosen_course(request)):
            offered = self.choices_for(db_field, request).filter(course=course, assessment=None)
            kwargs["queryset"] = offered.order_by("module__order", "order", "pk")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": (QUESTIONS,)})] if self.writes(request, obj) else super().get_fieldsets(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if self.writes(request, obj):
            kwargs["form"] = QuestionsForm
        return super().get_form(request, obj, **kwargs)

    def writes(self, request: HttpRequest, assessment: Any) -> bool:
        """Whether this is the page on which the questions are written."""
        return self.current_tab(request, assessment) is writing_tab

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if isinstance(form, QuestionsForm):
            write_questions(obj, form.cleaned_data[QUESTIONS], by=request.user, seen=form.seen)
        else:
            super().save_model(request, obj, form, change)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:  # noqa: ARG002
        return HttpResponseRedirect(tab_address(obj, QUESTIONS))

    def headline(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        add_figures([record])
        figures = record.figures
        is_told = figures.faulty and request.GET.get(TAB) != QUESTIONS
        return {
            "badge": record.badge,
            "line": f"{record.lesson} · {record.lesson.course}",
            "figures": [
                ("Questions", number(figures.questions)),
                ("Points", number(figures.points)),
                ("To pass", number(record.passing_score, "%")),
                ("Time", minutes(record.time_limit_minutes or None, empty="No limit")),
            ],
            "warnings_title": "Learners could not answer rightly:",
            "warnings": [f"{counted(figures.faulty, 'question')}. What is wrong stands there."] if is_told else [],
        }


def counted(figure: int, noun: str) -> str:
    return f"{figure:,} {noun}{'' if figure == 1 else 's'}"
