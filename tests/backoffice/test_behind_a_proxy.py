"""Behind a proxy: the limits of sign-ins and the audit know where the person is, not where the proxy is."""

import pytest
from django.conf import LazySettings
from django.test import Client

from apps.accounts.models import LoginEvent, User
from apps.audit.models import ChangeSet
from tests.recipes import catalog

PROXY = "198.51.100.7"


@pytest.mark.parametrize(
    ("is_behind_proxy", "told", "known_as"),
    [
        (True, "203.0.113.9, 192.0.2.4", "192.0.2.4"),
        (True, "2001:db8::1", "2001:db8::1"),
        (True, "nonsense", PROXY),
        (True, "", PROXY),
        (False, "192.0.2.4", PROXY),
    ],
)
def test_a_sign_in_and_a_change_come_from_where_the_proxy_says(
    administrator: User, settings: LazySettings, is_behind_proxy: bool, told: str, known_as: str
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if is_behind_proxy else None
    category = catalog.category.make()
    client = Client(REMOTE_ADDR=PROXY, headers={"x-forwarded-for": told})

    client.post("/accounts/login/", {"login": administrator.email, "password": "not this one"})
    client.force_login(administrator)
    client.post(f"/admin/catalog/category/{category.pk}/archive/", {"reason": "Empty."})

    assert LoginEvent.objects.filter(outcome=LoginEvent.Outcome.FAILURE).latest("pk").ip_address == known_as
    assert ChangeSet.objects.latest("pk").ip_address == known_as
