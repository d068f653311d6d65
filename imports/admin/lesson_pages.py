"""The second step of a question file: which lesson's assessment takes the questions."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase

from apps.assessments.models import Question
from apps.records.rules import RuleBroken
from imports import services
from imports.admin.pages import show, to_page
from imports.models import ImportJob
from imports.parts import parts_of
from imports.question_bank import Target, lessons_for, target_of

MOST_OPTIONS = 30
MOST_CHARACTERS = 120
UNPROCESSABLE = 422


def lesson_page(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """Asks for the lesson, and leads on to the plan."""
    if request.method != "POST":
        return _show(request, job, _written(target_of(job)))
    into = request.POST.get("into", "").strip()[:MOST_CHARACTERS]
    mode = request.POST.get("mode", "")
    try:
        target = Target.named(into)
        if target.lesson_for(request.user) is None:
            raise RuleBroken(f"There is no lesson {into} into which you may import. Choose one of the list.")
        mode = mode if mode in ImportJob.Mode.values else job.mode
        job = services.configure(job, by=request.user, constants=target.as_constants(), mode=mode)
        services.start_plan(job, by=request.user)
    except RuleBroken as broken:
        return _show(request, job, into, broken=broken.sentence, status=UNPROCESSABLE)
    return to_page(job, "progress")


def lesson_options(user: Any, containing: str) -> list[tuple[str, str]]:
    """Lessons this person may import into, by what identifies them and by their title."""
    lessons = lessons_for(user)
    for word in containing.replace("/", " ").split()[:5]:
        lessons = lessons.filter(
            Q(code__icontains=word)
            | Q(title__icontains=word)
            | Q(course__code__icontains=word)
            | Q(course__title__icontains=word)
        )
    rows = lessons.select_related("course").order_by("course__code", "module__order", "order", "pk")[:MOST_OPTIONS]
    return [(f"{row.course.code}/{row.code}", f"{row.course.title} · {row.title}") for row in rows]


def _written(target: Target) -> str:
    return f"{target.course_code}/{target.lesson_code}" if target else ""


def _show(request: HttpRequest, job: ImportJob, into: str, **context: Any) -> HttpResponseBase:
    types = dict(Question.Type.choices)
    questions = next((part for part in parts_of(job) if part.kind.key == "questions"), None)
    samples = [dict(zip(questions.headers, row, strict=False)) for row in questions.samples] if questions else []
    return show(
        request,
        "lesson",
        job,
        into=into,
        options=lesson_options(request.user, ""),
        modes=ImportJob.Mode.choices,
        number=job.parts[questions.index]["rows"] if questions else 0,
        samples=[(sample["text"], types.get(sample["type"], "")) for sample in samples],
        **context,
    )
