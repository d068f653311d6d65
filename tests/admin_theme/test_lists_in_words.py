"""What a list says when it is empty, narrowed down, or both."""

import pytest
from django.test import Client

from apps.catalog.models import Course

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.admin_theme.screens")]

COURSES = "/admin/catalog/course/"


def test_an_empty_list_says_what_belongs_there_and_offers_the_first_step(as_administrator: Client) -> None:
    page = as_administrator.get(COURSES).content.decode()

    assert "No courses yet" in page
    assert "Import a catalog or add the first one." in page
    assert "Add course" in page


def test_a_list_narrowed_to_nothing_offers_to_clear_the_filters(as_administrator: Client, course: Course) -> None:
    page = as_administrator.get(COURSES, {"q": "nothing-is-called-this"}).content.decode()

    assert "Nothing matches" in page
    assert "Clear filters" in page
    assert "No courses yet" not in page


def test_each_active_filter_is_a_chip_that_takes_away_only_itself(as_administrator: Client, course: Course) -> None:
    query = {"category__id__exact": str(course.category_id), "level__exact": "all_levels", "q": "python"}

    chips = as_administrator.get(COURSES, query).context["cl"].chips

    assert [(chip.title, chip.value) for chip in chips] == [("category", "Programming"), ("level", "All levels")]
    assert "category" not in chips[0].link
    assert "level__exact" in chips[0].link
    assert "q=python" in chips[0].link


def test_a_person_without_the_right_to_add_is_not_offered_it(as_support: Client) -> None:
    page = as_support.get(COURSES).content.decode()

    assert "No courses yet" in page
    assert "Add course" not in page
