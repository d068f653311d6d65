"""How allauth behaves here: staff sign in, nobody signs up through the console, every attempt is written down."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import Login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from django.http import HttpRequest, HttpResponse

from apps.accounts.models import User
from apps.accounts.sessions import end_sessions_but
from apps.accounts.sign_ins import Outcome, is_locked_out, record_sign_in


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

    def set_password(self, user: User, password: str) -> None:
        """A new password ends every other session of the person."""
        super().set_password(user, password)
        end_sessions_but(user, self.request.session.session_key if self.request else None)

    def is_login_by_code_required(self, login: Login) -> bool:  # noqa: ARG002
        return False


def typed_email(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or credentials.get("username") or "").strip().lower()
