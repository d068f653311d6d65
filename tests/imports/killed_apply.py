"""The other process of the kill test: plans, applies and counts on a database of its own."""

import io
import json
import sys
import time
from typing import Any

import django

django.setup()

from apps.accounts.models import User  # noqa: E402 - Django comes first
from apps.catalog.models import Category, Course, Lesson  # noqa: E402
from apps.jobs.models import JobRun  # noqa: E402
from apps.jobs.registry import JOBS  # noqa: E402
from imports import services  # noqa: E402
from imports.models import ImportJob, ImportRow  # noqa: E402
from tests.support.course_workbooks import uploaded, workbook  # noqa: E402

ROWS = 3_000
LESSONS = 28


def begin(what: str, *prefixes: str) -> list[dict[str, int]]:
    """Plans a file, flat or of several parts, for each prefix and asks for its apply; nothing is applied yet."""
    user = User.objects.create_superuser("admin@example.org")
    Category.objects.create(slug="programming", name="Programming")
    make = {"courses": _courses, "workbook": _workbook}[what]
    return [_begin_one(make(prefix, user), user) for prefix in prefixes]


def _courses(prefix: str, user: User) -> ImportJob:
    rows = "".join(f"{prefix}-{at},Course {at},programming,5\n" for at in range(ROWS))
    text = f"course_code,title,category,price\n{rows}"
    return services.upload_file(io.BytesIO(text.encode()), name="courses.csv", kind="courses", by=user)


def _workbook(prefix: str, user: User) -> ImportJob:
    codes = [f"{prefix}-{at}" for at in range(ROWS // 30)]
    sheets = {
        "Courses": [["course_code", "title", "category"], *([code, "A course", "programming"] for code in codes)],
        "Modules": [["course_code", "module_code", "title"], *([code, "m1", "A module"] for code in codes)],
        "Lessons": [
            ["course_code", "module_code", "lesson_code", "title"],
            *([code, "m1", f"l{at}", "A lesson"] for code in codes for at in range(LESSONS)),
        ],
    }
    return uploaded(workbook(sheets), user)


def _begin_one(job: ImportJob, user: User) -> dict[str, int]:
    services.plan_now(job, by=user)
    run = services.start_apply(job, by=user)
    return {"job": job.pk, "run": run.pk}


def work(*run_ids: str) -> float:
    """What a worker does when messages come, or come again; says when it begins, and then how long it took."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    started = time.monotonic()
    for run_id in run_ids:
        JOBS["imports.apply"].execute(int(run_id))
    return time.monotonic() - started


def look(*job_ids: str) -> list[dict[str, object]]:
    return [_look_at(ImportJob.objects.get(pk=job_id)) for job_id in job_ids]


def _look_at(job: ImportJob) -> dict[str, object]:
    prefix = str(job.rows.values_list("key", flat=True)[0]).split("-")[0]
    courses = Course.objects.filter(code__startswith=f"{prefix}-")
    history = Course.history.filter(code__startswith=f"{prefix}-")
    return {
        "status": job.status,
        "courses": courses.count(),
        "history": history.count(),
        "lessons": Lesson.objects.filter(course__code__startswith=f"{prefix}-", module__code="m1").count(),
        "lesson_history": Lesson.history.filter(course__code__startswith=f"{prefix}-").count(),
        "applied": job.rows.filter(state=ImportRow.State.APPLIED).count(),
        "change_sets": len(set(history.values_list("change_set"))),
        "runs": JobRun.objects.filter(state="running").count(),
    }


COMMANDS: dict[str, Any] = {"begin": begin, "work": work, "look": look}
what, *arguments = sys.argv[1:]
sys.stdout.write(json.dumps(COMMANDS[what](*arguments)))
