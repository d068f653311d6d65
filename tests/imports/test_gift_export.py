"""The questions of an assessment go out as GIFT, are noted in the audit, and come back as no change."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.assessments.models import Assessment, Question
from apps.catalog.models import Course, Lesson
from imports import services
from imports.models import ExportRecord, ImportJob
from imports.question_bank import Target
from tests.recipes import assessments

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment(lesson: Lesson) -> Assessment:
    """One question of each type, with every sign GIFT has a meaning for."""
    made: Assessment = assessments.assessment.make(lesson=lesson)

    def ask(code: str, kind: str, *answers: tuple[str, bool, str], text: str = "", **facts: object) -> None:
        question = assessments.question.make(
            assessment=made, code=code, type=kind, text=text or f"What about {code}?", order=int(code[1:]), **facts
        )
        for order, (answer, is_correct, more) in enumerate(answers, start=1):
            said = {"match": more} if kind == "matching" else {"feedback": more}
            assessments.answer.make(question=question, order=order, text=answer, is_correct=is_correct, **said)

    ask("q1", "single_choice", ("= a", True, "So # it is."), ("~b}", False, ""), text="{Which}?\n\n1. line", points=3)
    ask("q2", "multiple_choice", ("x -> y", True, ""), ("b", True, ""), ("%50%c", False, ""), explanation="a: b")
    ask("q3", "true_false", ("True", False, "No."), ("False", True, ""))
    ask("q4", "short_answer", ("a*b", True, ""), ("[html]", True, ""), ("d -> e", False, "Not \\n this."))
    ask("q5", "matching", ("a -> b", False, "c"), ("<i>", False, "d = e"))
    ask("q6", "essay")
    return made


def planned(text: str, by: User) -> ImportJob:
    job = services.upload_file(io.BytesIO(text.encode()), name="q.txt", by=by, into=Target("PY-101", "l1"))
    return services.plan_now(job, by=by)


def address(assessment: Assessment) -> str:
    return reverse("admin:imports_exportrecord_gift", args=[assessment.pk])


def downloaded(client: Client, assessment: Assessment) -> str:
    answer = client.post(address(assessment))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def test_an_exported_assessment_comes_back_as_no_change(
    as_administrator: Client, administrator: User, assessment: Assessment
) -> None:
    text = downloaded(as_administrator, assessment)

    job = planned(text, administrator)

    assert {name for name, number in job.counts.items() if number} - {"rows", "notes"} == {"unchanged"}, [
        (row.key, row.changes, row.messages) for row in job.rows.exclude(outcome="unchanged")
    ]
    assert job.counts["unchanged"] == 1 + 6 + 12


def test_an_export_is_one_entry_with_who_and_what(as_administrator: Client, assessment: Assessment) -> None:
    downloaded(as_administrator, assessment)

    record = ExportRecord.objects.get()
    assert (record.kind, record.format, record.row_count) == ("questions", "gift", 6)
    assert record.filters == {"course_code": ["PY-101"], "lesson_code": ["l1"]}


def test_a_question_that_gift_cannot_say_is_named_with_the_reason(
    as_administrator: Client, assessment: Assessment
) -> None:
    Question.objects.get(code="q1").answers.update(is_correct=False)

    text = downloaded(as_administrator, assessment)

    assert "// q1 cannot be written as GIFT. None of its answers is right." in text
    assert ExportRecord.objects.get().row_count == 5


def test_the_page_of_an_assessment_offers_the_file_to_who_may_export(
    signed_in: Callable[[User], Client],
    co_instructor_with: Callable[[str], User],
    assessment: Assessment,
) -> None:
    page = reverse("admin:assessments_assessment_change", args=[assessment.pk])

    for right, is_offered in (("export_data", True), ("view_course", False)):
        content = signed_in(co_instructor_with(right)).get(page).content.decode()
        assert ("Export as GIFT" in content) is is_offered


def test_who_may_not_export_gets_no_file(
    signed_in: Callable[[User], Client],
    co_instructor_with: Callable[[str], User],
    other_instructor: User,
    assessment: Assessment,
) -> None:
    seeing, stranger = signed_in(co_instructor_with("view_course")), signed_in(other_instructor)

    assert seeing.post(address(assessment)).status_code == 403
    assert stranger.post(address(assessment)).status_code == 404
    assert stranger.post(reverse("admin:imports_exportrecord_gift", args=[99_999])).status_code == 404
    assert seeing.get(address(assessment)).status_code == 405
    assert not ExportRecord.objects.exists()


def test_the_command_line_writes_the_same_file(administrator: User, assessment: Assessment, tmp_path: Path) -> None:
    path = tmp_path / "questions.gift"
    filters = ["course_code=py-101", "lesson_code=l1"]

    call_command("export", "questions", output=path, email=administrator.email, filter=filters, columns="")

    assert "[id:q1]" in path.read_text()
    assert ExportRecord.objects.get().format == "gift"


@pytest.mark.parametrize(
    ("dataset", "filters", "words"),
    [
        ("questions", [], "one lesson"),
        ("questions", ["course_code=PY-101", "lesson_code=l9"], "no assessment of PY-101/l9"),
        ("lessons", [], "Only questions"),
    ],
)
def test_the_command_line_says_what_it_needs(
    administrator: User, assessment: Assessment, tmp_path: Path, dataset: str, filters: list[str], words: str
) -> None:
    path = tmp_path / "questions.gift"

    with pytest.raises(CommandError, match=words):
        call_command("export", dataset, output=path, email=administrator.email, filter=filters, columns="")

    assert not path.exists()
    assert not ExportRecord.objects.exists()


def test_an_assessment_of_a_colleague_is_exported_by_nobody_else(
    other_instructor: User, assessment: Assessment, course: Course, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="no assessment of PY-101/l1"):
        call_command(
            "export",
            "questions",
            output=tmp_path / "q.gift",
            email=other_instructor.email,
            filter=["course_code=PY-101", "lesson_code=l1"],
            columns="",
        )
