"""Every hostile or awkward file gets the verdict and the code that were written down for it beforehand."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from apps.accounts.models import User
from apps.catalog.models import Course
from imports import services
from imports.models import ImportJob
from tests.recipes import catalog
from tests.support.people import person

FOLDER = Path(settings.BASE_DIR).parent / "shared" / "bad_inputs"
KIND_OF = {"fk_missing.csv": "lessons", "ratings_out_of_range.csv": "reviews"}
ABOUT_A_COURSE_THAT_EXISTS = {"dimension_lie.xlsx", "fk_missing.csv"}

pytestmark = [pytest.mark.shared, pytest.mark.django_db]


def cases() -> Iterator[Any]:
    """The lines of the manifest, or one that is skipped where there is none."""
    manifest = FOLDER / "manifest.csv"
    if not manifest.exists():
        yield pytest.param({}, marks=pytest.mark.skip(reason="The bad inputs (../shared) are not on this machine."))
        return
    with manifest.open(encoding="utf-8", newline="") as lines:
        for case in csv.DictReader(lines):
            if case["file"].endswith((".csv", ".xlsx")):
                yield pytest.param(case, id=case["file"])


@pytest.fixture
def uploader(administrator: User) -> User:
    """An administrator on a platform with the categories and instructors the files speak of."""
    for slug in ("programming", "data"):
        catalog.category.make(slug=slug, name=slug.capitalize())
    person("ada", User.Role.INSTRUCTOR)
    person("bob", User.Role.INSTRUCTOR)
    return administrator


def planned(path: Path, uploader: User) -> ImportJob:
    with path.open("rb") as file:
        job = services.upload_file(file, name=path.name, kind=KIND_OF.get(path.name, "courses"), by=uploader)
    if job.status == ImportJob.Status.REFUSED:
        return job
    return services.plan_now(job, by=uploader)


def codes_in(job: ImportJob) -> set[str]:
    rows = job.rows.exclude(messages=[]).values_list("messages", flat=True)
    return {message["code"] for messages in (job.messages, *rows) for message in messages}


@pytest.mark.parametrize("case", list(cases()))
def test_a_bad_file_gets_the_verdict_of_the_manifest(case: dict[str, str], uploader: User) -> None:
    if case["file"] in ABOUT_A_COURSE_THAT_EXISTS:
        catalog.course.make(code="PY-101")
    before = Course.with_archived.count()

    job = planned(FOLDER / case["file"], uploader)

    found = (job.status, job.counts, sorted(codes_in(job)))
    if case["verdict"] == "accept":
        assert job.status == ImportJob.Status.PLANNED, found
        assert job.counts["invalid"] == 0, found
        assert not case["error"] or case["error"] in codes_in(job), found
    elif case["verdict"] == "reject file":
        assert job.status == ImportJob.Status.REFUSED, found
        assert case["error"] in codes_in(job), found
    elif case["verdict"] == "reject rows":
        is_header = {message["code"] for message in job.messages} == {case["error"]}
        assert job.status == ImportJob.Status.PLANNED or is_header, found
        assert is_header or job.counts["invalid"] > 0, found
        assert case["error"] in codes_in(job), found
    else:
        assert job.status == ImportJob.Status.PLANNED or case["error"] in codes_in(job), found
    assert Course.with_archived.count() == before


def test_a_hostile_file_name_is_never_stored_and_never_shown_as_it_came(uploader: User) -> None:
    names = FOLDER / "hostile_filenames.txt"
    if not names.exists():
        pytest.skip("The bad inputs (../shared) are not on this machine.")
    content = (FOLDER / "good_courses.csv").read_bytes()

    for name in names.read_text(encoding="utf-8", errors="replace").splitlines():
        job = services.upload_file(io.BytesIO(content), name=name, kind="courses", by=uploader)

        assert len(job.original_name) <= 100
        assert job.original_name.isprintable() or "\u200d" in job.original_name
        assert not job.file or job.token in str(job.file.name)
