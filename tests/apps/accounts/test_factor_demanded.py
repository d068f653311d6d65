"""Where the setting says so, staff have a second factor before anything of the console opens."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from apps.audit.models import AccessEvent
from tests.apps.accounts.conftest import SECRET, is_in, type_password
from tests.support.codes import app_code

SignedIn = Callable[[User], Client]
SETUP = "/accounts/2fa/"

pytestmark = pytest.mark.usefixtures("factor_demanded")


def test_the_first_sign_in_leads_to_the_setup_and_from_there_to_the_page_that_was_wanted(
    client: Client, ann: User
) -> None:
    signed_in = type_password(client, ann, next="/admin/accounts/user/?q=robin")
    led = client.get(signed_in["Location"])
    page = client.get(led["Location"]).content.decode()
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    done = client.post(reverse("mfa_activate_totp"), {"code": app_code(secret)})
    codes = client.get(done["Location"]).content.decode()
    onwards = client.get(reverse("second_factor_go_on"))

    assert led["Location"] == SETUP
    assert "One more step before the console opens" in page
    assert "shown this once" in codes
    assert onwards["Location"] == "/admin/accounts/user/?q=robin"
    assert client.get(onwards["Location"]).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/admin/",
        "/admin/accounts/user/",
        "/admin/accounts/user/1/change/",
        "/admin/nowhere/",
        "/admin/search/?s=a",
    ],
)
def test_every_page_leads_to_the_setup(address: str, ann: User, signed_in: SignedIn) -> None:
    response = signed_in(ann).get(address)

    assert (response.status_code, response["Location"]) == (302, SETUP)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "head", "options"])
def test_whatever_is_no_page_is_refused_and_not_done(
    method: str, administrator: User, student: User, signed_in: SignedIn
) -> None:
    client = signed_in(administrator)

    response = getattr(client, method)(f"/admin/accounts/user/{student.pk}/suspend/", {"reason": "Because."})

    student.refresh_from_db()
    assert response.status_code == 403
    assert student.is_active


def test_a_refusal_says_what_comes_first_and_leaves_one_row(administrator: User, signed_in: SignedIn) -> None:
    response = signed_in(administrator).post("/admin/accounts/user/add/", {"email": "new@example.org"})

    assert "Two-step sign-in comes first" in response.content.decode()
    assert AccessEvent.objects.filter(actor=administrator).count() == 1
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_part_of_a_page_is_refused_and_the_browser_is_sent_to_the_setup(ann: User, signed_in: SignedIn) -> None:
    client = signed_in(ann)

    response = client.get("/admin/search/?s=a", headers={"HX-Request": "true"})

    assert (response.status_code, response["HX-Redirect"]) == (403, SETUP)
    assert "second_factor_then" not in client.session


@pytest.mark.parametrize("address", ["/healthz", "/accounts/2fa/", "/accounts/sessions/", "/accounts/password/change/"])
def test_health_and_the_own_account_stay_open(address: str, ann: User, signed_in: SignedIn) -> None:
    assert signed_in(ann).get(address).status_code == 200


def test_students_are_not_asked_for_a_factor(student: User, signed_in: SignedIn) -> None:
    response = signed_in(student).get("/admin/")

    assert "2fa" not in response.get("Location", "")


@pytest.mark.parametrize("kind", ["webauthn", "totp", "recovery_codes"])
def test_an_app_or_a_passkey_opens_the_console_and_recovery_codes_alone_do_not(
    kind: str, ann: User, signed_in: SignedIn
) -> None:
    Authenticator.objects.create(user=ann, type=kind, data={"seed": "s", "used_mask": 0})

    assert is_in(signed_in(ann)) == (kind != "recovery_codes")


def test_a_factor_that_is_gone_closes_the_console_with_the_next_request(
    ann: User, app_of_ann: Authenticator, signed_in: SignedIn
) -> None:
    client = signed_in(ann)
    before = is_in(client)

    app_of_ann.delete()

    assert (before, is_in(client)) == (True, False)


def test_it_costs_one_query_when_demanded_and_none_when_not(
    ann: User, app_of_ann: Authenticator, signed_in: SignedIn, settings: Any
) -> None:
    client = signed_in(ann)
    client.get("/admin/keys/")
    asked = []

    for demanded in (True, False):
        settings.MFA_REQUIRED = demanded
        with CaptureQueriesContext(connection) as queries:
            client.get("/admin/keys/")
        asked.append(sum("mfa_authenticator" in query["sql"] for query in queries))

    assert asked == [1, 0]


def test_the_page_that_waited_is_never_one_of_another_site(ann: User, app_of_ann: Authenticator) -> None:
    client = Client()
    client.force_login(ann)
    session = client.session
    session["second_factor_then"] = "//evil.example/"
    session.save()

    response = client.get(reverse("second_factor_go_on"))

    assert response["Location"] == "/admin/"


def test_nobody_goes_on_without_a_factor(ann: User, signed_in: SignedIn) -> None:
    assert signed_in(ann).get(reverse("second_factor_go_on"))["Location"] == SETUP


@pytest.mark.parametrize("kind", ["app", "passkey"])
def test_the_only_factor_is_not_removed_while_one_is_demanded(kind: str, client: Client, ann: User) -> None:
    type_password(client, ann)
    if kind == "app":
        TOTP.activate(ann, SECRET)
        address = reverse("mfa_deactivate_totp")
    else:
        key = Authenticator.objects.create(user=ann, type="webauthn", data={"name": "Blue key", "credential": {}})
        address = reverse("mfa_remove_webauthn", args=[key.pk])

    response = client.post(address, {})

    assert "this is your only one" in response.content.decode()
    assert Authenticator.objects.filter(user=ann).count() == 1


def test_one_of_two_factors_is_removed_while_one_is_demanded(client: Client, ann: User) -> None:
    type_password(client, ann)
    TOTP.activate(ann, SECRET)
    Authenticator.objects.create(user=ann, type="webauthn", data={"name": "Blue key", "credential": {}})

    client.post(reverse("mfa_deactivate_totp"), {})

    assert [factor.type for factor in Authenticator.objects.filter(user=ann)] == ["webauthn"]


@pytest.mark.parametrize(("debug", "demanded"), [("0", "True"), ("1", "False")])
def test_the_setting_is_on_unless_the_program_is_in_development(debug: str, demanded: str, var_dir: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "MFA_REQUIRED"}
    environment |= {"DEBUG": debug, "VAR_DIR": str(var_dir)}

    command = [sys.executable, "-c", "from backoffice import settings; print(settings.MFA_REQUIRED)"]
    said = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)

    assert said.stdout.strip() == demanded
