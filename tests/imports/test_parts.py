"""Files of several kinds whatever they hold: new people, their courses and what they take, joined by their keys."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from apps.accounts.models import User
from apps.catalog.models import Category, Course, CourseInstructor
from apps.enrollments.models import Enrollment
from imports import services, sources
from imports.models import ImportJob
from imports.readers import open_table
from imports.sources import Found, Opened
from imports.types.composites import COMPOSITES, Composite
from tests.support.people import give_role, person

pytestmark = pytest.mark.django_db

PEOPLE = "email,role\nada@example.org,instructor\nsam@example.org,student\nkim@example.org,student\n"
COURSES = "course_code,title,category,instructor_email,seats\nNEW-1,New,programming,ada@example.org,1\n"
TAKEN = "student_email,course_code,status\nsam@example.org,NEW-1,active\nkim@example.org,NEW-1,active\n"


@contextmanager
def open_pieces(job: ImportJob, path: Path) -> Iterator[Opened]:
    """A file that holds CSV files one after the other, each below a line with its kind."""
    found = []
    for number, piece in enumerate(path.read_text().split("# ")[1:]):
        kind, _, text = piece.partition("\n")
        own = path.with_name(f"{path.stem}-{number}.csv")
        own.write_text(text)
        found.append(Found(kind, f"{kind}.csv", open_table(own, filename=own.name)))
    yield Opened(found)


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> str:
    """A composite of three kinds, as another source of parts plugs in."""
    composite = Composite("pieces", "Pieces", ("users", "courses", "enrollments"))
    monkeypatch.setitem(COMPOSITES, composite.key, composite)
    monkeypatch.setitem(sources.OPENERS, composite.key, open_pieces)
    return composite.key


def planned(kind: str, by: Any, *pieces: tuple[str, str]) -> ImportJob:
    text = "".join(f"# {key}\n{content}" for key, content in pieces)
    job = services.upload_file(io.BytesIO(text.encode()), name="all.csv", kind=kind, by=by)
    return services.plan_now(job, by=by)


def messages(job: ImportJob) -> dict[tuple[int, int], list[str]]:
    return {
        (row.part, row.number): [message["code"] for message in row.messages] for row in job.rows.exclude(messages=[])
    }


def test_new_people_teach_and_take_new_courses_of_the_same_file(
    administrator: User, category: Category, pieces: str
) -> None:
    one = "student_email,course_code,status\nsam@example.org,NEW-1,active\n"
    job = planned(pieces, administrator, ("enrollments", one), ("courses", COURSES), ("users", PEOPLE))

    services.apply_now(job, by=administrator)
    taught = CourseInstructor.objects.values_list("user__email", "course__code").get()
    taken = Enrollment.objects.values_list("user__email", "course__code").get()
    services.undo_now(job, by=administrator)

    assert [part["kind"] for part in job.parts] == ["users", "courses", "enrollments"]
    assert (taught, taken) == (("ada@example.org", "NEW-1"), ("sam@example.org", "NEW-1"))
    assert job.status == "undone"
    assert not Course.objects.exists()
    assert not User.objects.filter(email__in=("ada@example.org", "sam@example.org")).exists()


def test_a_new_course_takes_no_more_learners_than_it_will_have_seats(
    administrator: User, category: Category, pieces: str
) -> None:
    job = planned(pieces, administrator, ("users", PEOPLE), ("courses", COURSES), ("enrollments", TAKEN))

    assert messages(job) == {(2, 3): ["R_RULE"]}


def test_a_new_person_who_will_not_work_here_teaches_nothing(
    administrator: User, category: Category, pieces: str
) -> None:
    job = planned(pieces, administrator, ("users", PEOPLE.replace("instructor", "student")), ("courses", COURSES))

    assert messages(job) == {(1, 2): ["R_FK_MISSING"]}


def test_a_key_may_stand_in_one_of_two_tables_only(administrator: User, category: Category, pieces: str) -> None:
    job = planned(pieces, administrator, ("courses", COURSES), ("courses", COURSES.replace("New,", "Other,")))

    assert messages(job)[1, 2][-1] == "R_DUP_IN_FILE"
    assert job.counts["invalid"] >= 1


def test_each_part_takes_the_right_to_import_its_kind(category: Category, pieces: str) -> None:
    starter = give_role(person("starter", User.Role.INSTRUCTOR), "instructor")
    own = "course_code,title,category\nNEW-1,New,programming\n"
    taken = "student_email,course_code\nstarter@example.org,NEW-1\n"

    job = planned(pieces, starter, ("users", PEOPLE), ("courses", own), ("enrollments", taken))

    assert {codes[0] for (part, _), codes in messages(job).items() if part == 0} == {"R_DENIED"}
    assert messages(job).keys() == {(0, 2), (0, 3), (0, 4)}
