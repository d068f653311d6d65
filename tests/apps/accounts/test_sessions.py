"""Sessions: seen, ended, and over when they are too old or left alone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.access.models import Role
from apps.access.services import assign_role
from apps.accounts.models import User
from apps.accounts.services import archive_person, change_role, remove_second_factors, suspend_person
from apps.accounts.sessions import end_session, end_sessions
from apps.audit.models import ChangeSet
from apps.records.policy import scope
from apps.records.rules import RuleBroken
from tests.support.people import person

SignedIn = Callable[[User], Client]
INDEX = "/admin/"


def is_in(client: Client) -> bool:
    return client.get(INDEX).status_code == 200


def test_every_place_where_somebody_is_signed_in_is_listed(signed_in: SignedIn, manager: User) -> None:
    for _ in range(2):
        signed_in(manager).get(INDEX)

    assert scope(manager, "view", UserSession).count() == 2


def test_people_see_their_own_sessions_and_administrators_all(
    signed_in: SignedIn, manager: User, administrator: User
) -> None:
    for user in (manager, administrator):
        signed_in(user).get(INDEX)

    assert [row.user for row in scope(manager, "view", UserSession)] == [manager]
    assert scope(administrator, "end", UserSession).count() == 2


def test_ending_a_session_signs_out_there_and_nowhere_else(signed_in: SignedIn, manager: User) -> None:
    first, second = signed_in(manager), signed_in(manager)
    for client in (first, second):
        client.get(INDEX)

    end_session(UserSession.objects.get(session_key=first.session.session_key), by=manager)

    assert (is_in(first), is_in(second)) == (False, True)
    assert ChangeSet.objects.get(title__startswith="End a session").actor == manager


def test_nobody_but_an_administrator_ends_somebody_elses_session(
    signed_in: SignedIn, manager: User, support: User, administrator: User
) -> None:
    client = signed_in(manager)
    client.get(INDEX)
    session = UserSession.objects.get()

    with pytest.raises(RuleBroken):
        end_session(session, by=support)
    still_in = is_in(client)
    end_session(session, by=administrator)

    assert (still_in, is_in(client)) == (True, False)


DEEDS: dict[str, Callable[[User, User], object]] = {
    "demoted": lambda who, by: change_role(who, User.Role.STAFF, by=by, reason="Changed teams."),
    "suspended": lambda who, by: suspend_person(who, by=by, reason="Lost laptop."),
    "archived": lambda who, by: archive_person(who, by=by),
    "without factors": lambda who, by: remove_second_factors(who, by=by, reason="Lost phone."),
    "out everywhere": lambda who, by: end_sessions(who, by=by, reason="Lost laptop."),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_whoever_is_demoted_or_kept_out_is_signed_out_at_once_and_nobody_else(
    deed: Callable[[User, User], object], signed_in: SignedIn, manager: User, administrator: User
) -> None:
    second = person("second", User.Role.ADMINISTRATOR)
    Authenticator.objects.create(user=second, type="totp", data={"secret": "S" * 16})
    client, bystander = signed_in(second), signed_in(manager)
    for place in (client, bystander):
        place.get(INDEX)

    deed(second, administrator)

    assert (is_in(client), is_in(bystander)) == (False, True)
    assert [session.user for session in UserSession.objects.all()] == [manager]


def test_nobody_but_an_administrator_signs_somebody_out_everywhere(
    signed_in: SignedIn, manager: User, support: User
) -> None:
    client = signed_in(manager)
    client.get(INDEX)

    with pytest.raises(RuleBroken, match="You may not end the sessions of Robin Manager"):
        end_sessions(manager, by=support)

    assert is_in(client)


def test_a_new_password_ends_every_other_session(signed_in: SignedIn, manager: User) -> None:
    manager.set_password("Old secret 12345")
    manager.save()
    here, elsewhere = signed_in(manager), signed_in(manager)
    for client in (here, elsewhere):
        client.get(INDEX)

    here.post(
        reverse("account_change_password"),
        {"oldpassword": "Old secret 12345", "password1": "New secret 67890!", "password2": "New secret 67890!"},
    )

    manager.refresh_from_db()
    assert manager.check_password("New secret 67890!")
    assert not is_in(elsewhere)
    assert ChangeSet.objects.filter(title="New password of Robin Manager").exists()


def test_a_session_left_alone_ends(signed_in: SignedIn, manager: User) -> None:
    client = signed_in(manager)
    client.get(INDEX)

    with time_machine.travel(timezone.now() + timedelta(minutes=settings.SESSION_IDLE_MINUTES, seconds=1)):
        left_alone = is_in(client)

    assert not left_alone


def test_a_session_ends_after_its_hours_however_busy(signed_in: SignedIn, manager: User) -> None:
    client = signed_in(manager)
    client.get(INDEX)
    start = timezone.now()
    busy = []

    for minutes in range(20, 481, 20):
        with time_machine.travel(start + timedelta(minutes=minutes, seconds=5)):
            busy.append(is_in(client))

    assert all(busy[:-1])
    assert busy[-1] is False


def test_pages_in_the_same_minute_write_nothing(signed_in: SignedIn, manager: User) -> None:
    client = signed_in(manager)
    client.get(INDEX)
    before = UserSession.objects.get().last_seen_at

    client.get(INDEX)

    assert UserSession.objects.get().last_seen_at == before


def test_all_sessions_of_a_person_end_together(signed_in: SignedIn, manager: User, administrator: User) -> None:
    clients = [signed_in(manager), signed_in(manager)]
    for client in clients:
        client.get(INDEX)

    number = end_sessions(manager, by=administrator, reason="Lost laptop.")

    assert number == 2
    assert not any(is_in(client) for client in clients)


def test_a_role_given_in_one_session_binds_the_next_request_of_another(
    signed_in: SignedIn, staff_without_rights: User, administrator: User
) -> None:
    client = signed_in(staff_without_rights)
    before = client.get("/admin/accounts/user/").status_code

    assign_role(staff_without_rights, Role.objects.get(name="support"), by=administrator, reason="Joins the desk.")

    assert (before, client.get("/admin/accounts/user/").status_code) == (403, 200)
