"""Rules about one row, as sentences for the person and as constraints of the database."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.catalog.models import Category, Course, Lesson, Resource
from apps.records.addresses import public_https_url
from tests.recipes import catalog


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"price": Decimal("-1")}, "greater than or equal to 0"),
        ({"price": Decimal("1.234")}, "2 decimal places"),
        ({"price": Decimal(5), "discount_price": Decimal(6)}, "above the price"),
        ({"code": "PY 101"}, "letters A to Z"),
        ({"code": "ÄB-1"}, "letters A to Z"),
        ({"title": "x" * 201}, "at most 200"),
        ({"currency": "usd"}, "three capital letters"),
        ({"level": "expert"}, "not a valid choice"),
    ],
)
def test_a_course_is_refused_in_words(course: Course, facts: dict[str, object], sentence: str) -> None:
    for name, value in facts.items():
        setattr(course, name, value)

    with pytest.raises(ValidationError, match=sentence):
        course.full_clean()


def test_codes_are_compared_without_case(course: Course) -> None:
    twin = Course(code="py-101", slug="twin", title="A twin")

    with pytest.raises(ValidationError):
        twin.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


@pytest.mark.parametrize(
    "facts",
    [
        {"price": Decimal(-1)},
        {"price": Decimal(5), "discount_price": Decimal(6)},
        {"discount_price": Decimal(-1)},
        {"version": Decimal(0)},
    ],
)
def test_the_database_refuses_impossible_prices_and_versions(course: Course, facts: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Course.objects.filter(pk=course.pk).update(**facts)


@pytest.mark.django_db
def test_a_category_cannot_lie_below_itself() -> None:
    top = catalog.category.make(name="Top")
    middle = catalog.category.make(name="Middle", parent=top)
    top.parent = catalog.category.make(name="Bottom", parent=middle)

    with pytest.raises(ValidationError, match="cannot lie below itself"):
        top.full_clean()


@pytest.mark.django_db
def test_moving_a_category_moves_the_path_of_everything_below() -> None:
    top, other = catalog.category.make(), catalog.category.make()
    middle = catalog.category.make(parent=top)
    bottom = catalog.category.make(parent=middle)

    middle.parent = other
    middle.save()

    assert Category.objects.get(pk=bottom.pk).path == f"/{other.pk}/{middle.pk}/{bottom.pk}/"


@pytest.mark.parametrize("address", ["https://example.org/page", "https://cdn.example.org:8443/a?b=c#d", ""])
def test_public_https_addresses_are_stored(lesson: Lesson, address: str) -> None:
    lesson.video_url = address

    lesson.full_clean()
    lesson.save()

    assert Lesson.objects.get(pk=lesson.pk).video_url == address


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/",
        "ftp://example.org/",
        "javascript:alert(1)",
        "https://localhost/",
        "https://intranet/",
        "https://printer.local/",
        "https://127.0.0.1/",
        "https://10.0.0.1:8000/",
        "https://[::1]/",
        "https://2130706433/",
        "https://user:secret@example.org/",
        "https:///nothing",
        "https://example..org/",
        "https://[bad",
        "https://example.org:notaport/",
    ],
)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        public_https_url(address)


def test_the_database_refuses_addresses_that_are_not_https(lesson: Lesson) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Lesson.objects.filter(pk=lesson.pk).update(video_url="http://example.org/")
    with pytest.raises(IntegrityError), transaction.atomic():
        Resource.objects.create(lesson=lesson, title="A link", url="javascript:alert(1)")


def test_a_resource_is_a_file_or_an_address_not_both(lesson: Lesson) -> None:
    resource = Resource(lesson=lesson, title="Both", url="https://example.org/", file="resources/a.pdf")

    with pytest.raises(ValidationError, match="not both"):
        resource.full_clean()
