"""The command line: arguments, the JSON it answers with, and its exit status."""

from pathlib import Path

import openpyxl
import pytest

from apps.accounts.models import User
from apps.catalog.models import Category, Course
from imports.models import ExportRecord, ImportJob
from imports.types import KINDS
from imports.types.composites import COMPOSITES
from tests.support.commands import Ran, run
from tests.support.people import grant, person

pytestmark = pytest.mark.django_db
COUNTS = {"create": 0, "update": 0, "unchanged": 0, "invalid": 0, "conflict": 0, "repeated": 0}


@pytest.fixture
def two_courses(category: Category, tmp_path: Path) -> Path:
    path = tmp_path / "courses.csv"
    path.write_text("course_code,title,category,price\nA-1,First steps,programming,49\nA-2,Next steps,programming,0\n")
    return path


@pytest.fixture
def one_bad_course(category: Category, tmp_path: Path) -> Path:
    path = tmp_path / "bad.csv"
    path.write_text("course_code,title,category,price\nA-1,First steps,programming,cheap\nA-2,Next,programming,0\n")
    return path


def plan(path: Path, by: User | str, *more: object, kind: str = "courses") -> Ran:
    email = by.email if isinstance(by, User) else by
    return run("imports", "plan", path, "--kind", kind, "--as", email, "--json", *more)


def test_a_clean_plan_answers_with_its_counts_and_ends_with_0(two_courses: Path, administrator: User) -> None:
    ran = plan(two_courses, administrator)

    assert ran.code == 0
    assert ran.json == {
        "job": ImportJob.objects.get().pk,
        "status": "planned",
        "kind": "courses",
        "counts": {**COUNTS, "create": 2},
        "errors": [],
        "warnings": [],
        "mapping": {"course_code": "course_code", "title": "title", "category": "category", "price": "price"},
    }
    assert not Course.objects.exists()


def test_a_plan_with_a_faulty_row_names_the_cell_and_ends_with_1(one_bad_course: Path, administrator: User) -> None:
    ran = plan(one_bad_course, administrator)

    assert ran.code == 1
    assert ran.json["counts"] == {**COUNTS, "create": 1, "invalid": 1}
    error = ran.json["errors"][0]
    assert (error["line"], error["column"], error["code"], error["value"]) == (2, "price", "R_NUMBER", "cheap")


def test_a_refused_file_says_why_and_ends_with_2(tmp_path: Path, administrator: User) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")

    ran = plan(path, administrator)

    assert ran.code == 2
    assert ran.json["status"] == "refused"
    assert [error["code"] for error in ran.json["errors"]] == ["E_EMPTY"]


def test_warnings_alone_end_with_0(category: Category, administrator: User, tmp_path: Path) -> None:
    path = tmp_path / "courses.csv"
    path.write_text("course_code,title,category,color\nA-1,First steps,programming,red\n")

    ran = plan(path, administrator)

    assert ran.code == 0
    assert [warning["code"] for warning in ran.json["warnings"]] == ["W_UNKNOWN_COLUMN"]


@pytest.mark.parametrize("email", ["nobody@example.org", "gone@example.org", "newcomer@example.org", ""])
def test_who_may_not_import_is_refused_with_2_and_valid_json(
    two_courses: Path, staff_without_rights: User, email: str
) -> None:
    person("gone", User.Role.ADMINISTRATOR, status=User.Status.INACTIVE)

    ran = plan(two_courses, email)

    assert ran.code == 2
    assert ran.json["status"] == "refused"
    assert [error["code"] for error in ran.json["errors"]] == ["E_DENIED"]
    assert ran.json["errors"][0]["message"].endswith(".")
    assert not ImportJob.objects.exclude(status="refused").exists()


