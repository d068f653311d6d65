"""What the pages of courses, lessons, assessments and attempts show of all this."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from admin_theme.displays import Tone, badge, state_badge
from admin_theme.gate import gate, may_here
from admin_theme.tabs import Tab
from apps.assessments.models import Assessment, Attempt, AttemptAnswer, Question
from apps.assessments.queries import Figures, faults_in, figures_of, questions_of
from apps.catalog.admin.panels import ROWS, may_add_below, page_number
from apps.catalog.models import Course, Lesson

STATE_TONES: dict[str, Tone] = {"started": "info", "waiting": "warn", "graded": "neutral"}
QUIZ_TONES: dict[str, Tone] = {"practice": "neutral", "graded": "info", "final": "warn"}


def add_figures(assessments: list[Assessment]) -> None:
    """Puts the figures of each assessment, and the badge that follows from them, on it."""
    figures = figures_of(assessment.pk for assessment in assessments)
    for assessment in assessments:
        assessment.figures = figures[assessment.pk]  # type: ignore[attr-defined]
        assessment.badge = readiness(assessment, figures[assessment.pk])  # type: ignore[attr-defined]


def readiness(assessment: Assessment, figures: Figures) -> Any:
    """Whether learners could take it as it is."""
    if assessment.is_archived:
        return badge("Archived")
    if not figures.questions:
        return badge("No questions yet", "info")
    if figures.faulty:
        return badge(f"{figures.faulty:,} to look at", "warn", hint="Questions that learners could not answer rightly.")
    return badge("Ready", "good")


def attempt_badge(attempt: Attempt) -> Any:
    """The state of an attempt, or its result once there is one."""
    if attempt.is_passed is None:
        return state_badge(attempt, "state", STATE_TONES)
    return badge("Passed", "good") if attempt.is_passed else badge("Not passed", "bad")


def assessments_of(course: Course) -> QuerySet[Assessment]:
    """The current assessments of a course in the order of their lessons."""
    rows: QuerySet[Assessment] = Assessment.objects.filter(lesson__course=course).select_related("lesson")
    return rows.order_by("lesson__module__order", "lesson__order", "pk")


def course_panel(request: HttpRequest, course: Course) -> dict[str, Any]:
    page: Any = Paginator(assessments_of(course), ROWS).get_page(page_number(request))
    page.object_list = list(page.object_list)
    add_figures(page.object_list)
    has_lessons = Lesson.objects.filter(course=course).exists()
    return {
        "rows": page,
        "has_lessons": has_lessons,
        "may_add": has_lessons and may_add_below(request, Assessment, course),
        "add": f"{reverse('admin:assessments_assessment_add')}?course={course.pk}",
    }


def lesson_panel(request: HttpRequest, lesson: Lesson) -> dict[str, Any]:
    assessment = Assessment.with_archived.filter(lesson=lesson).first()
    if assessment is not None:
        add_figures([assessment])
    is_open = assessment is None and not lesson.is_archived
    return {
        "assessment": assessment,
        "may_add": is_open and may_add_below(request, Assessment, lesson.course),
        "add": f"{reverse('admin:assessments_assessment_add')}?course={lesson.course_id}&lesson={lesson.pk}",
    }


def questions_panel(request: HttpRequest, assessment: Assessment) -> dict[str, Any]:  # noqa: ARG001
    """The questions to read."""
    questions: list[Any] = questions_of(assessment)
    for question in questions:
        question.faults = faults_in(question)
    return {"questions": questions, "points": sum(question.points for question in questions)}


def question_panel(request: HttpRequest, question: Question) -> dict[str, Any]:  # noqa: ARG001
    question.faults = faults_in(question)  # type: ignore[attr-defined]
    return {"questions": [question], "points": question.points}


def attempts_of(request: HttpRequest, assessment: Assessment) -> QuerySet[Attempt]:
    """The attempts at an assessment that this person may see."""
    return gate.scope(request.user, "view", Attempt).filter(assessment=assessment)


def attempts_panel(request: HttpRequest, assessment: Assessment) -> dict[str, Any]:
    rows = attempts_of(request, assessment).select_related("user").order_by("-pk")
    page: Any = Paginator(rows, ROWS).get_page(page_number(request))
    for attempt in page:
        attempt.badge = attempt_badge(attempt)
    listed = f"{reverse('admin:assessments_attempt_changelist')}?assessment__id__exact={assessment.pk}"
    return {"rows": page, "all_attempts": listed}


def given_panel(request: HttpRequest, attempt: Attempt) -> dict[str, Any]:
    """What a learner answered, question by question."""
    answers = AttemptAnswer.objects.filter(attempt=attempt).select_related("question").order_by("question__order", "pk")
    may_grade = attempt.state != Attempt.State.STARTED and may_here(request, "grade", Attempt, attempt)
    return {"answers": list(answers), "may_grade": may_grade}


course_tab = Tab(
    key="assessments",
    title="Assessments",
    place=52,
    template="assessments/course_panel.html",
    context=course_panel,
    count=lambda request, course: assessments_of(course),  # noqa: ARG005
    opens=lambda request, course: may_here(request, "view", Assessment),  # noqa: ARG005
)
lesson_tab = Tab(
    key="assessment",
    title="Assessment",
    place=15,
    template="assessments/lesson_panel.html",
    context=lesson_panel,
    opens=lambda request, lesson: may_here(request, "view", Assessment),  # noqa: ARG005
)
attempts_tab = Tab(
    key="attempts",
    title="Attempts",
    place=30,
    template="assessments/attempts_panel.html",
    context=attempts_panel,
    count=attempts_of,
    opens=lambda request, assessment: may_here(request, "view", Attempt),  # noqa: ARG005
)
given_tab = Tab(key="answers", title="Answers", place=10, template="assessments/given_panel.html", context=given_panel)


def count_of_questions(request: HttpRequest, assessment: Assessment) -> int:  # noqa: ARG001
    return Question.objects.filter(assessment=assessment).count()
