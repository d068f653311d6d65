"""The main job on real files, as a terminal does it: plan, apply, plan again, edit a cell, undo."""

import csv
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Category, Course, Lesson, Module
from apps.enrollments.models import Enrollment
from tests.recipes import catalog
from tests.support.commands import run
from tests.support.people import grant

pytestmark = pytest.mark.django_db

UDEMY = (
    *("--map", "course_id=course_code", "--map", "course_title=title", "--map", "subject=category"),
    *("--map", "url=", "--map", "is_paid=", "--map", "num_subscribers=", "--map", "num_reviews="),
    *("--map", "num_lectures=", "--map", "content_duration=", "--map", "published_timestamp="),
    *("--map-value", "level:All Levels=all_levels", "--map-value", "level:Beginner Level=beginner"),
    *("--map-value", "level:Intermediate Level=intermediate", "--map-value", "level:Expert Level=advanced"),
    *("--map-value", "category:Business Finance=business", "--map-value", "category:Graphic Design=design"),
    *("--map-value", "category:Musical Instruments=music", "--map-value", "category:Web Development=web"),
    *("--constant", "currency=USD"),
)
CODE = "course_code={code_module}-{code_presentation}"


@pytest.fixture
def four_categories(db: None) -> list[Category]:
    return [catalog.category.make(slug=slug, name=slug.title()) for slug in ("business", "design", "music", "web")]


def plan(path: Path, kind: str, by: User, *options: str) -> Any:
    return run("imports", "plan", path, "--kind", kind, "--as", by.email, "--json", *options)


def carry_out(verb: str, job: int, by: User, *options: str) -> Any:
    return run("imports", verb, job, "--as", by.email, "--json", *options)


