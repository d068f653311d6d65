"""What is exported imports as no change, and one edited cell is exactly one changed field: for every kind."""

import csv
import io
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from apps.accounts.models import User
from apps.assessments.models import Answer, Assessment, Question
from apps.catalog.models import Category, Course, CourseInstructor, Lesson, Module, Resource
from apps.enrollments.models import Enrollment, LessonProgress
from imports.types import KINDS
from imports.types.base import ImportKind
from tests.recipes import catalog, certificates, enrollments, reviews, subscriptions
from tests.support.commands import run
from tests.support.people import give_role, person, teach

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("platform")]
FORMATS = ["csv", "xlsx"]
HOSTILE_TEXTS = (
    "=1+1",
    "-5 tips",
    "+44",
    "@ada",
    "\tTab in front",
    "\rReturn in front",
    "\nLine in front",
    "＝1＋1",
    "＠ada",
    "'=1+1",
    "''quoted",
    "'",
    "two\r\nlines\nand a\rreturn",
    '"quotes", commas; and | pipes',
    "_x000D_ and _x005F_",
    "null",
    "1E5",
    "007",
    "Ünïcödé 日本語 🎓",
    " blanks at both ends ",
)
EDITS = {
    "users": ("first_name", "Renamed"),
    "categories": ("name", "Renamed"),
    "courses": ("title", "Renamed"),
    "course-instructors": ("expires_on", "2031-12-31"),
    "modules": ("title", "Renamed"),
    "lessons": ("title", "Renamed"),
    "resources": ("title", "Renamed"),
    "assessments": ("title", "Renamed"),
    "questions": ("points", "7"),
    "answers": ("text", "Renamed"),
    "enrollments": ("progress_percent", "77"),
    "progress": ("seconds_spent", "7777"),
    "certificates": ("revocation_reason", "Renamed"),
    "reviews": ("moderator_note", "Renamed"),
    "subscriptions": ("status", "cancelled"),
}


@pytest.fixture
def platform(course: Course, instructor: User, manager: User, support: User) -> None:
    """Rows of every kind, with the values that suffer on their way through a spreadsheet."""
    everywhere = Category.objects.create(name="Everywhere", slug="everywhere", sort_order=3, icon="public")
    Category.objects.create(name="-Below", slug="a-below", parent=everywhere, description="=SUM(A1)")
    helper = person("helper", User.Role.STAFF, status=User.Status.ACTIVE)
    catalog.course_instructor.make(
        course=course,
        user=helper,
        role=CourseInstructor.Role.CO_INSTRUCTOR,
        expires_on=date(2030, 1, 1),
        can_view_analytics=False,
    )
    give_role(give_role(helper, "support"), "moderator")
    gone = person("gone", User.Role.INSTRUCTOR, status=User.Status.INACTIVE)
    left_alone = catalog.course.make(code="LEFT-1", title="Its instructor has left", category=everywhere)
    teach(gone, left_alone)
    Course.objects.filter(pk=course.pk).update(
        price=Decimal("49.90"),
        discount_price=Decimal(0),
        starts_on=date(2026, 3, 1),
        language="pt-br",
        level="advanced",
        is_featured=True,
        seats=0,
        description="First\r\nsecond",
    )
    Course.objects.create(code="00123", title="No category and no price yet")
    last = Module.objects.create(course=course, title="Module with a made up code")
    for number, text in enumerate(HOSTILE_TEXTS):
        lesson = Lesson.objects.create(
            course=course, module=last, title=f"Lesson {number}", content=text, transcript=text * 2
        )
        Resource.objects.create(lesson=lesson, title=f"-{number}", url="https://example.org/a?b=c", description=text)
        ask_about(lesson, text)
    learner = person("o'brien+tag", User.Role.STUDENT, password="x")
    person("=cmd", User.Role.STUDENT)
    moment = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC)
    taken = enrollments.enrollment.make(
        course=course,
        user=learner,
        status=Enrollment.Status.COMPLETED,
        enrolled_at=moment,
        completed_at=datetime(2026, 10, 25, 2, 30, tzinfo=UTC),
        progress_percent=100,
    )
    for lesson in Lesson.objects.filter(course=course)[:3]:
        LessonProgress.objects.create(enrollment=taken, lesson=lesson, is_completed=True, completed_at=moment)
    certify(taken, course)
    decided: dict[str, Any] = {"moderator": manager, "decided_at": moment}
    flagged: dict[str, Any] = {"state": "flagged", "moderator": manager}
    for facts in ({"state": "approved", "is_featured": True, **decided}, flagged):
        reviews.review.make(course=course, title="=1+1", text=f"{HOSTILE_TEXTS[12]} and more of it", **facts)
    reviews.review.make(course=course, state="rejected", rejection_reason="spam", moderator_note="-x", **decided)
    subscribe(learner, manager)
    for number, text in enumerate(HOSTILE_TEXTS[:4]):
        catalog.course.make(code=f"H-{number}", title=f"{text} in a title", category=everywhere, subtitle=text)