@pytest.mark.parametrize(
    ("path", "kind", "code"), [("missing.csv", "courses", "E_FILENAME"), ("missing.csv", "planets", "E_UNSUPPORTED")]
)
def test_what_is_not_there_is_refused_with_a_sentence(
    tmp_path: Path, administrator: User, path: str, kind: str, code: str
) -> None:
    ran = plan(tmp_path / path, administrator, kind=kind)

    assert ran.code == 2
    assert [error["code"] for error in ran.json["errors"]] == [code]


def test_headers_values_and_constants_are_mapped_as_asked(
    category: Category, administrator: User, tmp_path: Path
) -> None:
    path = tmp_path / "theirs.csv"
    path.write_text("id;name of it;depth;junk\n7;Watercolor = fun;Expert Level;x\n")

    ran = plan(
        path,
        administrator,
        *("--map", "id=course_code", "--map", "Name of It=title", "--map", "depth=level", "--map", "junk="),
        *("--map-value", "level:Expert Level=advanced"),
        *("--constant", "category=programming", "--constant", "subtitle={name of it}, number {id}"),
        *("--delimiter", ";"),
    )
    shown = run("imports", "show", ran.json["job"], "--json").json

    assert ran.code == 0
    assert ran.json["warnings"] == []
    assert ran.json["mapping"] == {"id": "course_code", "name of it": "title", "depth": "level", "junk": ""}
    changes = shown["rows"][0]["changes"]
    assert changes["level"] == ["", "advanced"]
    assert changes["subtitle"] == ["", "Watercolor = fun, number 7"]
    assert changes["category"] == ["", "programming"]


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--map", "title", "--map takes HEADER=COLUMN, not “title”."),
        ("--map-value", "level=hard", "--map-value takes COLUMN:THEIRS=OURS"),
        ("--map-value", "level:hard", "--map-value takes COLUMN:THEIRS=OURS"),
        ("--map-value", "depth:hard=advanced", "--map-value names our column"),
        ("--constant", "currency", "--constant takes COLUMN=VALUE"),
    ],
)
def test_an_argument_that_says_nothing_is_refused_with_a_sentence(
    two_courses: Path, administrator: User, option: str, value: str, sentence: str
) -> None:
    ran = plan(two_courses, administrator, option, value)

    assert ran.code == 2
    assert sentence in ran.err
    assert ran.out == ""
    assert not ImportJob.objects.exists()


