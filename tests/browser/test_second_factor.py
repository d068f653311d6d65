"""Two-step sign-in as people do it: an app, recovery codes, a passkey, under the content policy of the console."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.utils import timezone
from playwright.sync_api import Page

from apps.accounts.models import LoginEvent, User
from tests.support.codes import app_code
from tests.support.people import give_role, person

PASSWORD = "Correct horse battery 9"
TOUCH_ID = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
Outcome = LoginEvent.Outcome

pytestmark = pytest.mark.browser


@pytest.fixture
def ann(settings: Any, transactional_db: None) -> User:
    settings.MFA_REQUIRED = True
    user = give_role(person("ann", User.Role.STAFF), "manager")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def console(open_browser: Callable[..., Page]) -> Page:
    """A browser that has a device for passkeys."""
    page = open_browser()
    page.on("console", lambda message: refuse_complaints(message.type, message.text))
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": TOUCH_ID})
    return page


def refuse_complaints(kind: str, text: str) -> None:
    assert "Content Security Policy" not in text, (kind, text)


def arrive(page: Page, address: str) -> None:
    page.wait_for_url(lambda url: url.partition(page.url.split("/")[2])[2] == address)


def type_password(page: Page, user: User) -> None:
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def type_code(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    arrive(page, "/accounts/login/")


def set_up_app(page: Page) -> tuple[str, list[str]]:
    """From the page that asks for a factor to the recovery codes: the secret, and the codes."""
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_text("It cannot be scanned").click()
    secret = page.locator("#authenticator_secret").inner_text()
    page.get_by_label("Authenticator code").fill(app_code(secret))
    page.get_by_role("button", name="Turn it on").click()
    return secret, page.locator("#recovery-codes").inner_text().split()


def test_a_colleague_sets_up_an_app_keeps_the_codes_and_lands_where_they_wanted_to_go(
    console: Page, ann: User, tmp_path: Path
) -> None:
    console.goto("/admin/accounts/user/?q=ann")
    type_password(console, ann)
    console.get_by_text("One more step before the console opens").wait_for()

    _, codes = set_up_app(console)
    with console.expect_download() as download:
        console.get_by_role("button", name="Download").click()
    download.value.save_as(tmp_path / "codes.txt")
    console.get_by_role("link", name="continue to the console").click()

    arrive(console, "/admin/accounts/user/?q=ann")
    assert len(set(codes)) == 10
    assert (tmp_path / "codes.txt").read_text().split() == codes


def test_the_app_and_then_a_recovery_code_open_the_second_step(console: Page, ann: User) -> None:
    console.goto("/admin/")
    type_password(console, ann)
    secret, codes = set_up_app(console)

    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        sign_out(console)
        type_password(console, ann)
        type_code(console, app_code(secret))
        arrive(console, "/admin/")
    sign_out(console)
    type_password(console, ann)
    type_code(console, codes[0])
    arrive(console, "/admin/")
    sign_out(console)
    type_password(console, ann)
    type_code(console, codes[0])

    console.get_by_text("This is not right, or was used before.").wait_for()
    signed_in = LoginEvent.objects.filter(user=ann, outcome=Outcome.SUCCESS)
    assert signed_in.count() == 3


def test_a_passkey_is_added_and_opens_the_console_alone_and_as_the_second_step(console: Page, ann: User) -> None:
    console.goto("/admin/")
    type_password(console, ann)
    console.get_by_role("link", name="Add a passkey").click()
    console.get_by_label("Name").fill("Blue key")
    console.get_by_role("button", name="Add this passkey").click()
    console.get_by_role("link", name="continue to the console").click()
    arrive(console, "/admin/")

    sign_out(console)
    console.goto("/accounts/login/?next=/admin/accounts/user/")
    console.get_by_role("button", name="Sign in with a passkey").click()
    arrive(console, "/admin/accounts/user/")
    sign_out(console)
    type_password(console, ann)
    console.get_by_role("button", name="Use a passkey instead").click()
    arrive(console, "/admin/")

    factor = Authenticator.objects.get(type="webauthn")
    assert (str(factor), factor.last_used_at is not None) == ("Blue key", True)
    assert LoginEvent.objects.filter(user=ann, outcome=Outcome.FACTOR_ON).get().reason == "Passkey “Blue key”"
    assert LoginEvent.objects.filter(user=ann, outcome=Outcome.SUCCESS).count() == 3


def test_a_passkey_of_somebody_suspended_opens_nothing(console: Page, ann: User) -> None:
    console.goto("/admin/")
    type_password(console, ann)
    console.get_by_role("link", name="Add a passkey").click()
    console.get_by_role("button", name="Add this passkey").click()
    console.get_by_role("link", name="continue to the console").wait_for()
    sign_out(console)
    ann.status = User.Status.SUSPENDED
    ann.save()

    console.get_by_role("button", name="Sign in with a passkey").click()

    console.get_by_text("This account cannot sign in").wait_for()


def test_a_refused_passkey_says_so_in_words(console: Page, ann: User) -> None:
    console.goto("/accounts/login/")

    console.get_by_role("button", name="Sign in with a passkey").click()

    console.get_by_text("Nothing was used").wait_for()


def test_at_an_address_that_is_a_number_no_passkey_is_offered(
    open_browser: Callable[..., Page], ann: User, live_server: Any
) -> None:
    page, number = open_browser(), str(live_server.url).replace("localhost", "127.0.0.1")

    page.goto(f"{number}/accounts/login/")

    assert page.get_by_role("button", name="Sign in with a passkey").count() == 0
    type_password(page, ann)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_text("Passkeys need an address with a name, and this one is a number.").wait_for()


def test_a_session_is_ended_from_another_browser_and_is_at_login_with_its_next_click(
    open_browser: Callable[..., Page], administrator: User
) -> None:
    here, there = open_browser(administrator), open_browser(administrator)
    there.goto("/admin/")
    here.goto("/accounts/sessions/")

    here.get_by_role("button", name="End", exact=True).click()
    here.get_by_text("That session is over.").wait_for()
    there.goto("/admin/")

    assert "/accounts/login/" in there.url
    assert "/accounts/sessions/" in here.url
