"""Zips of other platforms: their files are one plan, one apply and one undo, joined by the ids they share."""

import io
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import openpyxl
import pytest
from django.apps import apps
from django.core import mail
from django.test import Client, override_settings

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Category, Course, CourseInstructor
from apps.enrollments.models import Enrollment
from imports import services
from imports.models import ImportJob
from imports.types.composites import ZIPPED
from imports.zip_files import platform_of
from tests.imports.conftest import Upload, page
from tests.recipes import catalog
from tests.support.commands import Ran, run
from tests.support.people import grant, person
from tests.support.zips import CANVAS, ONEROSTER, write_zip

pytestmark = pytest.mark.django_db
CANARY = "canary-7Hq-horse"
Plan = Callable[..., Ran]


@pytest.fixture
def plan(tmp_path: Path, administrator: User) -> Plan:
    def make(files: Mapping[str, str | bytes], kind: str, *more: object, by: User = administrator) -> Ran:
        path = write_zip(tmp_path / "files.zip", files)
        return run("imports", "plan", path, "--preset", kind, "--as", by.email, "--json", *more)

    return make


def apply(ran: Ran, by: User, *more: object) -> Ran:
    return run("imports", "apply", ran.json["job"], "--as", by.email, "--json", *more)


def counts(ran: Ran) -> dict[str, int]:
    return {part["source"]: part["counts"]["create"] for part in ran.json["parts"]}


def test_a_zip_of_canvas_is_one_plan_one_apply_and_one_undo(plan: Plan, administrator: User) -> None:
    before = {model: model._base_manager.count() for model in (User, Category, Course, CourseInstructor, Enrollment)}

    planned = plan(CANVAS, "canvas-sis")
    applied = apply(planned, administrator)
    made = Enrollment.objects.select_related("user", "course").get()
    teaching = CourseInstructor.objects.select_related("user").get()
    category = Category.objects.select_related("parent").get(slug="eng")
    undone = run("imports", "undo", planned.json["job"], "--as", administrator.email, "--json")

    assert (planned.code, applied.code, undone.code) == (0, 0, 0)
    assert counts(planned) == {
        "users.csv": 2,
        "accounts.csv": 2,
        "courses.csv": 1,
        "enrollments.csv (instructors)": 1,
        "enrollments.csv": 1,
    }
    assert (made.user.email, made.course.code, made.status) == ("sam@example.org", "E1", "active")
    assert (teaching.user.email, teaching.user.role, teaching.role) == (
        "tea@example.org",
        "instructor",
        "co_instructor",
    )
    assert category.parent is not None
    assert category.parent.slug == "hum"
    assert ChangeSet.objects.filter(channel="import").count() == 1
    assert {model: model._base_manager.count() for model in before} == before


def test_a_zip_of_oneroster_joins_people_classes_and_courses(plan: Plan, administrator: User) -> None:
    catalog.category.make(slug="maths")

    planned = plan(ONEROSTER, "oneroster", "--constant", "category=maths")
    apply(planned, administrator)
    again = plan(ONEROSTER, "oneroster", "--constant", "category=maths")

    assert planned.code == again.code == 0
    assert Enrollment.objects.get().course.code == "c1"
    assert CourseInstructor.objects.get().user.email == "tea@example.org"
    assert not User.objects.filter(email="ma@example.org").exists()
    assert planned.json["counts"]["repeated"] == 1
    assert again.json["counts"]["create"] == again.json["counts"]["update"] == 0


def test_what_a_zip_leaves_out_is_told_once_with_its_file(plan: Plan) -> None:
    warnings = plan(CANVAS, "canvas-sis").json["warnings"]

    said = [(warning["sheet"], warning["message"]) for warning in warnings]
    assert any(sheet == "users.csv" and "nobody is archived or suspended" in text for sheet, text in said)
    assert any("the same learner is in the same course by another row" in text for _, text in said)
    assert any("users.csv leaves out what they name" in text for _, text in said)
    assert not any("takes them in" in text for _, text in said)


def test_a_learner_who_left_every_section_is_dropped(plan: Plan, administrator: User) -> None:
    apply(plan(CANVAS, "canvas-sis"), administrator)
    left = {
        **CANVAS,
        "enrollments.csv": CANVAS["enrollments.csv"].replace(",1,student,1B,active", ",1,student,1B,deleted"),
    }

    planned = plan(left, "canvas-sis")
    apply(planned, administrator, "--confirm-large")

    assert planned.json["counts"]["update"] == 1
    assert Enrollment.objects.get().status == "dropped"


