"""Several attempts at one import: what an earlier one left behind decides nothing that it should not."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.audit.recording import open_change_set
from apps.catalog.models import Category, Course
from apps.enrollments.models import LessonProgress
from apps.jobs.models import JobRun
from apps.jobs.registry import JOBS
from apps.records.rules import RuleBroken
from imports import services, tasks
from imports.models import ImportJob
from imports.runner.apply import mark_conflicts
from imports.types.courses import Courses
from tests.recipes import catalog
from tests.support.importing import applied, planned, row

pytestmark = pytest.mark.django_db
HEAD = "course_code,title,category,price\n"
FILE = HEAD + "PY-101,Better,programming,59\nNEW-1,New,programming,5\n"
State = JobRun.State


def begun(job: ImportJob, by: User) -> JobRun:
    """An apply somebody has asked for, and no worker has begun."""
    run = services.start_apply(job, by=by, confirmed=True)
    job.refresh_from_db()
    return run


def test_an_apply_found_impossible_stays_so_when_it_was_killed_while_it_took_everything_back(
    administrator: User, course: Course
) -> None:
    job = planned("courses", FILE, administrator)
    run = begun(job, administrator)
    mark_conflicts(job, {row(job, 3).pk: "A record with this key was made after the plan."})

    JOBS[run.job].execute(run.pk)

    job.refresh_from_db()
    course.refresh_from_db()
    run.refresh_from_db()
    assert (job.status, course.title) == ("failed", "Python from the first line")
    assert run.outcome.startswith("Nothing was applied: 1 row has changed")


def test_an_undo_knows_what_was_edited_between_an_attempt_that_was_taken_back_and_the_next(
    administrator: User, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Courses, "chunk_rows", 1)
    job = planned("courses", FILE, administrator)
    catalog.course.make(code="NEW-1", title="In the way")
    services.apply_now(job, by=administrator, confirmed=True)
    first = job.status
    course.refresh_from_db()
    course.title = "By hand"
    course.save()
    job = services.plan_now(job, by=administrator)
    services.apply_now(job, by=administrator, confirmed=True)

    services.undo_now(job, by=administrator)

    course.refresh_from_db()
    assert (first, job.status, course.title) == ("failed", "undone", "By hand")
    assert set(Course.objects.values_list("title", flat=True)) == {"By hand", "In the way"}


def test_an_apply_called_off_before_it_wrote_anything_leaves_no_open_change_set(
    administrator: User, course: Course
) -> None:
    job = planned("courses", FILE, administrator)
    run = begun(job, administrator)
    job.change_set = open_change_set(by=administrator, channel="import", title="x", origin=job.origin)
    job.save()
    JobRun.objects.filter(pk=run.pk).update(state=State.CANCELLED)
    run.refresh_from_db()

    tasks.apply_given_up(run)

    job.refresh_from_db()
    assert (job.status, job.change_set) == ("cancelled", None)
    assert not ChangeSet.objects.filter(origin=job.origin).exists()


def test_an_undo_called_off_before_it_began_leaves_the_import_partly_applied_as_it_was(
    administrator: User, course: Course
) -> None:
    job = applied("courses", FILE + "NEW-2,,programming,5\n", administrator, good_rows_only=True)
    run = services.start_undo(job, by=administrator)
    job.refresh_from_db()
    job.undo_change_set = open_change_set(by=administrator, channel="undo", title="x", origin=job.origin)
    job.save()
    JobRun.objects.filter(pk=run.pk).update(state=State.CANCELLED)
    run.refresh_from_db()

    tasks.undo_given_up(run)

    job.refresh_from_db()
    assert (job.status, job.undo_change_set) == ("partly_applied", None)
    assert not ChangeSet.objects.filter(origin=job.origin, channel="undo").exists()


def test_tidying_leaves_an_import_alone_while_a_run_it_does_not_know_yet_is_at_work(
    administrator: User, course: Course
) -> None:
    job = planned("courses", FILE, administrator)
    at_work = begun(job, administrator)
    an_hour_ago = timezone.now() - timedelta(hours=1)
    plan = JobRun.objects.create(
        job="imports.plan", state=State.SUCCEEDED, finished_at=an_hour_ago, arguments={"job_id": job.pk}
    )
    ImportJob.objects.filter(pk=job.pk).update(run=plan)

    tasks.tidy_imports.now(by=None)
    during = ImportJob.objects.get(pk=job.pk).status
    JobRun.objects.filter(pk=at_work.pk).update(state=State.FAILED)
    tasks.tidy_imports.now(by=None)

    job.refresh_from_db()
    assert (during, job.status) == ("applying", "failed")


def test_whoever_an_import_does_not_belong_to_gets_the_same_words_in_each_of_its_states(
    administrator: User, manager: User, category: Category
) -> None:
    job = planned("courses", HEAD + "NEW-1,New,programming,5\n", administrator)
    deeds = (services.plan_now, services.start_plan, services.start_apply, services.apply_now)
    refused: set[str] = set()

    def ask_all() -> None:
        for deed in (*deeds, services.start_undo, services.undo_now):
            with pytest.raises(RuleBroken) as caught:
                partial(deed, job, by=manager)()
            refused.add(caught.value.sentence)

    ask_all()
    services.apply_now(job, by=administrator)
    ask_all()
    services.undo_now(job, by=administrator)
    ask_all()

    assert refused == {"This import belongs to somebody else."}


def test_what_a_kind_writes_beside_what_the_row_says_is_shown(
    administrator: User, lesson_progress: LessonProgress
) -> None:
    email, code = lesson_progress.enrollment.user.email, lesson_progress.lesson.code
    text = f"student_email,course_code,lesson_code,is_completed\n{email},PY-101,{code},yes\n"

    job = planned("progress", text, administrator)
    changes: dict[str, Any] = row(job, 2).changes

    services.apply_now(job, by=administrator, confirmed=True)
    lesson_progress.refresh_from_db()
    assert set(changes) == {"is_completed", "completed_at"}
    assert lesson_progress.completed_at is not None
    assert changes["completed_at"][1] == lesson_progress.completed_at.isoformat(sep=" ")