def edited(path: Path, to: Path, line: int, column: str, value: str) -> Path:
    """The file with one cell changed, as a spreadsheet would save it."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[line][rows[0].index(column)] = value
    with to.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return to


@pytest.mark.shared
def test_a_real_catalog_is_imported_corrected_and_taken_back(
    shared_data: Path, administrator: User, four_categories: list[Category], tmp_path: Path
) -> None:
    catalog_file = shared_data / "data" / "udemy_courses.csv"

    planned = plan(catalog_file, "courses", administrator, *UDEMY)
    refused = carry_out("apply", planned.json["job"], administrator)
    nothing_yet = Course.objects.exists()
    applied = carry_out("apply", planned.json["job"], administrator, "--good-rows-only")

    assert planned.code == 1
    assert planned.json["counts"] == {
        "create": 3667,
        "update": 0,
        "unchanged": 0,
        "invalid": 5,
        "conflict": 0,
        "repeated": 6,
    }
    assert {error["code"] for error in planned.json["errors"]} == {"R_TOO_LONG"}
    assert (refused.code, nothing_yet) == (2, False)
    assert (applied.code, applied.json["status"], applied.json["counts"]["create"]) == (1, "partly_applied", 3667)
    assert Course.objects.count() == 3667
    change_set = ChangeSet.objects.get(channel="import")
    assert Course.history.filter(change_set=change_set).count() == 3667

    again = plan(catalog_file, "courses", administrator, *UDEMY)

    assert (again.json["counts"]["create"], again.json["counts"]["update"]) == (0, 0)
    assert again.json["counts"]["unchanged"] == 3667

    changed = edited(catalog_file, tmp_path / "edited.csv", 1, "price", "195")
    one = plan(changed, "courses", administrator, *UDEMY)
    rows = run("imports", "show", one.json["job"], "--outcome", "update", "--json").json["rows"]

    assert [row["changes"] for row in rows] == [{"price": ["200.00", "195.00"]}]

    by_hand = Course.objects.get(code="1113822")
    by_hand.title = "Somebody gave it another title"
    by_hand.save()
    undone = carry_out("undo", planned.json["job"], administrator)
    asked_again = carry_out("undo", planned.json["job"], administrator)

    assert (undone.code, undone.json["status"]) == (1, "partly_undone")
    assert undone.json["counts"] == {"undone": 3666, "left": 1}
    assert [left["key"] for left in undone.json["conflicts"]] == ["1113822"]
    assert "was changed" in undone.json["conflicts"][0]["message"]
    assert asked_again.json == undone.json
    assert list(Course.with_archived.values_list("title", flat=True)) == ["Somebody gave it another title"]


@pytest.mark.shared
def test_the_failed_rows_of_a_real_catalog_are_corrected_and_come_in(
    shared_data: Path, administrator: User, four_categories: list[Category], tmp_path: Path
) -> None:
    job = plan(shared_data / "data" / "udemy_courses.csv", "courses", administrator, *UDEMY).json["job"]
    errors = tmp_path / "errors.csv"
    run("imports", "errors", job, "-o", errors)
    with errors.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    title = rows[0].index("course_title")
    assert rows[0][title + 1] == "course_title (what is wrong)"
    assert all("at most 200" in row[title + 1] for row in rows[1:])
    for row in rows[1:]:
        row[title] = row[title][:100]
    with errors.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)

    corrected = plan(errors, "courses", administrator, *UDEMY)

    assert (corrected.code, corrected.json["counts"]["create"], corrected.json["errors"]) == (0, 5, [])


@pytest.mark.shared
def test_a_manager_imports_a_real_catalog_into_the_categories_granted(
    shared_data: Path, manager: User, four_categories: list[Category]
) -> None:
    for category in four_categories[:2]:
        grant(manager, "import_content", category)

    planned = plan(shared_data / "data" / "udemy_courses.csv", "courses", manager, *UDEMY)
    applied = carry_out("apply", planned.json["job"], manager, "--good-rows-only")

    denied = [error for error in planned.json["errors"] if error["code"] != "R_TOO_LONG"]
    assert {(error["column"], error["code"]) for error in denied} == {("subject", "R_DENIED")}
    assert {error["value"] for error in denied} <= {"music", "web", "Musical Instruments", "Web Development"}
    assert applied.json["status"] == "partly_applied"
    assert applied.json["counts"]["create"] == planned.json["counts"]["create"] > 1_500
    assert set(Course.objects.values_list("category__slug", flat=True)) == {"business", "design"}


@pytest.mark.shared
def test_open_university_data_becomes_courses_people_and_enrollments(
    shared_data: Path, administrator: User, tmp_path: Path
) -> None:
    catalog.category.make(slug="open-university", name="Open University")
    data = shared_data / "data"
    few = tmp_path / "studentInfo.csv"
    with (data / "oulad_studentInfo.csv").open(encoding="utf-8") as file:
        few.write_text("".join(line for at, line in enumerate(file) if at <= 3_000))
    person = ("--constant", "{}={{id_student}}@example.org")
    unused = ("gender", "region", "highest_education", "imd_band", "age_band", "num_of_prev_attempts")
    ignored = [option for header in (*unused, "studied_credits", "disability") for option in ("--map", f"{header}=")]
    ignored += ["--map", "id_student=", "--map", "code_module=", "--map", "code_presentation="]
    outcomes = {"Pass": "completed", "Distinction": "completed", "Fail": "expired", "Withdrawn": "dropped"}
    mapped = [option for theirs, ours in outcomes.items() for option in ("--map-value", f"status:{theirs}={ours}")]

    courses = plan(
        data / "oulad_courses.csv",
        "courses",
        administrator,
        *("--constant", CODE, "--constant", "title={code_module}, presentation {code_presentation}"),
        *("--constant", "category=open-university", "--map", "module_presentation_length="),
        *("--map", "code_module=", "--map", "code_presentation="),
    )
    carry_out("apply", courses.json["job"], administrator)
    users = plan(few, "users", administrator, person[0], person[1].format("email"), *ignored, "--map", "final_result=")
    carry_out("apply", users.json["job"], administrator)
    options = (person[0], person[1].format("student_email"), "--constant", CODE, *ignored, *mapped)
    enrollments = plan(few, "enrollments", administrator, *options, "--map", "final_result=status")
    applied = carry_out("apply", enrollments.json["job"], administrator)
    again = plan(few, "enrollments", administrator, *options, "--map", "final_result=status")

    assert (courses.code, courses.json["counts"]["create"]) == (0, 22)
    assert users.code == 0
    assert users.json["counts"]["create"] + users.json["counts"]["repeated"] == 3_000
    assert not User.objects.get(email="11391@example.org").has_usable_password()
    assert (enrollments.code, enrollments.json["errors"]) == (0, [])
    assert enrollments.json["warnings"] == []
    assert (applied.code, applied.json["status"]) == (0, "applied")
    assert Enrollment.objects.count() == enrollments.json["counts"]["create"] == 3_000
    assert Enrollment.objects.get(user__email="11391@example.org").status == Enrollment.Status.COMPLETED
    assert set(Enrollment.objects.values_list("status", flat=True)) == {"completed", "expired", "dropped"}
    assert (again.json["counts"]["create"], again.json["counts"]["update"]) == (0, 0)

    undone = [carry_out("undo", step.json["job"], administrator) for step in (enrollments, users, courses)]

    assert [step.json["status"] for step in undone] == ["undone"] * 3
    assert not Enrollment.with_archived.exists()
    assert not Course.with_archived.exists()
    assert list(User.with_archived.values_list("email", flat=True)) == [administrator.email]


def test_a_lessons_file_made_by_the_exporter_is_edited_and_imported(
    administrator: User, course: Course, module: Module, tmp_path: Path
) -> None:
    for number in range(1, 41):
        Lesson.objects.create(course=course, module=module, title=f"Lesson {number}", content="=1+1")
    path = tmp_path / "lessons.csv"
    run("export", "lessons", "-o", path, "--as", administrator.email, "--filter", "course_code=PY-101")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["title"] = "A better title"
    rows[1]["order"] = "99"
    rows.append({**dict.fromkeys(rows[0], ""), "course_code": "py-101", "title": "One more, with a code made up"})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)

    planned = plan(path, "lessons", administrator)
    shown = run("imports", "show", planned.json["job"], "--json").json["rows"]
    applied = carry_out("apply", planned.json["job"], administrator)

    assert planned.json["counts"] == {
        "create": 1,
        "update": 2,
        "unchanged": 38,
        "invalid": 0,
        "conflict": 0,
        "repeated": 0,
    }
    assert shown[0]["changes"] == {"title": ["Lesson 1", "A better title"]}
    assert shown[-1]["changes"]["module_code"] == ["", "m1"]
    assert applied.code == 0
    made = Lesson.objects.get(title="One more, with a code made up")
    assert (made.module, made.code) == (module, "l41")
    assert Lesson.objects.filter(content="=1+1").count() == 40

    carry_out("undo", planned.json["job"], administrator)

    assert not Lesson.with_archived.filter(title__in=["A better title", made.title]).exists()


@pytest.fixture
def own_process(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command in a process and on a database of its own, with no worker and no broker."""
    var = tmp_path / "var"
    var.mkdir()
    environment = {**os.environ, "DEBUG": "1", "VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "backoffice.settings"}
    environment |= {"DJANGO_SUPERUSER_EMAIL": "first@example.org", "DJANGO_SUPERUSER_PASSWORD": "long enough 123"}
    environment.pop("DATABASE_URL", None)

    def manage(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *map(str, arguments)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    if connection.vendor == "sqlite":
        names = connection.settings_dict["NAME"], var / "backoffice.sqlite3"
        with closing(sqlite3.connect(names[0])) as empty, closing(sqlite3.connect(names[1])) as copy:
            empty.backup(copy)
    else:
        assert manage("migrate", "-v", "0").returncode == 0
    return manage


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


SET_UP: dict[str, Sequence[str]] = {
    "users": (
        "email,first_name,last_name,role,roles",
        "ada@example.org,Ada,Park,instructor,instructor",
        "meg@example.org,Meg,Stone,staff,manager;support",
        "sam@example.org,Sam,Okafor,student,",
    ),
    "categories": ("slug,name,parent_slug", "web,Web,technology", "technology,Technology,"),
    "courses": (
        "course_code,title,category,instructor_email,price,currency,discount_price,level,language,starts_on,status",
        "PY-101,Python in practice,web,ada@example.org,49.00,USD,39.00,beginner,en,2026-03-01,published",
    ),
    "course-instructors": (
        "course_code,instructor_email,role,can_edit_content,can_manage_students,can_view_analytics,expires_on",
        "PY-101,meg@example.org,co_instructor,yes,no,yes,2030-12-31",
    ),
}


def test_a_platform_is_set_up_from_nothing_by_four_files(administrator: User, tmp_path: Path) -> None:
    for kind, lines in SET_UP.items():
        path = written(tmp_path / f"{kind}.csv", *lines)
        planned = plan(path, kind, administrator)
        assert planned.code == 0, planned.out
        assert carry_out("apply", planned.json["job"], administrator).code == 0

    again = [plan(tmp_path / f"{kind}.csv", kind, administrator).json["counts"] for kind in SET_UP]

    assert [(counts["create"], counts["update"]) for counts in again] == [(0, 0)] * 4
    course = Course.objects.get()
    lead = course.instructors.get(is_lead=True)
    assert (course.status, lead.user.email, lead.role) == ("published", "ada@example.org", "primary")
    assert Category.objects.get(slug="web").parent == Category.objects.get(slug="technology")
    meg = User.objects.get(email="meg@example.org")
    assert (meg.is_staff, meg.has_usable_password()) == (True, False)
    assert sorted(meg.groups.values_list("name", flat=True)) == ["manager", "support"]
    assert meg.has_perm("catalog.export_course")
    assert not User.objects.get(email="sam@example.org").is_staff


def test_the_command_works_in_its_own_process_with_no_worker_running(
    own_process: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    path = written(tmp_path / "users.csv", *SET_UP["users"])
    as_first = ("--as", "first@example.org")
    assert own_process("createsuperuser", "--no-input").returncode == 0

    planned = own_process("imports", "plan", path, "--kind", "users", *as_first, "--json")
    applied = own_process("imports", "apply", json.loads(planned.stdout)["job"], *as_first, "--json")
    exported = own_process("export", "users", "-o", tmp_path / "out.csv", "--as", "meg@example.org")
    stranger = own_process("imports", "plan", path, "--kind", "users", "--as", "x@example.org", "--json")
    nonsense = own_process("imports", "plan", path, *as_first, "--mode", "sideways")

    assert (planned.returncode, json.loads(planned.stdout)["counts"]["create"]) == (0, 3)
    assert (applied.returncode, json.loads(applied.stdout)["status"]) == (0, "applied")
    assert exported.returncode == 0, exported.stderr
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        assert {row["email"]: row["roles"] for row in csv.DictReader(file)}["meg@example.org"] == "manager;support"
    assert (stranger.returncode, json.loads(stranger.stdout)["errors"][0]["code"]) == (2, "E_DENIED")
    assert (nonsense.returncode, nonsense.stdout) == (2, "")
    assert "Traceback" not in nonsense.stderr + stranger.stderr
