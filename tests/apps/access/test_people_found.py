"""The same screens for the people of the matrix: who opens which list, and whom nobody finds there."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.access.models import Role
from apps.accounts.models import User
from tests.apps.access.conftest import World
from tests.recipes import accounts

SignedIn = Callable[[User], Client]

PEOPLE = "/admin/accounts/user/"
ROLES = "/admin/access/role/"
SIGN_INS = "/admin/accounts/loginevent/"
SESSIONS = "/admin/usersessions/usersession/"


def page(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def body(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


LISTS = {
    PEOPLE: {"AD": 200, "MA": 200, "SU": 200, "MO": 200, "IO": 200, "CC": 403, "NO": 403, "ST": 302},
    ROLES: {"AD": 200, "MA": 403, "SU": 403, "MO": 403, "IO": 403, "CC": 403, "NO": 403, "ST": 302},
    SIGN_INS: {"AD": 200, "MA": 200, "SU": 200, "MO": 200, "IO": 200, "CC": 200, "NO": 200, "ST": 302},
    SESSIONS: {"AD": 200, "MA": 200, "SU": 200, "MO": 200, "IO": 200, "CC": 200, "NO": 200, "ST": 302},
}


@pytest.mark.parametrize("address", LISTS)
def test_each_list_opens_for_whom_the_matrix_says(address: str, world: World, signed_in: SignedIn) -> None:
    answers = {letters: signed_in(world.people[letters]).get(address).status_code for letters in LISTS[address]}

    assert answers == LISTS[address]


@pytest.mark.parametrize("letters", ["MO", "IO", "CM"])
def test_who_sees_names_only_finds_no_address_anywhere(letters: str, world: World, signed_in: SignedIn) -> None:
    learner = world.rows["A"]["user"]
    assert isinstance(learner, User)
    client = signed_in(world.people[letters])

    for address in (PEOPLE, page(learner), f"{PEOPLE}?o=1"):
        shown = body(client, address)
        assert "learner-of" not in shown
        assert "Robin" in shown


def test_who_has_which_role_is_not_found_out_by_narrowing_a_list_of_names(world: World, signed_in: SignedIn) -> None:
    role = Role.objects.get(name="support")
    question = {"groups__role__group_ptr__exact": role.pk}

    answers = [signed_in(world.people[letters]).get(PEOPLE, question).status_code for letters in ("MO", "IO", "MA")]

    assert answers == [400, 400, 200]


def test_a_masked_field_is_not_found_by_searching_for_it(world: World, signed_in: SignedIn) -> None:
    shown = body(signed_in(world.people["MO"]), f"{PEOPLE}?q=learner-of-a@example.org")

    assert "Learner-of-a" not in shown


def test_an_instructor_sees_own_learners_and_finds_no_others(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.people["IO"])
    own, other = world.rows["A"]["user"], world.rows["B"]["user"]
    assert isinstance(own, User)
    assert isinstance(other, User)

    assert client.get(page(own)).status_code == 200
    assert client.get(page(other)).status_code == 404
    assert client.get(f"{PEOPLE}999999/change/").status_code == 404
    assert "Learner-of-b" not in body(client, PEOPLE)


def test_a_deed_outside_the_scope_is_not_found(world: World, signed_in: SignedIn) -> None:
    hidden = world.rows["B"]["user"]

    response = signed_in(world.people["IO"]).post(f"{PEOPLE}{hidden.pk}/suspend/", {"reason": "Because."})

    assert response.status_code == 404


def test_sign_ins_of_colleagues_are_not_for_support(world: World, signed_in: SignedIn) -> None:
    learner = world.rows["A"]["user"]
    for user in (learner, world.people["AD"]):
        accounts.login_event.make(user=user, email=f"canary-{user.pk}@example.org")

    shown = body(signed_in(world.people["SU"]), SIGN_INS)

    assert f"canary-{learner.pk}@" in shown
    assert f"canary-{world.people['AD'].pk}@" not in shown
