"""What holds for every screen of the console, whichever app it is of."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from admin_theme.console import ConsoleAdmin
from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Lesson
from apps.enrollments.models import Enrollment
from backoffice.navigation import GROUPS
from tests.recipes import RECIPES

pytestmark = pytest.mark.django_db

SCREENS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def list_of(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@pytest.fixture
def something_everywhere(lesson: Lesson, enrollment: Enrollment) -> None:
    """A course with a module, a lesson and a learner, so that pages have something to show."""


@pytest.mark.parametrize("model", SCREENS, ids=lambda model: model._meta.label_lower)
def test_every_screen_is_built_on_the_console_base(model: Any) -> None:
    assert isinstance(admin.site._registry[model], ConsoleAdmin)


@pytest.mark.parametrize("model", SCREENS, ids=lambda model: model._meta.label_lower)
def test_every_list_opens_for_an_administrator_at_a_bounded_cost(
    as_administrator: Client,
    something_everywhere: None,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    model: Any,
) -> None:
    before = ChangeSet.objects.count()

    with django_assert_max_num_queries(25):
        page = as_administrator.get(list_of(model))

    assert page.status_code == 200
    assert "<script>" not in page.content.decode()
    assert ChangeSet.objects.count() == before


@pytest.mark.parametrize("model", SCREENS, ids=lambda model: model._meta.label_lower)
def test_every_record_page_opens_for_an_administrator_at_a_bounded_cost(
    administrator: User,
    as_administrator: Client,
    something_everywhere: None,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    model: Any,
) -> None:
    as_administrator.get(reverse("admin:keys"))  # The first page of a session notes where it is open.
    record = model._base_manager.first() or made_for(model, administrator)
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[record.pk])

    with django_assert_max_num_queries(25):
        page = as_administrator.get(address)

    assert page.status_code in {200, 302}
    assert b"<script>" not in page.content


def made_for(model: Any, person: User) -> Any:
    """A record of a kind the small platform has none of; where it belongs to somebody, to this person."""
    owners = {"recipient", "requester", "uploader", "actor", "user"} & {field.name for field in model._meta.fields}
    facts: dict[str, Any] = dict.fromkeys(owners, person)
    return RECIPES[model].make(**facts)


@pytest.mark.parametrize("model", SCREENS, ids=lambda model: model._meta.label_lower)
def test_every_screen_is_closed_to_those_who_are_no_staff(client: Client, as_student: Client, model: Any) -> None:
    answers = [somebody.get(list_of(model)) for somebody in (client, as_student)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert all(answer["Location"].startswith("/admin/login/") for answer in answers)


@pytest.mark.parametrize("model", SCREENS, ids=lambda model: model._meta.label_lower)
def test_every_screen_answers_a_key_that_never_existed_with_nothing_here(as_administrator: Client, model: Any) -> None:
    for page in ("change", "delete", "history"):
        address = f"{list_of(model)}987654321/{page}/"
        assert as_administrator.get(address).status_code == 404, address


@pytest.mark.parametrize("model", SCREENS, ids=lambda model: model._meta.label_lower)
def test_every_list_says_something_when_it_is_empty(model: Any) -> None:
    screen: Any = admin.site._registry[model]

    assert screen.empty_title
    assert screen.empty_text.endswith(".")


@pytest.mark.parametrize("model", SCREENS, ids=lambda model: model._meta.label_lower)
def test_every_list_survives_naughty_addresses(
    as_administrator: Client, something_everywhere: None, model: Any
) -> None:
    for query in (
        {"o": "9.x"},
        {"p": "-1"},
        {"q": "'\x00\";--"},
        {"all": ""},
        {"_to_field": "password"},
        {"archived": "x"},
    ):
        answer = as_administrator.get(list_of(model), query)
        assert answer.status_code in {200, 302, 400}, query


@pytest.mark.parametrize("model", SCREENS, ids=lambda model: model._meta.label_lower)
def test_every_filter_survives_values_nobody_offers(
    as_administrator: Client, something_everywhere: None, model: Any
) -> None:
    address = list_of(model)
    changelist: Any = (as_administrator.get(address).context or {}).get("cl")
    specs = changelist.filter_specs if changelist else []

    for name in [name for spec in specs for name in spec.expected_parameters() if name]:
        for value in ("9" * 30, "-1", "x", "1-approved", "'\x00", "2026-13-45"):
            answer = as_administrator.get(address, {name: value})
            assert answer.status_code in {200, 302, 400}, (name, value)


@pytest.mark.parametrize("line", [line for _, lines in GROUPS for line in lines], ids=lambda line: line.model)
def test_every_line_of_the_sidebar_leads_to_a_screen(line: Any) -> None:
    assert line.model in {model._meta.label_lower for model in SCREENS}
