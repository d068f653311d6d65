"""Staff with a password and an authenticator app."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.accounts.models import LoginEvent, User
from tests.support.people import give_role, person

PASSWORD = "Correct horse battery 9"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def ann(db: None) -> User:
    user = give_role(person("ann", User.Role.STAFF), "manager")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def app_of_ann(ann: User) -> Authenticator:
    factor: Authenticator = TOTP.activate(ann, SECRET).instance
    return factor


@pytest.fixture
def codes_of_ann(ann: User, app_of_ann: Authenticator) -> list[str]:
    codes: list[str] = RecoveryCodes.activate(ann).get_unused_codes()
    return codes


@pytest.fixture
def factor_demanded(settings: Any) -> None:
    settings.MFA_REQUIRED = True


@pytest.fixture
def outcomes_of() -> Callable[[User], list[str]]:
    def outcomes(user: User) -> list[str]:
        return list(LoginEvent.objects.filter(user=user).order_by("pk").values_list("outcome", flat=True))

    return outcomes


def type_password(client: Client, user: User, **extra: Any) -> HttpResponse:
    answer: Any = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, **extra})
    return answer  # type: ignore[no-any-return]


def type_code(client: Client, code: str) -> HttpResponse:
    answer: Any = client.post(reverse("mfa_authenticate"), {"code": code})
    return answer  # type: ignore[no-any-return]


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200
