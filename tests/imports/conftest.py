"""What the tests of imports share: a small foreign catalogue, uploading it, and the work a worker would do."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.catalog.models import Category, Course
from apps.jobs.models import JobRun
from apps.jobs.registry import JOBS
from imports.models import ImportJob
from imports.questions import QuestionFile, Verdict
from tests.recipes import catalog
from tests.support.course_workbooks import furnish
from tests.support.verdicts import Read

CATALOGUE = """course_id,course_title,is_paid,price,num_lectures,level,subject
101,Banking from the ground up,True,200,51,All Levels,Business Finance
102,Drums for beginners,True,25,20,Beginner Level,Musical Instruments
103,Watercolor on the screen,False,0,12,Expert Level,Graphic Design
103,Watercolor on the screen,False,0,12,Expert Level,Graphic Design
104,{long},True,10,9,Beginner Level,Graphic Design
""".format(long="A title that never ends " * 10)

Upload = Callable[..., ImportJob]


def page(job: ImportJob, name: str) -> str:
    return reverse(f"admin:imports_importjob_{name}", args=[job.pk])


@pytest.fixture
def catalogue_categories(db: None) -> list[Category]:
    facts = {"business-finance": "Business and finance", "music": "Music", "graphic-design": "Graphic design"}
    return [catalog.category.make(name=name, slug=slug) for slug, name in facts.items()]


@pytest.fixture
def furnished(course: Course) -> Course:
    """The course with modules, lessons, a resource and an assessment: twelve rows of a workbook."""
    furnish(course)
    return course


@pytest.fixture
def upload() -> Upload:
    """Uploads as somebody in the browser would: `upload(client, "courses.csv", text)`."""

    def send(client: Client, name: str = "catalogue.csv", content: str | bytes = CATALOGUE, **facts: Any) -> ImportJob:
        body = content.encode() if isinstance(content, str) else content
        file = SimpleUploadedFile(name, body, content_type="text/csv")
        answer = client.post(reverse("admin:imports_importjob_add"), {"file": file, **facts})
        assert answer.status_code == 303, answer.content[:2000]
        return ImportJob.objects.latest("pk")

    return send


@pytest.fixture
def work_off() -> Callable[[], list[JobRun]]:
    """Does everything that is queued, as a worker would."""

    def work() -> list[JobRun]:
        queued = list(JobRun.objects.filter(state=JobRun.State.QUEUED).order_by("pk"))
        for run in queued:
            JOBS[run.job].execute(run.pk)
            run.refresh_from_db()
        return queued

    return work


@pytest.fixture
def chosen_columns() -> Callable[..., dict[str, str]]:
    """What the map page posts: the suggestions of the page, changed as the test says."""

    def choose(job: ImportJob, changes: dict[str, str] | None = None, **facts: str) -> dict[str, str]:
        ours = {
            "course_id": "course_code",
            "course_title": "title",
            "price": "price",
            "level": "level",
            "subject": "category",
            **(changes or {}),
        }
        columns = {f"column-{index}": ours.get(header, "") for index, header in enumerate(job.headers)}
        return {**columns, "mode": "upsert", **facts}

    return choose


VALUES = {
    "theirs-level": ["Beginner Level", "Expert Level"],
    "ours-level": ["beginner", "advanced"],
    "theirs-category": ["Business Finance", "Musical Instruments", "Graphic Design"],
    "ours-category": ["business-finance", "music", "graphic-design"],
}


@pytest.fixture
def planned(
    as_administrator: Client,
    catalogue_categories: list[Category],
    upload: Upload,
    chosen_columns: Callable[..., dict[str, str]],
    work_off: Callable[[], list[JobRun]],
) -> ImportJob:
    """The catalogue, mapped: three new courses, one repeated row, and one that cannot be read."""
    job = upload(as_administrator)
    as_administrator.post(page(job, "map"), chosen_columns(job))
    work_off()
    as_administrator.post(page(job, "values"), VALUES)
    work_off()
    job.refresh_from_db()
    return job


@pytest.fixture
def applied(as_administrator: Client, planned: ImportJob, work_off: Callable[[], list[JobRun]]) -> ImportJob:
    as_administrator.post(page(planned, "apply"), {"rows": "good"})
    work_off()
    planned.refresh_from_db()
    return planned


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The verdicts on a question file with this content: `read(text)`, `read(content, "quiz.xml")`."""

    def verdicts(content: str | bytes, name: str = "quiz.txt") -> list[Verdict]:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(QuestionFile(path).verdicts())

    return verdicts
