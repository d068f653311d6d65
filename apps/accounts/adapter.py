"""How allauth behaves here: staff sign in, nobody signs up through the console, every attempt is written down."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import Login
from allauth.core import context as now
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from apps.accounts.models import User
from apps.accounts.sealing import seal, unseal
from apps.accounts.second_factors import is_last_demanded
from apps.accounts.sessions import end_other_sessions
from apps.accounts.sign_ins import Outcome, is_locked_out, record_sign_in
from apps.accounts.user_agents import read_user_agent

WAYS = {
    "reauthenticate": "Type the password",
    "mfa_reauthenticate": "Type a code of your app, or a recovery code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Our ledger decides instead of allauth's cache, which is another one in each process."""
        email = typed_email(credentials)
        if is_locked_out(email, request.META.get("REMOTE_ADDR")):
            record_sign_in(request, Outcome.LOCKED, email=email)
            raise ImmediateHttpResponse(respond_429(request))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        record_sign_in(request, Outcome.FAILURE, email=typed_email(credentials))

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        record_sign_in(request, Outcome.FAILURE, email=user.email, user=user)
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        record_sign_in(request, Outcome.SUCCESS, email=user.email, user=user)

    def reauthenticate(self, user: User, password: str) -> bool:
        """The password of the account itself; people here need no confirmed address."""
        self.pre_authenticate(self.request, email=user.email)
        if user.check_password(password):
            return True
        self.authentication_failed(self.request, email=user.email)
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Signing in is as good as confirming who one is, and for as long: nobody types the same password twice."""
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**method, "description": WAYS.get(method["id"], method["description"])} for method in methods]

    def set_password(self, user: User, password: str) -> None:
        """A new password ends every other session of the person."""
        super().set_password(user, password)
        kept = self.request.session.session_key if self.request else None
        end_other_sessions(user, kept, title=f"New password of {user}")

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,  # noqa: ARG002
    ) -> None:
        """To the address they sign in with, once the change is committed; a mail server that is down undoes nothing."""
        send = super().send_notification_mail
        transaction.on_commit(lambda: send(template_prefix, user, context, user.email), robust=True)

    def is_login_by_code_required(self, login: Login) -> bool:  # noqa: ARG002
        return False


class SecondFactorAdapter(DefaultMFAAdapter):
    """What second factors are called, and when one may go."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This is not right, or was used before. Try the next code.",
        "cannot_delete_authenticator": (
            "The console demands a second factor, and this is your only one. Set up another one first."
        ),
        "cannot_generate_recovery_codes": "Set up an authenticator app or a passkey first.",
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not is_last_demanded(authenticator)

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002, ARG002
        """The device people sit at, for example "Chrome 131 on Linux"."""
        client = read_user_agent(now.request.META.get("HTTP_USER_AGENT", ""))
        return " on ".join(part for part in (client.browser, client.os) if part) or "Passkey"

    def _get_site_name(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)


def typed_email(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or credentials.get("username") or "").strip().lower()