def test_an_id_that_no_row_has_is_named(plan: Plan, administrator: User) -> None:
    files = {**CANVAS, "enrollments.csv": "course_id,user_id,role,section_id,status\nE1,99,student,,active\n"}

    planned = plan(files, "canvas-sis")

    error = planned.json["errors"][0]
    assert planned.code == 1
    assert (error["sheet"], error["line"], error["code"]) == ("enrollments.csv", 2, "R_FK_MISSING")
    assert error["message"] == "“99” stands in no row of users.csv, or without email."
    assert apply(planned, administrator).code == 2
    assert not User.objects.filter(email="sam@example.org").exists()


def test_what_depends_on_a_faulty_row_says_so(plan: Plan) -> None:
    files = {**CANVAS, "users.csv": CANVAS["users.csv"].replace("sam@example.org", "no address")}

    planned = plan(files, "canvas-sis")

    codes = {(error["sheet"], error["code"]) for error in planned.json["errors"]}
    assert ("users.csv", "R_EMAIL") in codes
    assert ("enrollments.csv", "R_FK_MISSING") in codes


def test_addresses_made_of_logins_hold_in_every_file(plan: Plan, administrator: User) -> None:
    catalog.category.make(slug="maths")
    files = {
        **ONEROSTER,
        "users.csv": ONEROSTER["users.csv"].replace("sam@example.org", "").replace("tea@example.org", ""),
    }

    planned = plan(
        files, "oneroster", "--constant", "category=maths", "--constant", "email={username}@school.example.org"
    )
    apply(planned, administrator)

    assert planned.code == 0
    assert Enrollment.objects.get().user.email == "sam@school.example.org"


def test_the_manifest_says_which_files_are_read(plan: Plan) -> None:
    absent = ONEROSTER["manifest.csv"].replace("file.enrollments,bulk", "file.enrollments,absent")

    planned = plan({**ONEROSTER, "manifest.csv": absent}, "oneroster")

    assert set(counts(planned)) == {"users.csv", "courses.csv"}


@pytest.mark.parametrize(
    ("change", "code", "sentence"),
    [
        ({"users.csv": None}, "E_ARCHIVE_CORRUPT", "The manifest names users.csv, which the zip does not hold."),
        ({"manifest.csv": "propertyName,value\noneroster.version,3.0\n"}, "E_UNSUPPORTED", "does not name a version"),
        ({"users.csv": b"\x89PNG\r\n" * 20}, "E_TYPE_MISMATCH", "a PNG image"),
        ({"users.csv": 'sourcedId,enabledUser,givenName,familyName,email\n"u1,true\n'}, "E_QUOTE", "not closed"),
        ({"users.csv": b"sourcedId,enabledUser,givenName,familyName\n\xff,true,A,B\n"}, "E_ENCODING", "not UTF-8"),
    ],
)
def test_a_zip_that_is_not_as_it_should_be_is_refused_whole(
    plan: Plan, change: dict[str, Any], code: str, sentence: str
) -> None:
    files = {name: content for name, content in {**ONEROSTER, **change}.items() if content is not None}

    ran = plan(files, "oneroster")

    assert ran.code == 2
    assert [error["code"] for error in ran.json["errors"]] == [code]
    assert sentence in ran.json["errors"][0]["message"]
    assert not User.objects.filter(email="sam@example.org").exists()


def hostile(name: str, content: bytes = b"x", *, mode: int = 0) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("users.csv", CANVAS["users.csv"])
        info = ZipInfo(name)
        info.external_attr, info.compress_type = mode << 16, ZIP_DEFLATED
        archive.writestr(info, content)
    return out.getvalue()


def a_zip_in_a_zip() -> bytes:
    inner = io.BytesIO()
    with ZipFile(inner, "w") as archive:
        archive.writestr("users.csv", "x")
    return hostile("courses.csv", inner.getvalue())


