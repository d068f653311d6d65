"""The screen "May they …?": asked in an address, answered for administrators, and the same as the command."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone

from apps.access.models import Role
from apps.accounts.services import suspend_person
from apps.catalog.grants import grant_right
from apps.records.policy import policy_for
from tests.apps.access.conftest import World
from tests.support.people import grant

PAGE = "/admin/access/explain/"


@pytest.fixture
def as_ad(world: World) -> Client:
    client = Client()
    client.force_login(world.people["AD"])
    return client


def ask(client: Client, person: str, verb: str, model: str, key: str, **more: str) -> Any:
    return client.get(PAGE, {"person": f"{person}@example.org", "verb": verb, "model": model, "key": key, **more})


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_before_anything_is_asked_the_page_says_what_can_be_asked(as_ad: Client) -> None:
    page = text_of(as_ad.get(PAGE))

    assert "Ask who may do what, and why" in page
    assert '<option value="publish"' in page
    assert '<option value="catalog.course"' in page


def test_a_yes_shows_the_way_from_the_person_through_the_category_to_the_record(world: World, as_ad: Client) -> None:
    module: Any = world.rows["A"]["module"]

    answer = ask(as_ad, "cat", "change", "catalog.module", f"A/{module.code}")

    page = text_of(answer)
    assert "check_circle</span> Yes" in page
    for link in (
        f"/admin/accounts/user/{world.people['CAT'].pk}/change/",
        f"/admin/catalog/category/{world.top.pk}/change/?tab=people",
        f"/admin/catalog/course/{world.a.pk}/change/",
        f"/admin/catalog/module/{module.pk}/change/",
    ):
        assert f'href="{link}"' in page


def test_a_no_says_what_it_would_take_and_leads_there(world: World, as_ad: Client) -> None:
    page = text_of(ask(as_ad, "ix", "change", "catalog.course", "A"))

    assert "cancel</span> No" in page
    assert "Robin Io or an administrator can give Robin Ix the right to edit content." in page
    assert f'href="/admin/catalog/course/{world.a.pk}/change/?tab=people"' in page


def test_without_a_verb_the_page_shows_everything_that_can_be_done(world: World, as_ad: Client) -> None:
    answer = ask(as_ad, "cp", "", "catalog.course", "A")

    said = {line["verb"]: line["allowed"] for line in answer.context["table"]}
    assert [verb for verb, allowed in said.items() if allowed] == [
        "See this course",
        "Publish or unpublish this course",
    ]
    assert len(said) == len(policy_for(type(world.a)).verbs) - 1
    assert "holds the right to publish on the course A" in text_of(answer)


def test_the_table_costs_at_most_one_query_for_each_verb(
    world: World, as_ad: Client, django_assert_max_num_queries: Any
) -> None:
    lesson: Any = world.rows["A"]["lesson"]
    as_ad.get(PAGE)

    for person in ("ix", "io", "ma", "ad"):
        with django_assert_max_num_queries(len(policy_for(type(lesson)).verbs) + 20):
            ask(as_ad, person, "", "catalog.lesson", f"A/{lesson.code}")


def test_one_answer_costs_few_queries(world: World, as_ad: Client, django_assert_max_num_queries: Any) -> None:
    as_ad.get(PAGE)

    for person in ("ix", "io", "ma", "ad"):
        with django_assert_max_num_queries(25):
            ask(as_ad, person, "change", "catalog.course", "A")


def test_a_name_instead_of_an_address_offers_the_people_it_may_mean(world: World, as_ad: Client) -> None:
    page = text_of(as_ad.get(PAGE, {"person": "robin ma", "verb": "view", "model": "catalog.course", "key": "A"}))

    assert "ma@example.org" in page
    assert "?person=ma%40example.org&amp;verb=view&amp;model=catalog.course&amp;key=A" in page


def test_words_instead_of_a_key_offer_the_records_they_may_mean(world: World, as_ad: Client) -> None:
    page = text_of(ask(as_ad, "io", "view", "catalog.course", world.b.title))

    assert "There is no course “" in page
    assert "?person=io%40example.org&amp;verb=view&amp;model=catalog.course&amp;key=B" in page


def test_without_a_record_the_first_ones_of_the_kind_are_offered(world: World, as_ad: Client) -> None:
    page = text_of(ask(as_ad, "io", "view", "catalog.course", ""))

    assert "Which course?" in page
    assert "key=A" in page


def test_a_verb_the_kind_does_not_know_is_refused_in_words(world: World, as_ad: Client) -> None:
    page = text_of(ask(as_ad, "io", "cancel", "catalog.course", "A"))

    assert "There is no “cancel” for courses. Choose something else." in page
    assert "x-verdict" not in page


def test_a_verb_without_a_kind_is_asked_for_the_kind(world: World, as_ad: Client) -> None:
    assert "Say on which kind of record." in text_of(ask(as_ad, "io", "view", "", ""))
    assert "Say which kind of record this is." in text_of(ask(as_ad, "io", "", "", "A"))


def test_one_field_is_answered_for_itself(world: World, as_ad: Client) -> None:
    page = text_of(ask(as_ad, "su", "view", "catalog.course", "A", field="price"))

    assert "The field is hidden." in page
    assert "Robin Su does not see the price of courses." in page


def test_something_new_is_asked_about_by_the_key_it_would_have(world: World, as_ad: Client) -> None:
    assert "check_circle</span> Yes" in text_of(ask(as_ad, "cc", "add", "catalog.lesson", "A/new"))
    assert "cancel</span> No" in text_of(ask(as_ad, "cc", "add", "catalog.lesson", "B/new"))


@pytest.mark.parametrize("letters", ["IO", "IX", "CV", "CC", "CP", "CI", "CE", "MO", "MA", "SU", "CG", "NO"])
def test_nobody_but_administrators_may_ask(letters: str, world: World) -> None:
    client = Client()
    client.force_login(world.people[letters])

    answer = ask(client, "io", "view", "catalog.course", "A")

    assert answer.status_code == 403
    assert b"Robin Io" not in answer.content
    assert PAGE.encode() not in client.get("/admin/").content


def test_visitors_and_students_are_sent_to_the_door(world: World, client: Client) -> None:
    assert client.get(PAGE).status_code == 302
    client.force_login(world.people["ST"])
    assert "login" in unquote(client.get(PAGE).headers.get("Location", ""))


def test_the_page_is_in_the_sidebar_and_the_palette(as_ad: Client) -> None:
    assert f'href="{PAGE}"' in as_ad.get("/admin/").content.decode()
    assert PAGE in as_ad.get("/admin/search/", {"s": "may they"}).content.decode()


def test_the_page_of_a_person_leads_to_the_question_about_them(world: World, as_ad: Client) -> None:
    page = as_ad.get(f"/admin/accounts/user/{world.people['IO'].pk}/change/").content.decode()

    assert f'href="{PAGE}?person=io%40example.org"' in page


def test_what_was_asked_cannot_bring_markup_in(world: World, as_ad: Client) -> None:
    for name in ("person", "key"):
        question = {"person": "io@example.org", "model": "catalog.course", "verb": "view", "key": "A"}
        page = as_ad.get(PAGE, question | {name: "<script>alert(1)</script>"}).content.decode()
        assert "<script>alert" not in page


def test_asking_changes_nothing_and_nothing_but_asking_is_possible(world: World, as_ad: Client) -> None:
    answer = as_ad.post(PAGE, {"person": "io@example.org"})

    assert answer.status_code == 405


def test_an_ended_right_is_shown_with_its_end_and_where_to_renew_it(world: World, as_ad: Client) -> None:
    grant(world.people["NO"], "edit_content", world.a, expires_at=timezone.now() - timedelta(days=1))

    page = text_of(ask(as_ad, "no", "change", "catalog.course", "A"))

    assert "ended on" in page
    assert '<span class="x-kind">Ended</span>' in page


def test_a_right_of_a_role_is_shown_through_the_role(world: World, as_ad: Client) -> None:
    role = Role.objects.get(name="moderator")
    grant_right(role, "edit_content", world.a, by=world.people["AD"], reason="Moderators fix typing errors.")

    page = text_of(ask(as_ad, "mo", "change", "catalog.course", "A"))

    assert "Robin Mo has the role Moderator, which holds the right to edit content on the course A" in page
    assert f'href="/admin/access/role/{role.pk}/change/"' in page


def test_an_account_that_is_closed_is_said_first(world: World, as_ad: Client) -> None:
    suspend_person(world.people["IO"], by=world.people["AD"], reason="Away.")

    answer = ask(as_ad, "io", "view", "catalog.course", "A")

    assert answer.context["steps"][0]["text"] == "The account of Robin Io is suspended."
    assert "An administrator can reactivate the account." in text_of(answer)
