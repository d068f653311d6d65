"""One's own sessions, on the page of one's account: each can be ended there, and nobody else's."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import PeriodicTask

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from tests.apps.accounts.conftest import PASSWORD, is_in, type_password

SignedIn = Callable[[User], Client]


def places(signed_in: SignedIn, user: User, number: int) -> list[Client]:
    clients = [signed_in(user) for _ in range(number)]
    for client in clients:
        client.get("/admin/")
    return clients


def session_of(client: Client) -> UserSession:
    found: UserSession = UserSession.objects.get(session_key=client.session.session_key)
    return found


def test_one_session_is_ended_and_is_at_login_with_its_next_request(signed_in: SignedIn, manager: User) -> None:
    here, there, elsewhere = places(signed_in, manager, 3)

    here.post(reverse("end_session", args=[session_of(there).pk]))

    assert [is_in(client) for client in (here, there, elsewhere)] == [True, False, True]
    assert ChangeSet.objects.get(title__startswith="End a session").actor == manager


def test_all_others_are_ended_at_once_and_written_down(signed_in: SignedIn, manager: User, support: User) -> None:
    here, there, elsewhere = places(signed_in, manager, 3)
    (of_a_colleague,) = places(signed_in, support, 1)

    here.post(reverse("end_other_sessions"))

    assert [is_in(client) for client in (here, there, elsewhere, of_a_colleague)] == [True, False, False, True]
    assert ChangeSet.objects.get(title__startswith="End the other sessions").counts == {
        "usersessions.usersession": {"deleted": 2}
    }


def test_where_there_is_nothing_to_end_nothing_is_written(signed_in: SignedIn, manager: User) -> None:
    (here,) = places(signed_in, manager, 1)

    here.post(reverse("end_other_sessions"))

    assert is_in(here)
    assert not ChangeSet.objects.filter(title__startswith="End").exists()


@pytest.mark.parametrize("door", ["end_session", "end_other_sessions"])
def test_looking_ends_nothing(door: str, signed_in: SignedIn, manager: User) -> None:
    here, there = places(signed_in, manager, 2)

    response = here.get(reverse(door, args=[session_of(there).pk] if door == "end_session" else []))

    assert response.status_code == 405
    assert is_in(there)


def test_somebody_elses_session_is_not_there(
    signed_in: SignedIn, manager: User, administrator: User, as_administrator: Client
) -> None:
    (theirs,) = places(signed_in, manager, 1)

    hidden = as_administrator.post(reverse("end_session", args=[session_of(theirs).pk]))
    nowhere = as_administrator.post(reverse("end_session", args=[999_999]))

    assert (hidden.status_code, nowhere.status_code) == (404, 404)
    assert is_in(theirs)


def test_the_list_offers_an_end_for_every_place_but_this_one(signed_in: SignedIn, manager: User) -> None:
    here, there = places(signed_in, manager, 2)

    shown = here.get(reverse("usersessions_list")).content.decode()

    assert reverse("end_session", args=[session_of(there).pk]) in shown
    assert reverse("end_session", args=[session_of(here).pk]) not in shown


def test_signing_in_gives_the_session_another_key(client: Client, ann: User) -> None:
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = str(session.session_key)
    client.cookies["sessionid"] = planted

    type_password(client, ann)

    assert client.session.session_key != planted
    assert not client.session.exists(planted)


def test_a_new_password_ends_the_other_places_and_is_told_by_mail(ann: User, transactional_db: None) -> None:
    here, there = Client(), Client()
    for place in (here, there):
        type_password(place, ann)
        place.get("/admin/")
    new = {"oldpassword": PASSWORD, "password1": "Another horse 77 battery", "password2": "Another horse 77 battery"}

    here.post(reverse("account_change_password"), new)

    assert (is_in(here), is_in(there)) == (False, False)
    assert [message.to for message in mail.outbox] == [[ann.email]]


@pytest.mark.parametrize("model", [User, Group, PeriodicTask], ids=lambda model: str(model.__name__))
def test_no_stock_screen_of_people_groups_or_schedules_is_left(model: Any) -> None:
    screen = admin.site._registry.get(model)

    assert screen is None or type(screen).__module__.startswith("apps.")


def test_the_list_itself_ends_no_session_behind_the_back_of_the_audit(signed_in: SignedIn, manager: User) -> None:
    here, there = places(signed_in, manager, 2)

    answer = here.post(reverse("usersessions_list"))

    assert answer.status_code == 405
    assert is_in(there)
