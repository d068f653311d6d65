"""The ground of the other tests: recipes, people, the browser and the reset."""

from collections.abc import Callable

import pytest
from django.db.models import Model
from django.test import Client
from playwright.sync_api import Page

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.catalog.rights import RIGHTS
from tests.recipes import RECIPES


@pytest.mark.django_db
@pytest.mark.parametrize("model", RECIPES, ids=lambda model: model._meta.label)
def test_a_recipe_makes_a_row_that_is_saved(model: type[Model]) -> None:
    row = RECIPES[model].make()

    assert model._base_manager.filter(pk=row.pk).exists()


def test_a_co_instructor_has_exactly_the_right_that_was_asked_for(
    co_instructor_with: Callable[[str], User], course: Course
) -> None:
    for right in RIGHTS:
        person = co_instructor_with(right)

        held = course.user_grants.filter(user=person).values_list("permission__codename", flat=True)
        assert list(held) == [right]


def test_an_administrator_opens_the_console(as_administrator: Client) -> None:
    assert as_administrator.get("/admin/").status_code == 200


def test_a_student_does_not_open_the_console(as_student: Client) -> None:
    assert as_student.get("/admin/").status_code in (302, 403)


@pytest.mark.parametrize("time", ["first", "second"])
@pytest.mark.django_db(transaction=True)
def test_what_a_committing_test_leaves_is_gone_in_the_next(time: str, course: Course) -> None:
    assert Course.objects.get() == course
    assert course.history.count() == 1


@pytest.mark.browser
def test_the_browser_is_signed_in_as_the_person_asked_for(
    open_browser: Callable[..., Page], administrator: User
) -> None:
    page = open_browser(administrator)

    page.goto("/admin/")

    assert page.url.endswith("/admin/")