@pytest.mark.parametrize("kind", ["canvas-sis", ""])
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (hostile("../courses.csv"), "E_ARCHIVE_UNSAFE"),
        (hostile("/etc/courses.csv"), "E_ARCHIVE_UNSAFE"),
        (hostile("link.csv", b"/etc/passwd", mode=stat.S_IFLNK | 0o777), "E_ARCHIVE_UNSAFE"),
        (hostile("xl/vbaProject.bin"), "E_MACRO"),
        (a_zip_in_a_zip(), "E_ARCHIVE_UNSAFE"),
        (hostile("deep/users.csv"), "E_ARCHIVE_UNSAFE"),
        (hostile("bomb.csv", b"0" * 30_000_000), "E_ARCHIVE_BOMB"),
        (hostile("[Content_Types].xml", b"<Types/>"), "E_TYPE_MISMATCH"),
        (hostile("more.csv")[:200], "E_ARCHIVE_CORRUPT"),
        (b"no zip at all", "E_TYPE_MISMATCH"),
        (b"", "E_EMPTY"),
    ],
)
def test_a_hostile_zip_is_refused_and_not_kept(administrator: User, content: bytes, code: str, kind: str) -> None:
    job = services.upload_file(io.BytesIO(content), name="files.zip", kind=kind, by=administrator)

    assert job.status == ImportJob.Status.REFUSED
    assert [message["code"] for message in job.messages] == [code] or not kind
    assert not job.file


@pytest.mark.parametrize(
    ("files", "kind", "code"),
    [
        ({"notes.csv": "a,b\n1,2\n"}, "canvas-sis", "E_NO_ROWS"),
        ({"users.csv": "a,b\n1,2\n"}, "canvas-sis", "E_NO_ROWS"),
        ({"users.csv": "user_id,login_id,status\n"}, "canvas-sis", "E_NO_ROWS"),
        (CANVAS, "oneroster", "E_NO_ROWS"),
    ],
)
def test_a_zip_without_anything_known_is_refused(plan: Plan, files: Any, kind: str, code: str) -> None:
    assert [error["code"] for error in plan(files, kind).json["errors"]] == [code]


def test_the_limit_of_rows_holds_for_all_files_together_and_counts_a_shared_file_once(plan: Plan) -> None:
    with override_settings(IMPORT_MAX_ROWS=12):
        within = plan(CANVAS, "canvas-sis")
    with override_settings(IMPORT_MAX_ROWS=8):
        beyond = plan(CANVAS, "canvas-sis")

    assert within.code == 0
    assert [error["code"] for error in beyond.json["errors"]] == ["E_TOO_MANY_ROWS"]


def test_files_in_a_folder_and_what_a_mac_adds_are_no_matter(tmp_path: Path, administrator: User) -> None:
    path = write_zip(tmp_path / "files.zip", {**CANVAS, "__MACOSX/._users.csv": "x", ".DS_Store": "x"})
    inside = write_zip(tmp_path / "inside.zip", CANVAS, folder="export/")

    assert platform_of(ImportJob(format="zip"), path) == platform_of(ImportJob(format="zip"), inside) == "canvas-sis"


@pytest.mark.parametrize("kind", ZIPPED)
def test_other_files_than_zips_are_refused_for_these_kinds(administrator: User, kind: str) -> None:
    job = services.upload_file(io.BytesIO(b"a,b\n1,2\n"), name="users.csv", kind=kind, by=administrator)

    assert [message["code"] for message in job.messages] == ["E_UNSUPPORTED"]


def test_passwords_in_a_zip_reach_nothing(tmp_path: Path, administrator: User) -> None:
    broken = (
        CANVAS["users.csv"] + "4,x,{secret},too,many,{secret},cells,a@example.org,active\n5,y,{secret},,,bad,active\n"
    )
    path = write_zip(tmp_path / "files.zip", {**CANVAS, "users.csv": broken}, replaced=CANARY)
    errors = tmp_path / "errors.xlsx"

    ran = run("imports", "plan", path, "--kind", "canvas-sis", "--as", administrator.email, "--json")
    job = ImportJob.objects.get()
    written = run("imports", "errors", job.pk, "-o", errors)
    kept = Path(job.file.path)
    apply(ran, administrator, "--good-rows-only")

    stored = "\n".join(repr(list(model._base_manager.values())) for model in apps.get_models() if model._meta.managed)
    cells = [cell for sheet in openpyxl.load_workbook(errors) for line in sheet.values for cell in line]
    assert ran.json["counts"]["invalid"] >= 2
    assert CANARY not in stored + ran.out + ran.err + written.out + str(cells)
    assert User.objects.filter(email="sam@example.org").exists()
    assert not kept.exists()


