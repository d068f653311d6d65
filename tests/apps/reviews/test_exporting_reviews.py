"""Reviews are taken out by whom the matrix says, without what they do not see."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.reviews.models import Review
from imports.models import ExportRecord, ImportJob
from tests.recipes import reviews

pytestmark = pytest.mark.django_db

REVIEWS = "/admin/reviews/review/"
MAKE = "/admin/imports/exportrecord/make/reviews/"
SignedIn = Callable[[User], Client]


@pytest.fixture
def two_reviews(review: Review, other_course: Course) -> None:
    review.moderator_note = "Known to us."
    review.save()
    reviews.review.make(course=other_course, title="Wet paper", text="=1+1 and other sums.")


def exported(client: Client, query: str = "") -> list[dict[str, str]]:
    answer: Any = client.post(f"{MAKE}{query}", {"format": "csv"})
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(content)))


@pytest.mark.usefixtures("two_reviews")
def test_a_moderator_takes_out_all_reviews_without_addresses(as_moderator: Client, moderator: User) -> None:
    rows = exported(as_moderator)

    assert {row["title"] for row in rows} == {"Videos do not load", "Wet paper"}
    assert "student_email" not in rows[0]
    assert {row["last_name"] for row in rows} >= {"Marlow"}
    assert not [row for row in rows if "@example.org" in str(row)]
    record = ExportRecord.objects.get()
    assert (record.requester, record.kind, record.row_count) == (moderator, "reviews", 2)


@pytest.mark.usefixtures("two_reviews")
def test_a_manager_takes_out_addresses_as_well_and_the_list_as_it_is_narrowed(as_manager: Client) -> None:
    rows = exported(as_manager, "?rating=2")

    assert [(row["student_email"], row["rating"]) for row in rows] == [("lou@example.org", "2")]


@pytest.mark.usefixtures("two_reviews")
def test_an_instructor_takes_out_own_courses_only_without_addresses_and_notes(as_instructor: Client) -> None:
    (row,) = exported(as_instructor)

    assert row["title"] == "Videos do not load"
    assert not {"student_email", "moderator_note"} & row.keys()


@pytest.mark.usefixtures("two_reviews")
def test_what_looks_like_a_formula_is_taken_out_as_text(as_manager: Client) -> None:
    (row,) = exported(as_manager, "?q=sums")

    assert row["text"].startswith("'=")


@pytest.mark.usefixtures("two_reviews")
@pytest.mark.parametrize("right", ["view_course", "edit_content", "publish_course", "import_content"])
def test_other_rights_on_the_course_take_nothing_out(
    signed_in: SignedIn, co_instructor_with: Callable[[str], User], right: str
) -> None:
    client = signed_in(co_instructor_with(right))

    assert client.post(MAKE, {"format": "csv"}).status_code == 403
    assert "Export as CSV" not in client.get(REVIEWS).content.decode()
    assert not ExportRecord.objects.exists()


def test_support_takes_nothing_out(as_support: Client, review: Review) -> None:
    assert as_support.post(MAKE, {"format": "csv"}).status_code == 403
    assert not ExportRecord.objects.exists()


def test_who_decides_on_reviews_brings_none_in(as_moderator: Client) -> None:
    page = as_moderator.get("/admin/imports/importjob/add/")
    template = as_moderator.get("/admin/imports/importjob/templates/reviews/")

    assert (page.status_code, template.status_code) == (403, 403)
    assert not ImportJob.objects.exists()
