"""Signing in: by e-mail address, written down each time, locked after too many refusals."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import LoginEvent, User
from apps.accounts.services import send_password_reset, unlock_person
from apps.records.rules import RuleBroken
from tests.support.people import person

PASSWORD = "Correct horse battery 9"
WRONG = "wrong horse"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
Outcome = LoginEvent.Outcome


@pytest.fixture
def ann(db: None) -> User:
    user = person("ann", User.Role.INSTRUCTOR)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, email: str, password: str, **extra: Any) -> HttpResponse:
    response: HttpResponse = client.post(reverse("account_login"), {"login": email, "password": password}, **extra)  # type: ignore[assignment]
    return response


def outcomes(email: str = "ann@example.org") -> list[str]:
    return list(LoginEvent.objects.filter(email=email).order_by("pk").values_list("outcome", flat=True))


def test_signing_in_is_written_down_with_where_it_came_from(client: Client, ann: User) -> None:
    response = sign_in(client, "Ann@Example.org", PASSWORD, HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="198.51.100.7")

    event = LoginEvent.objects.get()
    assert response.status_code == 302
    assert (event.user, event.outcome, event.ip_address) == (ann, Outcome.SUCCESS, "198.51.100.7")
    assert (event.device, event.browser, event.os) == ("Computer", "Firefox 132", "Linux")


def test_a_wrong_password_is_refused_and_written_down(client: Client, ann: User) -> None:
    response = sign_in(client, ann.email, WRONG)

    assert response.status_code == 200
    assert "_auth_user_id" not in client.session
    assert outcomes() == [Outcome.FAILURE]


def test_an_address_nobody_has_is_written_down_without_a_person(client: Client, db: None) -> None:
    sign_in(client, "nobody@example.org", WRONG)

    event = LoginEvent.objects.get()
    assert (event.user, event.email, event.outcome) == (None, "nobody@example.org", Outcome.FAILURE)


@pytest.mark.parametrize(
    ("asked", "goes_to"),
    [
        ("/admin/accounts/user/", "/admin/accounts/user/"),
        ("https://evil.example/", "/admin/"),
        ("//evil.example", "/admin/"),
    ],
)
def test_the_way_back_never_leads_to_another_site(client: Client, ann: User, asked: str, goes_to: str) -> None:
    response: Any = client.post(reverse("account_login"), {"login": ann.email, "password": PASSWORD, "next": asked})

    assert response["Location"] == goes_to


def test_nobody_signs_up_through_the_console(client: Client, db: None) -> None:
    client.post(reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD})

    assert not User.with_archived.exists()


@pytest.mark.parametrize("status", [User.Status.SUSPENDED, User.Status.INACTIVE, User.Status.PENDING])
def test_an_account_that_is_not_active_stays_out(client: Client, ann: User, status: str) -> None:
    ann.status = status
    ann.save()

    sign_in(client, ann.email, PASSWORD)

    assert "_auth_user_id" not in client.session
    assert outcomes() == [Outcome.FAILURE]


def test_the_sixth_attempt_after_five_wrong_ones_is_locked_out_even_with_the_right_password(
    client: Client, ann: User
) -> None:
    for _ in range(5):
        sign_in(client, ann.email, WRONG)

    response = sign_in(client, ann.email, PASSWORD)

    assert response.status_code == 429
    assert "_auth_user_id" not in client.session
    assert outcomes() == [Outcome.FAILURE] * 5 + [Outcome.LOCKED]


def test_a_lock_ends_by_itself(client: Client, ann: User) -> None:
    with time_machine.travel(timezone.now() - timedelta(minutes=5, seconds=1)):
        for _ in range(5):
            sign_in(client, ann.email, WRONG)

    response = sign_in(client, ann.email, PASSWORD)

    assert response.status_code == 302


def test_one_place_cannot_try_many_people(client: Client, ann: User) -> None:
    for number in range(10):
        sign_in(client, f"guess{number}@example.org", WRONG, REMOTE_ADDR="198.51.100.9")

    from_there = sign_in(client, ann.email, PASSWORD, REMOTE_ADDR="198.51.100.9")
    from_elsewhere = sign_in(Client(), ann.email, PASSWORD, REMOTE_ADDR="198.51.100.10")

    assert (from_there.status_code, from_elsewhere.status_code) == (429, 302)


def test_support_lifts_the_lock_of_a_learner(client: Client, support: User, db: None) -> None:
    learner = person("learner", User.Role.STUDENT)
    learner.set_password(PASSWORD)
    learner.save()
    for _ in range(5):
        sign_in(client, learner.email, WRONG)

    unlock_person(learner, by=support, reason="Called us.")

    assert sign_in(client, learner.email, PASSWORD).status_code == 302
    lifted = LoginEvent.objects.get(outcome=Outcome.UNLOCKED)
    assert (lifted.by, lifted.reason) == (support, "Called us.")


def test_support_does_not_lift_the_lock_of_a_colleague(client: Client, ann: User, support: User) -> None:
    for _ in range(5):
        sign_in(client, ann.email, WRONG)

    with pytest.raises(RuleBroken, match="may not"):
        unlock_person(ann, by=support)

    assert Outcome.UNLOCKED not in outcomes()


def test_a_lock_that_is_not_there_cannot_be_lifted(ann: User, administrator: User) -> None:
    with pytest.raises(RuleBroken, match="not locked out"):
        unlock_person(ann, by=administrator)

    assert outcomes() == []


def test_a_forged_browser_name_writes_no_control_characters(client: Client, ann: User) -> None:
    sign_in(client, ann.email, WRONG, HTTP_USER_AGENT="Evil\r\nSet-Cookie: a=b\x1b[31m")

    assert LoginEvent.objects.get().user_agent == "EvilSet-Cookie: a=b[31m"


def test_a_reset_mail_goes_to_the_person_and_nobody_else_sees_the_password(client: Client, ann: User) -> None:
    client.post(reverse("account_reset_password"), {"email": ann.email})

    assert [message.to for message in mail.outbox] == [[ann.email]]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"status": User.Status.SUSPENDED, "is_active": False}, "Activate the account first"),
        ({"email": "no address"}, "No mail can be sent"),
    ],
)
def test_nobody_is_sent_a_mail_they_cannot_use_or_get(
    facts: dict[str, Any], sentence: str, ann: User, administrator: User, rf: RequestFactory
) -> None:
    User.objects.filter(pk=ann.pk).update(**facts)
    ann.refresh_from_db()

    with pytest.raises(RuleBroken, match=sentence):
        send_password_reset(ann, by=administrator, request=rf.get("/"))

    assert not LoginEvent.objects.exists()
    assert mail.outbox == []


def test_the_same_answer_for_an_address_nobody_has(client: Client, ann: User) -> None:
    known: Any = client.post(reverse("account_reset_password"), {"email": ann.email})
    unknown: Any = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
