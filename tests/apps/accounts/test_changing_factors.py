"""Factors are changed by the person, who has just shown who they are; each change leaves one entry and one mail."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import LoginEvent, User
from apps.accounts.second_factors import factor_opened_by
from apps.accounts.services import remove_second_factors
from apps.audit.models import ChangeSet
from apps.records.rules import RuleBroken
from tests.apps.accounts.conftest import PASSWORD, SECRET, is_in, type_code, type_password
from tests.support.codes import app_code
from tests.support.commands import run
from tests.support.people import person

SignedIn = Callable[[User], Client]
Outcomes = Callable[[User], list[str]]
Outcome = LoginEvent.Outcome
PAGES = ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes")


def set_up_app(client: Client) -> str:
    """The secret of the app that was set up."""
    client.get(reverse("mfa_activate_totp"))
    secret = str(client.session["mfa.totp.secret"])
    client.post(reverse("mfa_activate_totp"), {"code": app_code(secret)})
    return secret


@pytest.fixture
def mails(transactional_db: None) -> Callable[[Callable[[], object]], list[Any]]:
    """The mails that go out because of what is done, once it is committed."""

    def mails_of(deed: Callable[[], object]) -> list[Any]:
        mail.outbox.clear()
        deed()
        return list(mail.outbox)

    return mails_of


def test_an_app_is_set_up_with_one_entry_and_one_mail(
    client: Client, ann: User, mails: Any, outcomes_of: Outcomes
) -> None:
    type_password(client, ann)

    sent = mails(lambda: set_up_app(client))

    assert {factor.type for factor in Authenticator.objects.filter(user=ann)} == {"totp", "recovery_codes"}
    assert outcomes_of(ann) == [Outcome.SUCCESS, Outcome.FACTOR_ON]
    assert ChangeSet.objects.get(title__startswith="Change how").actor == ann
    assert LoginEvent.objects.get(outcome=Outcome.FACTOR_ON).ip_address == "127.0.0.1"
    assert [(message.to, message.subject) for message in sent] == [
        ([ann.email], "[Backoffice] An authenticator app was added to your account")
    ]


def test_a_wrong_code_sets_nothing_up_and_leaves_no_entry(client: Client, ann: User, outcomes_of: Outcomes) -> None:
    type_password(client, ann)
    client.get(reverse("mfa_activate_totp"))

    client.post(reverse("mfa_activate_totp"), {"code": "000000"})

    assert not Authenticator.objects.exists()
    assert outcomes_of(ann) == [Outcome.SUCCESS]
    assert not ChangeSet.objects.filter(title__startswith="Change how").exists()


def test_the_code_that_set_the_app_up_does_not_sign_in_as_well(client: Client, ann: User) -> None:
    type_password(client, ann)
    secret = set_up_app(client)

    assert factor_opened_by(ann, app_code(secret)) is None
    assert factor_opened_by(ann, app_code(secret, later=30)) is not None


def test_the_first_factor_ends_sessions_that_were_opened_with_a_password_alone(client: Client, ann: User) -> None:
    elsewhere = Client()
    for place in (client, elsewhere):
        type_password(place, ann)
        place.get("/admin/")

    set_up_app(client)

    assert (is_in(client), is_in(elsewhere)) == (True, False)


def test_an_app_is_removed_with_its_codes_one_entry_and_one_mail(
    client: Client, ann: User, codes_of_ann: list[str], mails: Any, outcomes_of: Outcomes
) -> None:
    type_password(client, ann)
    type_code(client, app_code(SECRET))

    sent = mails(lambda: client.post(reverse("mfa_deactivate_totp"), {}))

    assert not Authenticator.objects.exists()
    assert outcomes_of(ann) == [Outcome.SUCCESS, Outcome.FACTOR_OFF]
    assert [message.subject for message in sent] == ["[Backoffice] The authenticator app was removed from your account"]


def test_a_passkey_is_removed_by_its_owner_only(
    client: Client, ann: User, app_of_ann: Authenticator, outcomes_of: Outcomes, manager: User
) -> None:
    own, other = (
        Authenticator.objects.create(user=user, type="webauthn", data={"name": "Blue key", "credential": {}})
        for user in (ann, manager)
    )
    type_password(client, ann)
    type_code(client, app_code(SECRET))

    gone = client.post(reverse("mfa_remove_webauthn", args=[own.pk]), {})
    hidden = client.post(reverse("mfa_remove_webauthn", args=[other.pk]), {})

    assert (gone.status_code, hidden.status_code) == (302, 404)
    assert list(Authenticator.objects.filter(type="webauthn")) == [other]
    assert LoginEvent.objects.get(outcome=Outcome.FACTOR_OFF).reason == "Passkey “Blue key”"


def test_a_passkey_is_renamed_by_its_owner_only_with_one_entry(
    client: Client, ann: User, app_of_ann: Authenticator, manager: User
) -> None:
    own, other = (
        Authenticator.objects.create(user=user, type="webauthn", data={"name": "Blue key", "credential": {}})
        for user in (ann, manager)
    )
    type_password(client, ann)
    type_code(client, app_code(SECRET))

    renamed = client.post(reverse("mfa_edit_webauthn", args=[own.pk]), {"name": "Red key"})
    hidden = client.post(reverse("mfa_edit_webauthn", args=[other.pk]), {"name": "Red key"})

    assert (renamed.status_code, hidden.status_code) == (302, 404)
    keys = Authenticator.objects.filter(pk__in=[own.pk, other.pk]).order_by("pk")
    assert [key.data["name"] for key in keys] == ["Red key", "Blue key"]
    entry = ChangeSet.objects.get(title__startswith="Rename of")
    assert (entry.actor, entry.counts) == (ann, {"mfa.authenticator": {"changed": 1}})
    assert entry.title.endswith("Passkey “Blue key” to Passkey “Red key”")


def test_new_recovery_codes_put_the_old_ones_out_of_use(
    client: Client, ann: User, codes_of_ann: list[str], mails: Any, outcomes_of: Outcomes
) -> None:
    type_password(client, ann)
    type_code(client, app_code(SECRET))

    sent = mails(lambda: client.post(reverse("mfa_generate_recovery_codes"), {}))

    assert factor_opened_by(ann, codes_of_ann[0]) is None
    assert outcomes_of(ann) == [Outcome.SUCCESS, Outcome.NEW_CODES]
    assert [message.to for message in sent] == [[ann.email]]


def test_recovery_codes_are_shown_once(client: Client, ann: User, codes_of_ann: list[str]) -> None:
    type_password(client, ann)
    type_code(client, app_code(SECRET))

    first, second = (client.get(reverse("mfa_view_recovery_codes")) for _ in range(2))
    file = client.get(reverse("mfa_download_recovery_codes"))

    assert codes_of_ann[0] in first.content.decode()
    assert "no-store" in first["Cache-Control"]
    assert codes_of_ann[0] not in second.content.decode()
    assert file.status_code == 403


def test_few_codes_left_are_pointed_out(client: Client, ann: User, codes_of_ann: list[str]) -> None:
    for code in codes_of_ann[:7]:
        factor_opened_by(ann, code)
    type_password(client, ann)
    type_code(client, codes_of_ann[7])

    shown = client.get(reverse("mfa_index")).content.decode()

    assert "Only 2 recovery codes left." in shown


@pytest.mark.parametrize("page", PAGES)
def test_five_minutes_after_signing_in_a_change_asks_again_who_it_is(
    page: str, client: Client, ann: User, app_of_ann: Authenticator
) -> None:
    if page == "mfa_activate_totp":
        app_of_ann.delete()
    type_password(client, ann)
    if page != "mfa_activate_totp":
        type_code(client, app_code(SECRET))
    at_once = client.get(reverse(page))

    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)):
        later: Any = client.get(reverse(page))
        posted: Any = client.post(reverse(page), {})

    assert at_once.status_code == 200
    assert [answer["Location"].partition("?")[0] for answer in (later, posted)] == [
        reverse("account_reauthenticate")
    ] * 2


@pytest.mark.parametrize("way", ["password", "code"])
def test_a_password_or_a_code_confirms_and_leads_back(
    way: str, client: Client, ann: User, app_of_ann: Authenticator
) -> None:
    client.force_login(ann)
    address, answer = {
        "password": ("account_reauthenticate", {"password": PASSWORD}),
        "code": ("mfa_reauthenticate", {"code": app_code(SECRET)}),
    }[way]
    wanted = reverse("mfa_deactivate_totp")
    before = client.get(wanted).status_code

    response: Any = client.post(f"{reverse(address)}?next={wanted}", {**answer, "next": wanted})

    assert (before, response["Location"], client.get(wanted).status_code) == (302, wanted, 200)


def test_wrong_answers_to_who_it_is_lock_the_account_too(
    client: Client, ann: User, app_of_ann: Authenticator, outcomes_of: Outcomes
) -> None:
    client.force_login(ann)
    for _ in range(3):
        client.post(reverse("mfa_reauthenticate"), {"code": "000000"})
    for _ in range(2):
        client.post(reverse("account_reauthenticate"), {"password": "wrong horse"})

    response = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    assert response.status_code == 429
    assert outcomes_of(ann) == [Outcome.FAILURE] * 5 + [Outcome.LOCKED]


def test_a_mail_server_that_is_down_keeps_nobody_from_setting_up_a_factor(
    client: Client, ann: User, settings: Any, mails: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    type_password(client, ann)

    mails(lambda: set_up_app(client))

    assert Authenticator.objects.filter(user=ann, type="totp").exists()


def test_an_administrator_removes_the_factors_of_somebody_who_lost_them(
    ann: User, codes_of_ann: list[str], administrator: User, as_administrator: Client, mails: Any, signed_in: SignedIn
) -> None:
    elsewhere = signed_in(ann)
    elsewhere.get("/admin/")
    address = f"/admin/accounts/user/{ann.pk}/remove-factors/"

    sent = mails(lambda: as_administrator.post(address, {"reason": "Lost the phone, called from the office."}))

    event = LoginEvent.objects.get(outcome=Outcome.FACTOR_OFF)
    assert not Authenticator.objects.filter(user=ann).exists()
    assert (event.user, event.by, event.reason) == (ann, administrator, "Lost the phone, called from the office.")
    assert [message.to for message in sent] == [[ann.email]]
    assert "Lost the phone" in sent[0].body
    assert not is_in(elsewhere)


@pytest.mark.parametrize("helper", ["support", "manager", "moderator"])
def test_nobody_but_an_administrator_removes_factors(
    helper: str, ann: User, app_of_ann: Authenticator, signed_in: SignedIn, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(helper)

    response = signed_in(user).post(f"/admin/accounts/user/{ann.pk}/remove-factors/", {"reason": "They called."})

    assert response.status_code in (403, 404)
    with pytest.raises(RuleBroken, match="Only an administrator"):
        remove_second_factors(ann, by=user, reason="They called.")
    assert Authenticator.objects.filter(user=ann).exists()


@pytest.mark.parametrize(
    ("case", "sentence"),
    [("oneself", "your own account"), ("without a reason", "Say why"), ("without a factor", "no second factor")],
)
def test_factors_are_not_removed(case: str, sentence: str, ann: User, administrator: User) -> None:
    someone = {"oneself": administrator, "without a reason": ann, "without a factor": person("other")}[case]
    if case != "without a factor":
        Authenticator.objects.create(user=someone, type="totp", data={"secret": SECRET})
    before = Authenticator.objects.count()

    with pytest.raises(RuleBroken, match=sentence):
        remove_second_factors(someone, by=administrator, reason="" if case == "without a reason" else "Lost phone.")

    assert Authenticator.objects.count() == before
    assert not LoginEvent.objects.filter(outcome=Outcome.FACTOR_OFF).exists()


def test_an_administrator_sees_which_factors_there_are_and_never_what_they_hold(
    ann: User, codes_of_ann: list[str], as_administrator: Client, support: User, signed_in: SignedIn
) -> None:
    address = reverse("admin:accounts_user_change", args=[ann.pk])

    shown = as_administrator.get(address).content.decode()
    to_support = signed_in(support).get(address).content.decode()

    assert "Authenticator app" in shown
    assert not any(secret in shown for secret in (SECRET, *codes_of_ann))
    assert "Authenticator app" not in to_support


def test_an_export_of_people_holds_no_secret(
    ann: User, codes_of_ann: list[str], administrator: User, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"

    run("export", "users", "-o", file, "--as", administrator.email)

    assert ann.email in file.read_text()
    assert not any(secret in file.read_text() for secret in (SECRET, *codes_of_ann))


def test_a_copy_of_the_database_opens_no_account(ann: User, codes_of_ann: list[str], settings: Any) -> None:
    """Neither what the app was given nor what the codes are made from can be read, and another key opens nothing."""
    stored = str(list(Authenticator.objects.filter(user=ann).values_list("data", flat=True)))
    code, key = app_code(SECRET), settings.SECRET_KEY

    settings.SECRET_KEY = "of another installation" * 3
    with_another_key = [factor_opened_by(ann, typed) for typed in (code, codes_of_ann[0])]
    settings.SECRET_KEY_FALLBACKS = [key]
    with_the_key_it_replaced = factor_opened_by(ann, code)

    assert SECRET not in stored
    assert with_another_key == [None, None]
    assert with_the_key_it_replaced is not None
