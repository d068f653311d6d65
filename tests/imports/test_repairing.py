"""Repairing a plan: cells written anew are planned by the same rules, marked, kept, and part of what is applied."""

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.catalog.models import Course, Lesson
from apps.records.rules import RuleBroken
from imports import services, tasks
from imports.models import ImportCorrection, ImportJob
from tests.support.importing import codes, outcomes, planned, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("category")]

FILE = (
    "course_code,title,category,price\n"
    "A-1,First steps,programming,cheap\n"
    "A-2,Next steps,programming,20\n"
    "A-3,,nowhere,cheap\n"
)


@pytest.fixture
def faulty(administrator: User) -> ImportJob:
    """One sound row between two that cannot be read."""
    return planned("courses", FILE, administrator)


def correct(job: ImportJob, line: int, by: User, **cells: str) -> ImportJob:
    return services.correct_row(job, row(job, line), by=by, cells=cells)


def corrections(job: ImportJob) -> list[tuple[int, str, str, str]]:
    found = job.corrections.order_by("number", "at").values_list("number", "at", "was", "value")
    return [(line, job.headers[at], was, value) for line, at, was, value in found]


def test_a_corrected_row_is_planned_again_with_everything_that_follows(faulty: ImportJob, administrator: User) -> None:
    job = correct(faulty, 2, administrator, price="10")

    assert outcomes(job) == ["create", "create", "invalid"]
    assert row(job, 2).changes["price"] == ["", "10.00"]
    assert (job.counts["create"], job.counts["invalid"], job.counts["corrected"]) == (2, 1, 1)
    assert corrections(job) == [(2, "price", "cheap", "10")]
    assert ImportCorrection.objects.get().by == administrator


def test_what_is_applied_is_the_corrected_plan(faulty: ImportJob, administrator: User) -> None:
    job = correct(faulty, 2, administrator, price="10")
    job = correct(job, 4, administrator, title="Third", category="programming", price="5")

    services.apply_now(job, by=administrator)

    assert sorted(Course.objects.values_list("code", "title", "price")) == [
        ("A-1", "First steps", 10),
        ("A-2", "Next steps", 20),
        ("A-3", "Third", 5),
    ]


def test_a_wrong_correction_is_told_like_a_wrong_cell_and_can_be_corrected_again(
    faulty: ImportJob, administrator: User
) -> None:
    job = correct(faulty, 2, administrator, price="-5")
    wrong = codes(job, 2)

    job = correct(job, 2, administrator, price="5")

    assert wrong == ["R_RANGE"]
    assert row(job, 2).outcome == "create"
    assert corrections(job) == [(2, "price", "cheap", "5")]


def test_a_correction_that_makes_a_key_stand_twice_is_seen_on_both_lines(
    faulty: ImportJob, administrator: User
) -> None:
    job = correct(faulty, 2, administrator, course_code="A-2", price="10")

    assert codes(job, 2) == codes(job, 3) == ["R_DUP_IN_FILE"]
    assert job.counts["invalid"] == 3


def test_a_key_that_stood_twice_is_cured_by_correcting_one_of_them(administrator: User) -> None:
    text = "course_code,title,category\nA-1,One,programming\nA-1,Other,programming\n"
    job = planned("courses", text, administrator)

    job = correct(job, 3, administrator, course_code="A-2")

    assert outcomes(job) == ["create", "create"]
    assert row(job, 2).messages == []


def test_rows_that_wait_for_a_corrected_one_follow_and_keep_their_places(administrator: User, course: Course) -> None:
    text = "course_code,title,type\nPY-101,One,video\nPY-101,Two,nonsense\nPY-101,Three,video\n"
    job = planned("lessons", text, administrator)

    job = correct(job, 3, administrator, type="reading")
    services.apply_now(job, by=administrator)

    assert list(Lesson.objects.order_by("order").values_list("title", flat=True)) == ["One", "Two", "Three"]


def test_a_row_of_another_width_is_whole_once_it_was_corrected(administrator: User) -> None:
    text = "course_code,title,category,price\nA-1,Cooking, and baking,programming,10\nA-2,Short\n"
    job = planned("courses", text, administrator)

    job = correct(job, 3, administrator, category="programming", price="1")
    job = correct(job, 2, administrator, title="Cooking, and baking", category="programming", price="10")

    assert outcomes(job) == ["create", "create"]
    assert [row(job, line).label for line in (2, 3)] == ["Cooking, and baking", "Short"]


def test_a_plan_made_again_keeps_what_was_corrected(faulty: ImportJob, administrator: User) -> None:
    correct(faulty, 2, administrator, price="10")

    job = services.plan_now(faulty, by=administrator)

    assert outcomes(job) == ["create", "create", "invalid"]
    assert row(job, 2).cells == ["A-1", "First steps", "programming", "10"]


