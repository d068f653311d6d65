"""Many at once: people and workers at one import have one effect, and many rows take no more memory than few."""

import io
import tracemalloc
from functools import partial

import pytest

from apps.accounts.models import User
from apps.catalog.models import Category, Course
from apps.jobs.models import JobRun
from apps.jobs.registry import JOBS
from imports import services
from imports.models import ImportJob
from imports.types.courses import Courses
from tests.support.importing import planned
from tests.support.killing import work_until_done
from tests.support.moments import at_the_same_time
from tests.support.people import person

HEAD = "course_code,title,category,price\n"


def file(rows: int) -> str:
    return HEAD + "".join(f"A-{at},Course {at},programming,5\n" for at in range(rows))


@pytest.mark.django_db(transaction=True)
def test_two_people_who_apply_and_two_workers_that_get_the_message_have_one_effect(
    administrator: User, category: Category
) -> None:
    other = person("other", User.Role.ADMINISTRATOR)
    job = planned("courses", file(12), administrator)
    people = [administrator, other]

    def ask(by: User) -> int:
        return services.start_apply(ImportJob.objects.get(pk=job.pk), by=by, confirmed=True).pk

    runs = at_the_same_time(*(partial(ask, by) for by in people), times=2)
    at_the_same_time(partial(JOBS["imports.apply"].execute, runs[0]), times=2)
    work_until_done(job.origin)
    again = at_the_same_time(*(partial(ask, by) for by in people))

    job.refresh_from_db()
    assert len({*runs, *again}) == 1
    assert JobRun.objects.filter(job="imports.apply").count() == 1
    assert (job.status, Course.objects.count(), Course.history.count()) == ("applied", 12, 12)


@pytest.mark.django_db
def test_a_plan_of_four_times_the_rows_takes_no_more_memory(
    administrator: User, category: Category, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Courses, "chunk_rows", 50)
    planned("courses", file(100), administrator)
    peaks: list[int] = []

    for rows in (200, 800):
        job = services.upload_file(
            io.BytesIO(file(rows).encode()), name="courses.csv", kind="courses", by=administrator
        )
        tracemalloc.start()
        services.plan_now(job, by=administrator)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] + 150_000
