"""What a screen finds: records in scope, and nothing that tells of the others."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.catalog.models import Category, Course, Module
from tests.recipes import catalog
from tests.support.people import grant

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.admin_theme.screens")]

COURSES = "/admin/catalog/course/"


def words(content: bytes) -> str:
    """A page without what differs from request to request."""
    return re.sub(r"<code>[\w-]+</code>", "", content.decode())


def test_a_list_shows_and_counts_only_records_in_scope(
    as_instructor: Client, course: Course, other_course: Course
) -> None:
    page = as_instructor.get(COURSES)

    assert page.status_code == 200
    assert course.title in page.content.decode()
    assert other_course.title not in page.content.decode()
    assert page.context["cl"].result_count == 1


def test_search_facets_and_filters_tell_nothing_of_records_out_of_scope(
    as_instructor: Client, course: Course, other_course: Course
) -> None:
    hidden = other_course.category
    assert hidden is not None

    searched = as_instructor.get(COURSES, {"q": other_course.code})
    filtered = as_instructor.get(COURSES, {"category__id__exact": str(hidden.pk), "_facets": "True"})

    assert searched.context["cl"].result_count == 0
    assert filtered.context["cl"].result_count == 0
    assert other_course.title not in searched.content.decode() + filtered.content.decode()


@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_hidden_never_existing_and_malformed_keys_get_one_answer(
    as_instructor: Client, course: Course, other_course: Course, page: str
) -> None:
    answers = [as_instructor.get(f"{COURSES}{key}/{page}/") for key in (other_course.pk, 987654, "no-number", "1_00")]

    assert {answer.status_code for answer in answers} == {404}
    assert len({words(answer.content) for answer in answers}) == 1


def test_a_kind_of_record_the_person_may_not_see_is_refused_whatever_the_key(
    as_moderator: Client, course: Course
) -> None:
    pages = [COURSES, f"{COURSES}{course.pk}/change/", f"{COURSES}987654/change/", f"{COURSES}{course.pk}/history/"]

    assert {as_moderator.get(page).status_code for page in pages} == {403}


def test_a_record_in_scope_without_the_right_to_change_it_is_read_only(
    co_instructor_with: Callable[[str], User], signed_in: Callable[[User], Client], course: Course
) -> None:
    client = signed_in(co_instructor_with("view_course"))

    page = client.get(f"{COURSES}{course.pk}/change/")
    posted = client.post(f"{COURSES}{course.pk}/change/", {"title": "Changed"})

    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert posted.status_code == 403
    course.refresh_from_db()
    assert course.title == "Python from the first line"


def test_archived_records_are_hidden_until_asked_for(as_administrator: Client, course: Course) -> None:
    catalog.course.make(code="OLD-1", title="An old course", archived_at="2026-01-01T00:00:00Z")

    current = as_administrator.get(COURSES)
    archived = as_administrator.get(COURSES, {"archived": "yes"})

    assert [row.code for row in current.context["cl"].result_list] == ["PY-101"]
    assert [row.code for row in archived.context["cl"].result_list] == ["OLD-1"]


def test_related_records_offered_by_filters_and_fields_are_in_scope(
    as_instructor: Client, course: Course, other_course: Course, module: Module
) -> None:
    offered = as_instructor.get(
        "/admin/autocomplete/",
        {"app_label": "catalog", "model_name": "module", "field_name": "course", "term": ""},
    ).json()["results"]

    assert [choice["id"] for choice in offered] == [str(course.pk)]


def test_a_lookup_that_no_filter_asks_for_is_refused(as_administrator: Client, course: Course) -> None:
    refused = [
        "title__startswith",
        "modules__title",
        "category__parent__name",
        "archived_by__password__startswith",
        "x",
    ]
    answers = {lookup: as_administrator.get(COURSES, {lookup: "a"}).status_code for lookup in refused}

    assert answers == dict.fromkeys(refused, 400)


def test_lookups_that_filters_ask_for_are_answered(as_administrator: Client, course: Course) -> None:
    asked = [
        {"category__id__exact": str(course.category_id)},
        {"level__exact": "beginner"},
        {"created_at__year": "2026"},
    ]

    assert [as_administrator.get(COURSES, query).status_code for query in asked] == [200, 200, 200]


def test_masked_fields_are_neither_shown_nor_searched(as_support: Client, course: Course) -> None:
    Course.objects.filter(pk=course.pk).update(price="7351.49")

    page = as_support.get(COURSES)
    form = as_support.get(f"{COURSES}{course.pk}/change/")

    assert page.status_code == 200
    assert "351.49" not in page.content.decode().split("result_list", 1)[1].split("</table>")[0]
    assert "discount_price" not in page.context["cl"].search_fields
    assert "Price" not in form.content.decode()


def test_a_list_costs_the_same_at_ten_rows_as_at_many(
    as_administrator: Client, category: Category, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    catalog.course.make(_quantity=2, category=category)
    with django_assert_max_num_queries(25) as few:
        as_administrator.get(COURSES)
    catalog.course.make(_quantity=22, category=category)

    with django_assert_max_num_queries(25) as many:
        as_administrator.get(COURSES)

    assert len(many) <= len(few)


def test_rights_taken_away_bind_the_next_request(
    co_instructor_with: Callable[[str], User], signed_in: Callable[[User], Client], course: Course, other_course: Course
) -> None:
    editor = co_instructor_with("edit_content")
    grant(editor, "view_course", other_course)
    client = signed_in(editor)
    assert client.get(f"{COURSES}{course.pk}/change/").status_code == 200

    course.user_grants.filter(user=editor).delete()

    assert client.get(f"{COURSES}{course.pk}/change/").status_code == 404