def test_another_mapping_keeps_what_was_corrected_and_another_reading_drops_it(
    faulty: ImportJob, administrator: User
) -> None:
    job = correct(faulty, 2, administrator, price="10")

    services.configure(job, by=administrator, mode="create")
    kept = job.corrections.count()
    services.configure(job, by=administrator, delimiter=";")

    assert (kept, job.corrections.count()) == (1, 0)


def test_a_row_can_be_as_in_the_file_again(faulty: ImportJob, administrator: User) -> None:
    job = correct(faulty, 2, administrator, price="10")

    job = services.withdraw_corrections(job, row(job, 2), by=administrator)

    assert codes(job, 2) == ["R_NUMBER"]
    assert corrections(job) == []
    with pytest.raises(RuleBroken, match="Nothing in this row was corrected"):
        services.withdraw_corrections(job, row(job, 2), by=administrator)


def test_a_plan_whose_corrections_changed_behind_its_back_is_not_applied(
    faulty: ImportJob, administrator: User
) -> None:
    job = correct(faulty, 2, administrator, price="10")
    ImportCorrection.objects.update(value="1")

    with pytest.raises(RuleBroken, match="does not belong to these choices any more"):
        services.apply_now(job, by=administrator, good_rows_only=True)

    assert Course.objects.count() == 0


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"price": "cheap"}, "Write what the cell should hold instead"),
        ({}, "Write what the cell should hold instead"),
        ({"nonsense": "1"}, "The file has no column “nonsense”"),
        ({"price": "1\x00"}, "invisible control character U\\+0000"),
        ({"title": "\u202eevil"}, "invisible control character U\\+202E"),
        ({"title": "x" * 40_000}, "40,000 characters; at most 32,767"),
    ],
)
def test_a_correction_that_cannot_be_kept_is_refused_and_changes_nothing(
    faulty: ImportJob, administrator: User, cells: dict[str, str], sentence: str
) -> None:
    before = list(faulty.rows.values())

    with pytest.raises(RuleBroken, match=sentence):
        correct(faulty, 2, administrator, **cells)

    assert list(faulty.rows.values()) == before
    assert corrections(faulty) == []


def test_somebody_elses_plan_and_an_applied_one_are_not_corrected(
    faulty: ImportJob, administrator: User, manager: User
) -> None:
    with pytest.raises(RuleBroken, match="belongs to somebody else"):
        correct(faulty, 2, manager, price="10")
    services.apply_now(faulty, by=administrator, good_rows_only=True)
    with pytest.raises(RuleBroken, match="cannot be planned"):
        correct(faulty, 2, administrator, price="10")

    assert corrections(faulty) == []
    assert list(Course.objects.values_list("code", flat=True)) == ["A-2"]


def test_a_value_is_fixed_once_for_all_rows_that_have_it(faulty: ImportJob, administrator: User) -> None:
    job = services.correct_value(faulty, "price", "cheap", "5", by=administrator)

    assert row(job, 2).outcome == "create"
    assert codes(job, 4) == ["R_FK_MISSING", "R_REQUIRED"]
    for theirs, ours in (("cheap", " "), ("cheap", "cheap"), ("", "5")):
        with pytest.raises(RuleBroken, match="Write what the cell should hold"):
            services.correct_value(job, "price", theirs, ours, by=administrator)
    assert job.value_mapping == {"price": {"cheap": "5"}}


def test_large_plans_are_made_again_in_the_background(
    faulty: ImportJob, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imports.services.correcting.AT_ONCE", 2)

    job = correct(faulty, 2, administrator, price="10")
    faulty.refresh_from_db()
    waiting = faulty.status
    assert job.run is not None or faulty.run is not None
    tasks.plan_import.execute(ImportJob.objects.get(pk=job.pk).run_id or 0)
    faulty.refresh_from_db()

    assert waiting == "planning"
    assert (faulty.status, outcomes(faulty)) == ("planned", ["create", "create", "invalid"])


def test_correcting_costs_a_fixed_number_of_queries(
    administrator: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = "".join(f"C-{at},Course {at},programming,cheap\n" for at in range(300))
    job = planned("courses", f"course_code,title,category,price\n{rows}", administrator)

    with django_assert_max_num_queries(60):
        correct(job, 5, administrator, price="10")

    assert job.rows.filter(outcome="create").count() == 1


def test_a_plan_that_expires_leaves_no_corrected_cells_behind(faulty: ImportJob, administrator: User) -> None:
    correct(faulty, 2, administrator, price="10")
    ImportJob.objects.update(created_at="2020-01-01T00:00:00Z", planned_at="2020-01-01T00:00:00Z")

    tasks.tidy_imports.now(by=None)

    assert ImportCorrection.objects.count() == 0