def test_the_encoding_and_the_mode_can_be_chosen(category: Category, administrator: User, tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes("course_code,title,category\nA-1,Café,programming\n".encode("cp1252"))

    refused = plan(path, administrator)
    chosen = plan(path, administrator, "--encoding", "cp1252")
    updating = plan(path, administrator, "--encoding", "cp1252", "--mode", "update")

    assert [error["code"] for error in refused.json["errors"]] == ["E_ENCODING"]
    assert chosen.code == 0
    assert chosen.json["counts"]["create"] == 1
    assert [warning["code"] for warning in chosen.json["warnings"]] == ["W_ENCODING"]
    assert updating.code == 1


def test_a_sheet_can_be_chosen(category: Category, administrator: User, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name in ("Spring", "Autumn"):
        sheet = book.create_sheet(name)
        sheet.append(["course_code", "title", "category"])
        sheet.append([f"{name}-1", f"A course in {name}", "programming"])
    path = tmp_path / "both.xlsx"
    book.save(path)

    undecided = plan(path, administrator)
    chosen = plan(path, administrator, "--sheet", "Autumn")

    assert [error["code"] for error in undecided.json["errors"]] == ["E_SHEET"]
    assert run("imports", "show", chosen.json["job"], "--json").json["rows"][0]["key"] == "Autumn-1"


def test_apply_and_undo_answer_the_same_however_often_they_are_asked(two_courses: Path, administrator: User) -> None:
    job = plan(two_courses, administrator).json["job"]

    applied = [run("imports", "apply", job, "--as", administrator.email, "--json") for _ in range(2)]
    codes = sorted(Course.objects.values_list("code", flat=True))
    undone = [run("imports", "undo", job, "--as", administrator.email, "--json") for _ in range(2)]

    expected = {"job": job, "status": "applied", "counts": {**COUNTS, "create": 2}, "conflicts": []}
    assert [(ran.code, ran.json) for ran in applied] == [(0, expected)] * 2
    assert codes == ["A-1", "A-2"]
    taken_back = {"job": job, "status": "undone", "counts": {"undone": 2, "left": 0}, "conflicts": []}
    assert [(ran.code, ran.json) for ran in undone] == [(0, taken_back)] * 2
    assert not Course.with_archived.exists()


def test_faulty_rows_stop_an_apply_unless_only_the_good_ones_are_wanted(
    one_bad_course: Path, administrator: User
) -> None:
    job = plan(one_bad_course, administrator).json["job"]

    refused = run("imports", "apply", job, "--as", administrator.email, "--json")
    nothing_yet = Course.objects.count()
    partly = run("imports", "apply", job, "--as", administrator.email, "--good-rows-only", "--json")

    assert (refused.code, refused.json["status"], nothing_yet) == (2, "failed", 0)
    assert refused.json["message"] == "1 row cannot be imported. Correct the file, or apply the good rows only."
    assert (partly.code, partly.json["status"]) == (1, "partly_applied")
    assert partly.json["counts"] == {**COUNTS, "create": 1, "invalid": 1}
    assert list(Course.objects.values_list("code", flat=True)) == ["A-2"]


def test_a_large_change_has_to_be_confirmed(category: Category, administrator: User, tmp_path: Path) -> None:
    rows = [f"A-{number},Course {number},programming" for number in range(12)]
    path = tmp_path / "many.csv"
    path.write_text("\n".join(["course_code,title,category", *rows]))
    run("imports", "apply", plan(path, administrator).json["job"], "--as", administrator.email)
    path.write_text(path.read_text().replace("Course", "Lecture"))
    job = plan(path, administrator).json["job"]

    refused = run("imports", "apply", job, "--as", administrator.email, "--json")
    confirmed = run("imports", "apply", job, "--as", administrator.email, "--json", "--confirm-large")

    assert (refused.code, "more than 20 %" in refused.json["message"]) == (2, True)
    assert (confirmed.code, confirmed.json["counts"]["update"]) == (0, 12)


def test_somebody_elses_import_does_not_exist(two_courses: Path, administrator: User, manager: User) -> None:
    job = plan(two_courses, administrator).json["job"]

    foreign = run("imports", "apply", job, "--as", manager.email, "--json")
    missing = run("imports", "apply", job + 999, "--as", manager.email, "--json")

    assert (foreign.code, missing.code) == (2, 2)
    assert foreign.json["message"] == f"There is no import {job}."
    assert missing.json["message"] == f"There is no import {job + 999}."
    assert not Course.objects.exists()


def test_a_plan_is_shown_by_outcome(one_bad_course: Path, administrator: User) -> None:
    job = plan(one_bad_course, administrator).json["job"]

    everything = run("imports", "show", job, "--json").json
    invalid = run("imports", "show", job, "--outcome", "invalid", "--json").json
    words = run("imports", "show", job)

    assert [row["outcome"] for row in everything["rows"]] == ["invalid", "create"]
    assert [row["line"] for row in invalid["rows"]] == [2]
    assert everything["rows"][1]["changes"]["title"] == ["", "Next"]
    assert "title: (nothing) → Next" in words.out


def test_what_show_lists_is_what_apply_writes(two_courses: Path, administrator: User) -> None:
    job = plan(two_courses, administrator).json["job"]
    shown = run("imports", "show", job, "--json").json["rows"]

    run("imports", "apply", job, "--as", administrator.email)

    again = plan(two_courses, administrator)
    assert again.json["counts"] == {**COUNTS, "unchanged": 2}
    for row in shown:
        course = Course.objects.get(code=row["key"])
        assert row["changes"]["title"] == ["", course.title]
        assert row["changes"]["price"] == ["", str(course.price)]
        assert course.history.get().change_set.origin == f"imports.importjob:{job}"


def test_the_kinds_are_listed_with_their_columns() -> None:
    kinds = run("imports", "kinds", "--json").json

    assert list(kinds) == [*KINDS, *COMPOSITES]
    columns = {column["name"]: column for column in kinds["courses"]["columns"]}
    assert columns["level"]["choices"] == ["all_levels", "beginner", "intermediate", "advanced"]
    assert columns["title"]["required_on_create"] is True
    assert columns["category"]["refers_to"] == "category"
    assert "start_date" in columns["starts_on"]["aliases"]


def test_a_template_is_written_as_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "courses.xlsx"

    written = run("imports", "template", "courses", "-o", path)
    as_csv = run("imports", "template", "courses", "-o", tmp_path / "courses.csv")
    unknown = run("imports", "template", "planets", "-o", path)

    assert (written.code, as_csv.code, unknown.code) == (0, 2, 2)
    assert openpyxl.load_workbook(path).worksheets[0]["A1"].value == "course_code"
    assert "There is no kind called planets." in unknown.err
    assert [file.name for file in tmp_path.iterdir()] == ["courses.xlsx"]


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_a_dataset_is_exported_to_a_file(
    fmt: str, course: Course, other_course: Course, administrator: User, tmp_path: Path
) -> None:
    path = tmp_path / f"out.{fmt}"

    ran = run(
        *("export", "courses", "-o", path, "--as", administrator.email),
        *("--filter", "category=programming", "level=all_levels", "--columns", "title,course_code"),
    )

    assert ran.code == 0
    assert ran.out.startswith("1 course in ")
    if fmt == "csv":
        assert path.read_bytes() == b"title,course_code\r\nPython from the first line,PY-101\r\n"
    record = ExportRecord.objects.get()
    assert (record.requester, record.row_count, record.format) == (administrator, 1, fmt)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("planets", "-o", "{folder}/a.csv", "--as", "administrator@example.org"), "There is no kind called planets"),
        (("courses", "-o", "{folder}/a.pdf", "--as", "administrator@example.org"), "has to end in .csv or .xlsx"),
        (("courses", "-o", "{folder}/a.csv", "--as", "nobody@example.org"), "There is nobody"),
        (("courses", "-o", "{folder}/a.csv", "--as", "newcomer@example.org"), "You may not export courses."),
        (("courses", "-o", "{folder}/b/a.csv", "--as", "administrator@example.org"), "cannot be written"),
        (
            ("courses", "-o", "{folder}/a.csv", "--as", "administrator@example.org", "--filter", "level"),
            "--filter takes",
        ),
        (
            ("courses", "-o", "{folder}/a.csv", "--as", "administrator@example.org", "--columns", "x"),
            "There is no column x",
        ),
    ],
)
def test_an_export_that_cannot_be_made_leaves_no_file_and_no_record(
    arguments: tuple[str, ...], sentence: str, administrator: User, staff_without_rights: User, tmp_path: Path
) -> None:
    ran = run("export", *(argument.format(folder=tmp_path) for argument in arguments))

    assert ran.code == 2
    assert sentence in ran.err
    assert list(tmp_path.iterdir()) == []
    assert not ExportRecord.objects.exists()


def test_a_manager_imports_into_the_categories_granted_to_them(
    two_courses: Path, manager: User, category: Category
) -> None:
    before = plan(two_courses, manager)
    grant(manager, "import_content", category)
    after = plan(two_courses, manager)
    applied = run("imports", "apply", after.json["job"], "--as", manager.email, "--json")

    assert (before.code, [error["code"] for error in before.json["errors"]]) == (2, ["E_DENIED"])
    assert (after.code, after.json["counts"]["create"]) == (0, 2)
    assert (applied.code, applied.json["status"]) == (0, "applied")
