"""Applying a plan: what is shown is what is written, once, by those who still may."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.catalog.models import Category, Course, Lesson, Module
from apps.catalog.services import archive_course
from apps.jobs.running import JobCancelled, Run
from apps.records.rules import RuleBroken
from imports import services, tasks
from imports.models import ImportJob
from imports.types import kind_for
from tests.recipes import catalog
from tests.support.importing import applied, codes, outcomes, planned, row
from tests.support.people import grant

pytestmark = pytest.mark.django_db

HEAD = "course_code,title,category,price\n"


def courses_file(number: int, *, price: str = "10", prefix: str = "K") -> str:
    return HEAD + "".join(f"{prefix}-{at},Course {at},programming,{price}\n" for at in range(number))


def test_what_the_plan_shows_is_what_the_history_says(administrator: User, course: Course) -> None:
    text = HEAD + "PY-101,A better title,programming,59\nNEW-1,A new course,programming,5\n"

    job = applied("courses", text, administrator)

    course.refresh_from_db()
    assert row(job, 2).changes["title"] == ["Python from the first line", "A better title"]
    assert course.title == "A better title"
    assert str(course.price) == "59.00"
    latest = course.history.first()
    assert latest.change_set == job.change_set
    assert latest.change_set.channel == "import"
    assert job.change_set is not None
    assert row(job, 2).version_written == latest.history_id
    assert job.change_set.counts["catalog.course"] == {"created": 1, "changed": 1}


def test_planning_the_same_file_again_changes_nothing_and_one_cell_is_one_field(
    administrator: User, category: Category
) -> None:
    applied("courses", courses_file(3), administrator)

    again = planned("courses", courses_file(3), administrator)
    edited = planned("courses", courses_file(3).replace("K-1,Course 1", "K-1,Course one"), administrator)

    assert outcomes(again) == ["unchanged"] * 3
    assert outcomes(edited) == ["unchanged", "update", "unchanged"]
    assert row(edited, 3).changes == {"title": ["Course 1", "Course one"]}


def test_all_or_nothing_is_refused_while_a_row_is_invalid(administrator: User, category: Category) -> None:
    job = planned("courses", courses_file(2) + "K-9,Course 9,nowhere,10\n", administrator)

    with pytest.raises(RuleBroken, match="1 row cannot be imported"):
        services.apply_now(job, by=administrator)

    assert not Course.objects.exists()


def test_good_rows_only_writes_the_good_ones(administrator: User, category: Category) -> None:
    job = applied("courses", courses_file(2) + "K-9,Course 9,nowhere,x\n", administrator, good_rows_only=True)

    assert job.status == "partly_applied"
    assert sorted(codes(job, 4)) == ["R_FK_MISSING", "R_NUMBER"]
    assert Course.objects.count() == 2


def test_applying_twice_has_one_effect_and_the_same_answer(administrator: User, category: Category) -> None:
    job = applied("courses", courses_file(2), administrator)

    again = services.apply_now(job, by=administrator)

    assert again.status == "applied"
    assert again.applied_counts == job.applied_counts
    assert Course.history.count() == 2


def test_a_row_whose_record_moved_since_the_plan_is_a_conflict_and_is_not_written(
    administrator: User, course: Course
) -> None:
    job = planned("courses", HEAD + "PY-101,From the file,programming,59\nNEW-1,New one,programming,5\n", administrator)
    course.title = "By hand"
    course.save()

    services.apply_now(job, by=administrator)

    course.refresh_from_db()
    assert job.status == "failed"
    assert outcomes(job) == ["conflict", "create"]
    assert codes(job, 2) == ["R_CONFLICT"]
    assert course.title == "By hand"
    assert not Course.objects.filter(code="NEW-1").exists()


def test_good_rows_only_leaves_conflicts_out(administrator: User, course: Course) -> None:
    job = planned("courses", HEAD + "PY-101,From the file,programming,59\nNEW-1,New one,programming,5\n", administrator)
    course.title = "By hand"
    course.save()

    services.apply_now(job, by=administrator, good_rows_only=True)

    course.refresh_from_db()
    assert job.status == "partly_applied"
    assert course.title == "By hand"
    assert Course.objects.filter(code="NEW-1").exists()


def test_a_key_taken_since_the_plan_is_a_conflict(administrator: User, category: Category) -> None:
    job = planned("courses", courses_file(1), administrator)
    catalog.course.make(code="k-0", title="Somebody was faster", category=category)

    services.apply_now(job, by=administrator)

    assert job.status == "failed"
    assert codes(job, 2) == ["R_CONFLICT"]


def test_rights_taken_away_between_plan_and_apply_refuse_the_apply(
    manager: User, category: Category, course: Course
) -> None:
    grant(manager, "import_content", category)
    job = planned("lessons", "course_code,title\nPY-101,A lesson\n", manager)
    manager.categoryusergrant_set.all().delete()

    services.apply_now(job, by=manager)

    assert job.status == "failed"
    assert not Lesson.objects.exists()


def test_an_import_belongs_to_who_uploaded_it(administrator: User, manager: User, category: Category) -> None:
    job = planned("courses", courses_file(1), administrator)

    with pytest.raises(RuleBroken, match="somebody else"):
        services.apply_now(job, by=manager)

    assert not Course.objects.exists()


def test_a_large_change_asks_to_be_confirmed(administrator: User, category: Category) -> None:
    applied("courses", courses_file(20), administrator)
    job = planned("courses", courses_file(20, price="11"), administrator)

    with pytest.raises(RuleBroken, match="20 of 20 courses"):
        services.apply_now(job, by=administrator)

    assert services.apply_now(job, by=administrator, confirmed=True).status == "applied"


def test_a_cancelled_apply_of_all_or_nothing_leaves_nothing(
    administrator: User, category: Category, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(kind_for("courses")), "chunk_rows", 2)
    job = planned("courses", courses_file(6), administrator)
    plain_report = Run.report

    def cancel_in_the_middle(self: Run, done: int, total: int | None = None, stage: str = "") -> None:
        if self.record.job == "imports.apply" and done >= 4:
            raise JobCancelled
        plain_report(self, done, total, stage)

    monkeypatch.setattr(Run, "report", cancel_in_the_middle)

    services.apply_now(job, by=administrator)

    assert job.status in ("cancelled", "failed")
    assert not Course.with_archived.exists()


def test_a_reference_out_of_reach_and_one_that_is_nowhere_read_the_same(
    manager: User, category: Category, course: Course, other_course: Course
) -> None:
    grant(manager, "import_content", category)
    hidden = "course_code,title\nART-1,A lesson\n"
    missing = "course_code,title\nNIX-1,A lesson\n"

    with CaptureQueriesContext(connection) as first:
        job_hidden = planned("lessons", hidden, manager)
    with CaptureQueriesContext(connection) as second:
        job_missing = planned("lessons", missing, manager)

    said = [row(job, 2).messages[0]["message"] for job in (job_hidden, job_missing)]
    assert said[0].replace("ART-1", "") == said[1].replace("NIX-1", "")
    assert codes(job_hidden, 2) == codes(job_missing, 2) == ["R_FK_MISSING"]
    assert len(first) == len(second)


def test_a_code_taken_out_of_reach_cannot_be_used_and_shows_nothing(
    manager: User, category: Category, other_course: Course
) -> None:
    grant(manager, "import_content", category)

    job = planned("courses", HEAD + "ART-1,Mine now,programming,1\n", manager)

    message = row(job, 2).messages[0]
    assert message["code"] == "R_RULE"
    assert message["message"] == "This code cannot be used."
    assert row(job, 2).changes == {}


def test_a_code_of_something_archived_says_so(administrator: User, category: Category) -> None:
    applied("courses", courses_file(1), administrator)
    course = Course.objects.get()
    archive_course(course, by=administrator)

    job = planned("courses", courses_file(1), administrator)

    assert codes(job, 2) == ["R_RULE"]
    assert "archived" in row(job, 2).messages[0]["message"]


@pytest.mark.parametrize("kind", ["courses", "lessons"])
def test_queries_per_thousand_rows_do_not_depend_on_the_rows(
    administrator: User, category: Category, kind: str
) -> None:
    module = catalog.module.make(course=catalog.course.make(code="PY-101", category=category), code="m1")

    def text(number: int, prefix: str) -> str:
        if kind == "courses":
            return courses_file(number, prefix=prefix)
        head = "course_code,module_code,lesson_code,title\n"
        return head + "".join(f"PY-101,m1,{prefix}{at},Lesson {at}\n" for at in range(number))

    counts = []
    for number, prefix in ((20, "a"), (400, "b")):
        with CaptureQueriesContext(connection) as queries:
            applied(kind, text(number, prefix), administrator)
        counts.append(len(queries))

    assert module.pk
    assert counts[0] == counts[1]
    assert counts[1] < 130


@pytest.mark.parametrize("who", ["manager", "instructor"])
def test_queries_do_not_depend_on_the_rows_for_those_who_may_not_do_everything(
    request: pytest.FixtureRequest, category: Category, who: str
) -> None:
    user = request.getfixturevalue(who)
    if who == "manager":
        grant(user, "import_content", category)
    ContentType.objects.get_for_model(Course)  # asked for once in the life of a process

    asked = []
    for number, prefix in ((20, "a"), (400, "b")):
        with CaptureQueriesContext(connection) as queries:
            job = applied("courses", courses_file(number, prefix=prefix), user)
        assert job.status == "applied"
        asked.append(sum(one["sql"].startswith("SELECT") and "jobs_jobrun" not in one["sql"] for one in queries))

    assert asked[0] == asked[1]
    assert asked[1] < 100


def test_one_person_has_three_plans_made_at_once_at_most(administrator: User, category: Category) -> None:
    jobs = [planned("courses", courses_file(1), administrator) for _ in range(4)]
    ImportJob.objects.filter(pk__in=[job.pk for job in jobs[:3]]).update(status="planning")

    with pytest.raises(RuleBroken, match="3 of your plans"):
        services.plan_now(jobs[3], by=administrator)


def test_abandoned_plans_and_old_files_are_deleted(administrator: User, category: Category) -> None:
    job = planned("courses", courses_file(1), administrator)
    ImportJob.objects.update(created_at="2020-01-01T00:00:00Z", planned_at="2020-01-01T00:00:00Z")

    tasks.tidy_imports.now(by=None)

    job.refresh_from_db()
    assert job.status == "expired"
    assert not job.file
    assert not job.rows.exists()
    assert Module.objects.count() == 0
