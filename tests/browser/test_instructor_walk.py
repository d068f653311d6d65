"""An instructor takes a course out as a workbook, brings it back changed, puts it right, applies it and takes it all
back, in a real browser."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.assessments.models import Answer
from apps.catalog.models import Course, Lesson
from tests.support.course_workbooks import edit, furnish

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("running_worker")]

LONG_WORK = 60_000


@pytest.fixture(autouse=True)
def _lessons_need_two(settings: Any) -> None:
    settings.IMPORT_APPROVAL_KINDS = ["lessons"]


def download(page: Page, course: Course, to: Path) -> Path:
    page.goto(f"/admin/catalog/course/{course.pk}/change/")
    with page.expect_download() as found:
        page.get_by_role("button", name="Download as workbook").click()
    assert re.fullmatch(r"PY-101-[\d-]+\.xlsx", found.value.suggested_filename)
    found.value.save_as(to)
    return to


def cells(path: Path) -> dict[str, list[list[Any]]]:
    return {sheet.title: [[cell.value for cell in row] for row in sheet] for sheet in openpyxl.load_workbook(path)}


def change(path: Path, to: Path) -> Path:
    """A title, a move, a lesson with a question, and an order nobody can read."""
    book = openpyxl.load_workbook(path)
    edit(book, "Lessons", 2, title="What a name is")
    edit(book, "Lessons", 3, module_code="m2")
    edit(book, "Lessons", 4, order="last")
    where = {"course_code": "PY-101", "lesson_code": "check"}
    question = {**where, "question_code": "q1"}
    edit(book, "Lessons", 5, **where, module_code="m2", title="Check yourself", type="quiz")
    edit(book, "Assessments", 3, **where, title="What have you learned?")
    edit(book, "Questions", 3, **question, text="What does a name stand for?", type="single_choice")
    edit(book, "Answers", 4, **question, text="A value", is_correct=True)
    edit(book, "Answers", 5, **question, text="A place", is_correct=False)
    book.save(to)
    return to


def upload(page: Page, path: Path) -> None:
    page.get_by_role("link", name="Imports").click()
    page.get_by_role("link", name="Import a file").first.click()
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Upload and look at it").click()
    page.wait_for_url("**/plan/", timeout=LONG_WORK)


def read_the_plan(page: Page) -> None:
    """The only course stands open, down to the answers; its sheets are there as well."""
    figures = page.get_by_role("list", name="What the plan holds")
    for words in ("5 new", "2 changed", "1 cannot be read"):
        expect(figures).to_contain_text(words)
    tree = page.get_by_role("region", name="The plan as a tree")
    for name in ("What a name is", "Check yourself", "What does a name stand for?", "A place"):
        expect(tree.get_by_role("link", name=name, exact=True)).to_be_visible()
    page.get_by_role("navigation", name="Parts of the file").get_by_role("link", name="Answers").click()
    expect(page.get_by_role("link", name="New (2)")).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name="As a tree").click()


def put_right(page: Page) -> None:
    """From the tree to the row, which stands open at its faulty cell."""
    faulty = page.get_by_role("listitem").filter(has_text="Order must be a whole number").last
    faulty.get_by_role("link").click()
    page.get_by_label("Order", exact=True).fill("3")
    page.get_by_role("button", name="Correct this row").click()
    expect(page.get_by_text("Sheet Lessons, line 4 can be imported now.")).to_be_visible()
    expect(page.get_by_text("corrected", exact=True)).to_be_visible()


def ask(page: Page, whom: User) -> str:
    """The address of the question."""
    page.get_by_role("link", name="Ask for approval").first.click()
    page.get_by_label("Whom").fill(whom.email)
    page.get_by_label("What they should know").fill("For the autumn.")
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_text("They are asked, and you are told what they decide.")).to_be_visible()
    return page.url


def answer(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text("For the autumn.")).to_be_visible()
    page.get_by_label("Your comment").fill("The second module was short anyway.")
    page.get_by_role("button", name="Add the comment").click()
    expect(page.get_by_text("The second module was short anyway.")).to_be_visible()
    page.get_by_role("button", name="Approve the plan").click()
    expect(page.get_by_text("Your answer is written down.")).to_be_visible()


def test_an_instructor_takes_a_course_out_brings_it_back_changed_and_takes_it_all_back(
    open_browser: Callable[..., Page],
    instructor: User,
    course: Course,
    co_instructor_with: Callable[[str], User],
    tmp_path: Path,
) -> None:
    furnish(course)
    page, colleague = open_browser(instructor), co_instructor_with("import_content")
    before = download(page, course, tmp_path / "before.xlsx")

    upload(page, change(before, tmp_path / "autumn.xlsx"))
    read_the_plan(page)
    put_right(page)
    answer(open_browser(colleague), ask(page, colleague))

    page.get_by_role("link", name="Back to the plan").click()
    expect(page.get_by_text(f"Approved by {colleague}")).to_be_visible()
    page.get_by_role("button", name="Apply 8 changes").click()
    page.wait_for_url("**/result/", timeout=LONG_WORK)
    expect(page.get_by_text("5 rows created by this import")).to_be_visible()
    expect(page.get_by_text("3 rows changed by this import")).to_be_visible()
    lessons = Lesson.objects.order_by("code").values_list("code", "module__code", "title", "order")
    assert lessons[0] == ("check", "m2", "Check yourself", 4)
    assert {lesson[:2] for lesson in lessons} == {("check", "m2"), ("l1", "m1"), ("l2", "m2"), ("l3", "m2")}
    assert Answer.objects.filter(question__assessment__lesson__code="check").count() == 2

    page.get_by_role("link", name="take it all back").click()
    page.get_by_role("button", name="Take back 8 rows").click()
    page.wait_for_url("**/result/", timeout=LONG_WORK)
    expect(page.get_by_text("Everything is as it was before.")).to_be_visible()

    assert cells(download(page, course, tmp_path / "after.xlsx")) == cells(before)
