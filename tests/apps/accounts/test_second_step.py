"""The second step of signing in: codes open the door once, wrong ones lock it, and nothing but both steps opens it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import LoginEvent, User
from apps.accounts.second_factors import factor_opened_by
from apps.accounts.services import suspend_person, unlock_person
from tests.apps.accounts.conftest import SECRET, is_in, type_code, type_password
from tests.support.codes import app_code
from tests.support.moments import at_the_same_time

Outcome = LoginEvent.Outcome
Outcomes = Callable[[User], list[str]]


def test_a_password_alone_opens_nothing_for_somebody_with_a_factor(
    client: Client, ann: User, app_of_ann: Authenticator, outcomes_of: Outcomes
) -> None:
    response = type_password(client, ann)

    assert response["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    assert outcomes_of(ann) == []


def test_the_code_of_the_app_signs_in_under_a_new_session_key(
    client: Client, ann: User, app_of_ann: Authenticator, outcomes_of: Outcomes
) -> None:
    type_password(client, ann)
    before = client.session.session_key

    type_code(client, app_code(SECRET))

    assert is_in(client)
    assert client.session.session_key != before
    assert outcomes_of(ann) == [Outcome.SUCCESS]


def test_signing_in_leads_where_the_person_wanted_to_go(client: Client, ann: User, app_of_ann: Authenticator) -> None:
    type_password(client, ann, next="/admin/accounts/user/")

    response = type_code(client, app_code(SECRET))

    assert response["Location"] == "/admin/accounts/user/"


def test_a_code_that_was_used_opens_nothing_again_though_it_is_still_shown(
    client: Client, ann: User, app_of_ann: Authenticator, outcomes_of: Outcomes
) -> None:
    code = app_code(SECRET)
    type_password(client, ann)
    type_code(client, code)
    thief = Client()

    type_password(thief, ann)
    type_code(thief, f"{code[:3]} {code[3:]}")

    assert not is_in(thief)
    assert outcomes_of(ann) == [Outcome.SUCCESS, Outcome.FAILURE]


def test_a_code_is_used_up_for_every_process_and_not_only_in_the_memory_of_one(
    ann: User, app_of_ann: Authenticator
) -> None:
    code = app_code(SECRET)

    first, second = factor_opened_by(ann, code), factor_opened_by(ann, code)

    assert (first, second) == (app_of_ann, None)
    assert Authenticator.objects.get().data["last_counter"] > 0


def test_an_earlier_code_opens_nothing_once_a_later_one_was_used(ann: User, app_of_ann: Authenticator) -> None:
    earlier, later = app_code(SECRET, later=-30), app_code(SECRET)

    assert factor_opened_by(ann, later) is not None
    assert factor_opened_by(ann, earlier) is None


@pytest.mark.parametrize("off", [-30, 30])
def test_a_phone_whose_clock_is_half_a_minute_off_is_understood(off: int, ann: User, app_of_ann: Authenticator) -> None:
    assert factor_opened_by(ann, app_code(SECRET, later=off)) is not None


def test_a_code_of_two_minutes_ago_opens_nothing(ann: User, app_of_ann: Authenticator) -> None:
    assert factor_opened_by(ann, app_code(SECRET, later=-120)) is None


@pytest.mark.django_db(transaction=True)
def test_one_code_typed_in_two_places_at_the_same_moment_opens_one(ann: User, app_of_ann: Authenticator) -> None:
    code = app_code(SECRET)

    opened = at_the_same_time(lambda: factor_opened_by(ann, code) is not None, times=2)

    assert sorted(opened) == [False, True]


def test_five_wrong_codes_lock_the_door_for_the_right_one_too(
    client: Client, ann: User, app_of_ann: Authenticator, outcomes_of: Outcomes
) -> None:
    type_password(client, ann)
    for _ in range(5):
        type_code(client, "000000")

    response = type_code(client, app_code(SECRET))

    assert response.status_code == 429
    assert not is_in(client)
    assert outcomes_of(ann) == [Outcome.FAILURE] * 5 + [Outcome.LOCKED]


def test_wrong_passwords_and_wrong_codes_are_counted_together(
    client: Client, ann: User, app_of_ann: Authenticator
) -> None:
    for _ in range(3):
        client.post(reverse("account_login"), {"login": ann.email, "password": "wrong horse"})
    type_password(client, ann)
    for _ in range(2):
        type_code(client, "000000")

    assert type_code(client, app_code(SECRET)).status_code == 429


def test_a_lock_by_wrong_codes_is_lifted_like_any_other(
    client: Client, ann: User, app_of_ann: Authenticator, administrator: User
) -> None:
    type_password(client, ann)
    for _ in range(5):
        type_code(client, "000000")

    unlock_person(ann, by=administrator, reason="Called us.")
    type_code(client, app_code(SECRET))

    assert is_in(client)


def test_a_recovery_code_signs_in_once(
    client: Client, ann: User, codes_of_ann: list[str], outcomes_of: Outcomes
) -> None:
    type_password(client, ann)
    type_code(client, codes_of_ann[3])
    again = Client()
    type_password(again, ann)
    type_code(again, codes_of_ann[3])

    assert (is_in(client), is_in(again)) == (True, False)
    assert outcomes_of(ann) == [Outcome.SUCCESS, Outcome.FAILURE]


@pytest.mark.django_db(transaction=True)
def test_one_recovery_code_typed_in_two_places_at_the_same_moment_opens_one(ann: User, codes_of_ann: list[str]) -> None:
    opened = at_the_same_time(lambda: factor_opened_by(ann, codes_of_ann[0]) is not None, times=2)

    assert sorted(opened) == [False, True]


def test_somebody_suspended_between_the_steps_stays_out(
    client: Client, ann: User, app_of_ann: Authenticator, administrator: User
) -> None:
    type_password(client, ann)

    suspend_person(ann, by=administrator, reason="Lost laptop.")
    type_code(client, app_code(SECRET))

    assert not is_in(client)


def test_the_second_step_waits_a_quarter_of_an_hour_and_no_longer(
    client: Client, ann: User, app_of_ann: Authenticator
) -> None:
    type_password(client, ann)

    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        type_code(client, app_code(SECRET))

        assert not is_in(client)


@pytest.mark.parametrize("code", ["", " ", "12345", "１２３４５６", "000000\x00", "a" * 21, "é" * 6])
def test_odd_codes_are_refused_in_words(code: str, client: Client, ann: User, app_of_ann: Authenticator) -> None:
    type_password(client, ann)

    response = type_code(client, code)

    assert response.status_code == 200
    assert not is_in(client)


FORGED: list[Any] = [
    "",
    "null",
    "[]",
    "{}",
    '"text"',
    "7",
    '{"response": null}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": "MQ", "clientDataJSON": "e30",'
    ' "authenticatorData": "AA", "signature": "AA"}, "clientExtensionResults": {}}',
    '{"response": {"userHandle": "//////"}}',
]


@pytest.mark.parametrize("answer", FORGED)
def test_a_forged_answer_of_a_passkey_signs_nobody_in_and_locks_nobody_out(
    answer: str, client: Client, ann: User, app_of_ann: Authenticator, outcomes_of: Outcomes
) -> None:
    client.get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"})

    response = client.post(reverse("mfa_login_webauthn"), {"credential": answer})

    assert response.status_code == 302
    assert not is_in(client)
    assert outcomes_of(ann) == []


@pytest.mark.parametrize("answer", FORGED)
def test_a_forged_answer_in_the_second_step_is_refused_in_words(
    answer: str, client: Client, ann: User, app_of_ann: Authenticator
) -> None:
    type_password(client, ann)

    response = client.post(reverse("mfa_authenticate"), {"credential": answer})

    assert response.status_code == 200
    assert not is_in(client)


def test_the_secret_of_a_factor_is_in_no_history_and_no_entry(
    client: Client, ann: User, app_of_ann: Authenticator, codes_of_ann: list[str]
) -> None:
    type_password(client, ann)
    type_code(client, codes_of_ann[0])

    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names() if name != "mfa_authenticator"]
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = str(cursor.fetchall())
            assert SECRET not in rows, table
            assert codes_of_ann[0] not in rows, table
