"""A question file on the screen and on the command line: it asks for its lesson, shows its plan, and takes no other."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.assessments.models import Question
from apps.catalog.models import Course, Lesson
from apps.jobs.models import JobRun
from imports.models import ImportJob
from tests.imports.conftest import Upload, page
from tests.recipes import catalog
from tests.support import question_files

pytestmark = pytest.mark.django_db

Work = Callable[[], list[JobRun]]


@pytest.fixture
def hidden(other_course: Course) -> Lesson:
    module = catalog.module.make(course=other_course, code="m1")
    made: Lesson = catalog.lesson.make(module=module, code="l1", title="Hidden strokes")
    return made


@pytest.fixture
def as_teacher(instructor: User, lesson: Lesson, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(instructor)


def test_a_question_file_is_recognized_and_asks_for_its_lesson(
    as_teacher: Client, hidden: Lesson, upload: Upload
) -> None:
    job = upload(as_teacher, "quiz.txt", question_files.GIFT)

    answer = as_teacher.get(page(job, "map"))

    content = answer.content.decode()
    assert (job.kind, job.status) == ("question-bank", "uploaded")
    assert "Which lesson asks these questions?" in content
    assert "8 questions" in content
    assert "What is between orange and green?" in content
    assert "PY-101/l1" in content
    assert "Hidden strokes" not in content


def test_the_lesson_is_chosen_and_the_plan_shows_what_cannot_be_imported(
    as_teacher: Client, upload: Upload, work_off: Work
) -> None:
    job = upload(as_teacher, "quiz.txt", question_files.GIFT)

    answer = as_teacher.post(page(job, "map"), {"into": "PY-101/l1", "mode": "upsert"})
    work_off()

    job.refresh_from_db()
    assert answer.status_code == 303
    assert job.status == "planned", job.messages
    assert (job.counts["create"], job.counts["invalid"]) == (20, 2)
    content = as_teacher.get(f"{page(job, 'plan')}?sheet=1&tab=invalid").content.decode()
    assert "It asks for a number" in content


def test_applied_on_the_screen_the_questions_are_there(as_teacher: Client, upload: Upload, work_off: Work) -> None:
    job = upload(as_teacher, "quiz.txt", question_files.GIFT)
    as_teacher.post(page(job, "map"), {"into": "py-101/L1"})
    work_off()

    as_teacher.post(page(job, "apply"), {"rows": "good"})
    work_off()

    job.refresh_from_db()
    assert job.status == "partly_applied"
    assert Question.objects.count() == 6
    assert as_teacher.get(page(job, "result")).status_code == 200


@pytest.mark.parametrize("into", ["", "PY-101", "PY-101/l9", "ART-1/l1", "a/b/c", "x" * 500])
def test_any_other_lesson_is_refused_with_a_sentence_and_nothing_changes(
    as_teacher: Client, hidden: Lesson, upload: Upload, into: str
) -> None:
    job = upload(as_teacher, "quiz.txt", question_files.GIFT)

    answer = as_teacher.post(page(job, "map"), {"into": into})

    job.refresh_from_db()
    content = answer.content.decode()
    assert answer.status_code == 422
    assert "Name the lesson as" in content or "There is no lesson" in content
    assert "Hidden strokes" not in content
    assert (job.status, job.constants) == ("uploaded", {})


def test_what_is_typed_narrows_the_lessons_to_those_one_may_import_into(
    as_teacher: Client, hidden: Lesson, upload: Upload
) -> None:
    job = upload(as_teacher, "quiz.txt", question_files.GIFT)

    found = as_teacher.get(page(job, "choices"), {"column": "into", "q": "variable python"}).content.decode()
    other = as_teacher.get(page(job, "choices"), {"column": "into", "q": "strokes"}).content.decode()

    assert "PY-101/l1" in found
    assert other.strip() == ""


def test_the_page_asks_as_many_questions_of_the_database_for_many_lessons_as_for_one(
    as_teacher: Client, lesson: Lesson, upload: Upload, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        catalog.lesson.make(module=lesson.module, code=f"x{number}")
    job = upload(as_teacher, "quiz.txt", question_files.GIFT)

    with django_assert_max_num_queries(25):
        content = as_teacher.get(page(job, "map")).content.decode()

    assert content.count('<option value="PY-101/') == 30


def test_another_encoding_is_chosen_on_the_page(as_teacher: Client, upload: Upload) -> None:
    job = upload(as_teacher, "quiz.txt", "Ist Käse gelb?{T}".encode("cp1252"))
    assert job.status == "refused"

    as_teacher.post(page(job, "reread"), {"encoding": "cp1252"})

    assert "Ist Käse gelb?" in as_teacher.get(page(job, "map")).content.decode()


def test_the_upload_page_takes_question_files_and_offers_no_template_of_them(as_teacher: Client) -> None:
    content = as_teacher.get(reverse("admin:imports_importjob_add")).content.decode()

    assert ".gift" in content
    assert "Question bank" in content
    assert reverse("admin:imports_importjob_template", args=["question-bank"]) not in content
    assert as_teacher.get(reverse("admin:imports_importjob_template", args=["question-bank"])).status_code == 404


def test_files_of_other_kinds_may_not_end_like_question_files(as_teacher: Client, upload: Upload) -> None:
    job = upload(as_teacher, "lessons.txt", "course_code,title\nPY-101,One\n", kind="lessons")

    assert [message["code"] for message in job.messages] == ["E_UNSUPPORTED"]


@pytest.fixture
def quiz(tmp_path: Path) -> Path:
    path = tmp_path / "quiz.gift"
    path.write_text(question_files.GIFT)
    return path


def run(*arguments: Any) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    code = 0
    try:
        call_command("imports", *map(str, arguments), "--json", stdout=out, stderr=io.StringIO())
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, json.loads(out.getvalue())


def test_the_command_line_plans_applies_and_takes_back(instructor: User, lesson: Lesson, quiz: Path) -> None:
    who = ("--as", instructor.email)

    code, answer = run("plan", quiz, "--kind", "question-bank", "--into", "PY-101/l1", *who)
    applied_code, applied = run("apply", answer["job"], "--good-rows-only", *who)
    again_code, again = run("plan", quiz, "--kind", "question-bank", "--into", "PY-101/l1", *who)
    undone_code, undone = run("undo", answer["job"], *who)

    assert (code, answer["status"], answer["counts"]["invalid"]) == (1, "planned", 2)
    assert [(part["kind"], part["counts"]["invalid"]) for part in answer["parts"]] == [
        ("assessments", 0),
        ("questions", 2),
        ("answers", 0),
    ]
    assert [(error["line"], error["sheet"]) for error in answer["errors"]] == [(23, "Questions"), (25, "Questions")]
    assert [warning["code"] for warning in answer["warnings"]] == ["W_RULE"]
    assert (applied_code, applied["status"], applied["counts"]["create"]) == (1, "partly_applied", 20)
    assert (again_code, again["counts"]["create"], again["counts"]["update"]) == (1, 0, 0)
    assert (undone_code, undone["status"]) == (0, "undone")
    assert not Question.with_archived.exists()


def test_the_errors_file_lists_what_cannot_be_imported_with_the_reasons(
    instructor: User, lesson: Lesson, quiz: Path, tmp_path: Path
) -> None:
    _, answer = run("plan", quiz, "--kind", "question-bank", "--into", "PY-101/l1", "--as", instructor.email)
    path = tmp_path / "errors.xlsx"

    call_command("imports", "errors", answer["job"], output=path, stdout=io.StringIO())

    sheet = openpyxl.load_workbook(path)["Questions"]
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 3
    assert "asks for a number" in str(rows[1])
    assert "“cat” earns 50 %" in str(rows[2])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--kind", "question-bank"], "--into COURSE_CODE/LESSON_CODE"),
        (["--kind", "question-bank", "--into", "PY-101"], "COURSE_CODE/LESSON_CODE"),
        (["--kind", "lessons", "--into", "PY-101/l1"], "question-bank only"),
    ],
)
def test_the_command_line_says_what_is_missing(
    instructor: User, lesson: Lesson, quiz: Path, arguments: list[str], words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("imports", "plan", str(quiz), *arguments, "--as", instructor.email)

    assert not ImportJob.objects.exists()


def test_a_stranger_learns_nothing_about_the_lesson(other_instructor: User, lesson: Lesson, quiz: Path) -> None:
    who = ("--as", other_instructor.email)

    code, answer = run("plan", quiz, "--kind", "question-bank", "--into", "PY-101/l1", *who)
    other_code, other = run("plan", quiz, "--kind", "question-bank", "--into", "PY-101/l9", *who)

    def told(one: dict[str, Any]) -> str:
        return json.dumps({**one, "job": 0}).replace("l9", "l1")

    assert code == other_code
    assert told(answer) == told(other)