def certify(taken: Enrollment, course: Course) -> None:
    """A certificate that was replaced by a valid one, and a revoked one whose texts suffer in a spreadsheet."""
    old = certificates.certificate.make(enrollment=taken, state="replaced", learner_name="=cmd", course_title="-5 tips")
    certificates.certificate.make(enrollment=taken, replaces=old, valid_until=datetime(2031, 3, 29, 1, 30, tzinfo=UTC))
    certificates.certificate.make(
        course=course,
        user=person("revoked", User.Role.STUDENT),
        number="CERT 2021/0042",
        issued_at=datetime(2021, 3, 28, 1, 30, tzinfo=UTC),
        state="revoked",
        revoked_at=datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        revocation_reason=HOSTILE_TEXTS[12],
    )


def subscribe(learner: User, manager: User) -> None:
    """One that runs, one in its grace with a credit, and a ledger whose texts suffer in a spreadsheet."""
    running = subscriptions.subscription.make(user=learner, price_minor=1999, monthly_minor=1999)
    grace_ends_at = datetime(2031, 3, 29, 1, 30, 0, 123456, tzinfo=UTC)
    subscriptions.subscription.make(plan=running.plan, status="past_due", grace_ends_at=grace_ends_at, due_minor=-5)
    paid = subscriptions.payment.make(subscription=running, provider="=bank", reference="007", method="-cash")
    facts: dict[str, Any] = {"against": paid, "provider": "=bank", "recorded_by": manager, "reason": HOSTILE_TEXTS[12]}
    subscriptions.payment.make(subscription=running, kind="refund", reference="1E5", amount_minor=-1, **facts)
    subscriptions.payment.make(subscription=running, kind="counter", reference="007/counter", amount_minor=1, **facts)
    subscriptions.payment.make(subscription=running, kind="failed", amount_minor=0)


def ask_about(lesson: Lesson, text: str) -> None:
    """An assessment whose question and answers are made of a text that suffers in a spreadsheet."""
    assessment = Assessment.objects.create(lesson=lesson, title=f"-{lesson.title}", description=text, passing_score=0)
    question = Question.objects.create(assessment=assessment, text=text, explanation=text, type=Question.Type.MATCHING)
    Answer.objects.create(question=question, text=f"{text} one".strip(), match=text.strip(), feedback=text)
    Answer.objects.create(question=question, text="two", is_correct=True, order=12)


def exported(kind: str, path: Path, by: User) -> Path:
    ran = run("export", kind, "-o", path, "--as", by.email)
    assert ran.code == 0, ran.err
    return path


def planned(kind: str, path: Path, by: User) -> Any:
    ran = run("imports", "plan", path, "--kind", kind, "--as", by.email, "--json")
    assert ran.code == 0, ran.out
    return ran.json


def edit_cell(path: Path, column: str, value: str) -> None:
    """As a person would: one cell, and the file saved again."""
    if path.suffix == ".csv":
        rows = list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))
        rows[-1][rows[0].index(column)] = value
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
        return
    with closing(openpyxl.load_workbook(path)) as book:
        sheet = book.worksheets[0]
        at = [cell.value for cell in sheet[1]].index(column)
        sheet[sheet.max_row][at].value = int(value) if value.isdecimal() else value
        book.save(path)


def kinds() -> list[Any]:
    return [pytest.param(kind, id=key) for key, kind in KINDS.items()]


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("kind", kinds())
def test_an_export_imports_as_no_change(kind: ImportKind, fmt: str, administrator: User, tmp_path: Path) -> None:
    path = exported(kind.key, tmp_path / f"out.{fmt}", administrator)

    plan = planned(kind.key, path, administrator)

    counts = {name: number for name, number in plan["counts"].items() if number}
    assert list(counts) == ["unchanged"]
    assert plan["mapping"] == {column.name: column.name for column in kind.columns if column != kind.archive_column}
    assert plan["warnings"] == []


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind.id in EDITS])
def test_one_edited_cell_is_one_changed_field(kind: ImportKind, fmt: str, administrator: User, tmp_path: Path) -> None:
    column, value = EDITS[kind.key]
    path = exported(kind.key, tmp_path / f"out.{fmt}", administrator)
    edit_cell(path, column, value)

    plan = planned(kind.key, path, administrator)
    rows = run("imports", "show", plan["job"], "--outcome", "update", "--json").json["rows"]

    assert [(list(row["changes"]), row["changes"][column][1]) for row in rows] == [([column], value)]
    assert plan["counts"]["create"] == 0


def test_of_every_kind_but_the_ledger_some_cell_may_be_edited() -> None:
    assert set(KINDS) - set(EDITS) == {"payments"}


@pytest.mark.parametrize("fmt", FORMATS)
def test_every_hostile_text_comes_back_letter_by_letter(fmt: str, administrator: User, tmp_path: Path) -> None:
    before = dict(Lesson.objects.values_list("code", "content"))
    path = exported("lessons", tmp_path / f"out.{fmt}", administrator)
    Lesson.objects.update(content="overwritten")

    job = planned("lessons", path, administrator)["job"]
    run("imports", "apply", job, "--as", administrator.email, "--confirm-large")

    assert dict(Lesson.objects.values_list("code", "content")) == before
    assert set(before.values()) == set(HOSTILE_TEXTS)


def test_an_instructor_takes_the_own_course_out_and_in_again(course: Course, instructor: User, tmp_path: Path) -> None:
    for kind in ("courses", "modules", "lessons", "resources", "assessments", "questions", "answers"):
        plan = planned(kind, exported(kind, tmp_path / f"{kind}.csv", instructor), instructor)

        counts = {name: number for name, number in plan["counts"].items() if number}
        assert list(counts) == ["unchanged"]
