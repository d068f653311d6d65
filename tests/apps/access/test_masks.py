"""Which fields each kind of person sees as dots and never writes; whatever is not here is masked for nobody."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.records.policy import Policy
from tests.apps.access.conftest import World
from tests.apps.access.test_reach import POLICIES

PEOPLE = ("IO", "CM", "NO", "MO", "SU", "MA", "AD")
NO_MONEY = {"IO", "CM", "NO", "MO", "SU"}
ALL_BUT_NAMES = {field.name for field in User._meta.get_fields()} - {"id", "first_name", "last_name"}
HOME = {"date_of_birth", "phone_number", "address", "city", "state", "postal_code"}

MASKED: dict[str, tuple[set[str], set[str]]] = {
    "accounts.User": ({"IO", "CM", "NO", "MO"}, ALL_BUT_NAMES),
    "accounts.Profile": ({"IO", "CM", "NO", "MO", "SU"}, HOME),
    "assessments.Attempt": ({"IO", "CM", "NO", "MO"}, {"ip_address", "user_agent"}),
    "catalog.Course": ({"SU"}, {"price", "discount_price", "discount_ends_at"}),
    "reviews.Review": ({"IO", "CM", "NO"}, {"moderator_note"}),
    "statistics.PlatformStats": (NO_MONEY, {"monthly_minor", "received_minor"}),
    "subscriptions.Payment": (NO_MONEY, {"amount_minor", "currency"}),
    "subscriptions.Plan": (NO_MONEY, {"price"}),
    "subscriptions.RefundRequest": (NO_MONEY, {"amount_minor"}),
    "subscriptions.Subscription": (NO_MONEY, {"price_minor", "due_minor", "monthly_minor", "currency"}),
}


@pytest.mark.parametrize("policy", POLICIES, ids=lambda one: one.model._meta.label)
def test_fields_are_masked_for_exactly_those_the_table_says(policy: Policy, world: World) -> None:
    for_whom, fields = MASKED.get(policy.model._meta.label, (set(), set()))

    found: dict[str, Any] = {letters: policy.masked_fields(world.people[letters]) for letters in PEOPLE}

    assert found == {letters: fields if letters in for_whom else set() for letters in PEOPLE}
