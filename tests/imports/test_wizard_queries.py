"""No page of an import asks the database more often because the import is larger."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.catalog.models import Course
from imports.models import ImportJob, ImportRow
from tests.imports.conftest import page
from tests.recipes import catalog

MOST_QUERIES = 25
SIZES = (10, 10_000)


def fill(job: ImportJob, number: int, state: str = ImportRow.State.PLANNED) -> None:
    job.rows.all().delete()
    courses = [course.pk for course in catalog.course.make(_quantity=10)]
    outcomes = [ImportRow.Outcome.INVALID, ImportRow.Outcome.UPDATE, ImportRow.Outcome.CREATE]
    fault = {"line": 1, "column": "title", "code": "R_TOO_LONG", "message": "Too long.", "value": "x"}
    ImportRow.objects.bulk_create(
        ImportRow(
            job=job,
            number=at + 2,
            outcome=outcomes[at % 3],
            state=state,
            key=f"C-{at}",
            label=f"Course {at}",
            cells=["1"] * len(job.headers),
            changes={} if at % 3 == 0 else {"title": ["Before", "After"], "price": ["1.00", "2.00"]},
            messages=[fault] if at % 3 == 0 else [],
            object_id=courses[at % 10],
        )
        for at in range(number)
    )
    counts = dict.fromkeys(ImportRow.Outcome.values, 0)
    job.counts = {**counts, "invalid": number // 3, "update": number // 3, "create": number - 2 * (number // 3)}
    job.unknown_values = {"level": {f"Level {at}": at for at in range(100)}}


@pytest.mark.parametrize("number", SIZES)
def test_the_plan_costs_the_same_at_any_size(
    as_administrator: Client,
    planned: ImportJob,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    number: int,
) -> None:
    fill(planned, number)
    planned.save()

    for query in ("", "?tab=update", "?tab=notes", "?tab=all&q=course", "?tab=invalid&column=title&page=2"):
        with django_assert_max_num_queries(MOST_QUERIES):
            answer = as_administrator.get(page(planned, "plan") + query)

        assert answer.status_code == 200
        assert answer.content.count(b'class="i-row"') <= 50


@pytest.mark.parametrize("number", SIZES)
def test_the_result_costs_the_same_at_any_size(
    as_administrator: Client,
    applied: ImportJob,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    number: int,
) -> None:
    fill(applied, number, ImportRow.State.APPLIED)
    applied.save()

    for name in ("result", "objects", "plan"):
        with django_assert_max_num_queries(MOST_QUERIES):
            answer = as_administrator.get(page(applied, name))

        assert answer.status_code == 200


def test_mapping_costs_few_queries(
    as_administrator: Client, planned: ImportJob, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    fill(planned, 10)
    planned.save()

    for name in ("map", "values"):
        with django_assert_max_num_queries(MOST_QUERIES):
            answer = as_administrator.get(page(planned, name))

        assert answer.status_code == 200


def test_the_list_of_imports_costs_the_same_at_any_length(
    as_administrator: Client, administrator: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for size in (1, 60):
        ImportJob.objects.bulk_create(
            ImportJob(kind="courses", uploader=administrator, token=f"{size}-{at}", original_name=f"{at}.csv")
            for at in range(size)
        )

        with django_assert_max_num_queries(MOST_QUERIES):
            answer = as_administrator.get(reverse("admin:imports_importjob_changelist"))

        assert answer.status_code == 200


def test_an_empty_list_says_what_belongs_there_and_offers_the_first_step(as_administrator: Client) -> None:
    text = as_administrator.get(reverse("admin:imports_importjob_changelist")).content.decode()

    assert "No file has been imported yet" in text
    assert reverse("admin:imports_importjob_add") in text
    assert Course.objects.count() == 0