def test_rows_that_failed_go_out_with_the_address_that_was_found(plan: Plan, tmp_path: Path) -> None:
    files = {**CANVAS, "courses.csv": CANVAS["courses.csv"].replace("E1,ENG", "E 1,ENG")}
    errors = tmp_path / "errors.xlsx"

    planned = plan(files, "canvas-sis")
    run("imports", "errors", planned.json["job"], "-o", errors)

    book = openpyxl.load_workbook(errors)
    assert set(book.sheetnames) == set(counts(planned))
    header, *rows = book["enrollments.csv"].values
    assert "student_email" in header
    assert "sam@example.org" in rows[0]


def test_who_may_import_only_some_of_it_is_refused_the_rest_row_by_row(
    plan: Plan, manager: User, course: Course
) -> None:
    grant(manager, "import_content", course)
    person("sam", User.Role.STUDENT)
    files = {
        **CANVAS,
        "enrollments.csv": f"course_id,user_id,role,section_id,status\n{course.code},1,student,,active\n",
    }
    before = User.objects.count(), Category.objects.count(), Course.objects.count()

    planned = plan(files, "canvas-sis", by=manager)

    denied = {error["sheet"] for error in planned.json["errors"] if error["code"] == "R_DENIED"}
    assert planned.code == 1
    assert {"accounts.csv"} <= denied
    assert (User.objects.count(), Category.objects.count(), Course.objects.count()) == before


def test_a_zip_on_the_screen_is_recognized_planned_and_asks_for_what_it_lacks(
    as_administrator: Client, upload: Upload, work_off: Any, tmp_path: Path
) -> None:
    catalog.category.make(slug="maths")
    content = write_zip(tmp_path / "files.zip", ONEROSTER).read_bytes()
    job = upload(as_administrator, "files.zip", content)
    work_off()
    job.refresh_from_db()
    without = dict(job.counts)
    shown = as_administrator.get(page(job, "map")).content.decode()
    courses = next(at for at, part in enumerate(job.parts) if part["kind"] == "courses")
    columns = {
        f"column-{at}-{place}": "" if header == "subjects" else part["mapping"].get(header, "")
        for at, part in enumerate(job.parts)
        for place, header in enumerate(part["headers"])
    }

    as_administrator.post(page(job, "map"), {**columns, f"constant-{courses}-category": "maths", "mode": "upsert"})
    work_off()

    job.refresh_from_db()
    assert job.kind == "oneroster"
    assert without["invalid"] == 3
    assert "Passwords are never read." in shown
    assert job.status == "planned"
    assert (job.counts["create"], job.counts["invalid"]) == (5, 0)
    assert as_administrator.get(page(job, "plan")).status_code == 200
    assert "OneRoster may leave the subjects out." in as_administrator.get(page(job, "map")).content.decode()


def test_a_zip_in_a_watched_folder_is_taken_in_and_costs_little_the_second_time(
    tmp_path: Path, administrator: User
) -> None:
    folder = tmp_path / "feeds"
    folder.mkdir()
    watch = ("imports", "watch", folder, "--preset", "canvas-sis", "--as", administrator.email, "--once")
    write_zip(folder / "nightly.zip", CANVAS)
    first = run(*watch, "--settle", "0")
    write_zip(folder / "nightly.zip", CANVAS)

    second = run(*watch, "--settle", "0")

    jobs = ImportJob.objects.order_by("pk")
    assert (first.code, second.code) == (0, 0)
    assert jobs[0].counts["create"] == jobs[1].counts["unchanged"] == 7
    assert jobs[1].rows.count() == 0
    assert mail.outbox[1].subject.endswith("nightly.zip: nothing changed")


def test_a_zip_with_a_faulty_row_is_put_aside_with_a_workbook_of_what_failed(
    tmp_path: Path, administrator: User
) -> None:
    folder = tmp_path / "feeds"
    folder.mkdir()
    write_zip(folder / "nightly.zip", {**CANVAS, "users.csv": CANVAS["users.csv"].replace("sam@", "sam@@")})

    ran = run(
        "imports", "watch", folder, "--kind", "canvas-sis", "--as", administrator.email, "--once", "--settle", "0"
    )

    aside = [path.name.split(".zip")[1] for path in (folder / "failed").iterdir()]
    assert ran.code == 2
    assert sorted(aside) == ["", ".errors.xlsx", ".report.txt"]
    assert not User.objects.filter(email="tea@example.org").exists()
