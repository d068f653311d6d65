"""A manager's walk in a browser: an upgrade with its price shown, a cancellation taken back, many extended at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import User
from apps.subscriptions import services
from apps.subscriptions.models import Subscription
from apps.subscriptions.states import SubscriptionStatus
from tests.recipes import accounts, subscriptions

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_upgrading_cancelling_taking_back_and_extending(
    open_browser: Callable[..., Any], manager: User, student: User
) -> None:
    low = subscriptions.plan.make(code="low", name="Basic", tier="basic", price=20)
    high = subscriptions.plan.make(code="high", name="Premium", price=30)
    subscription = services.start_subscription(student, low, by=manager, is_auto_renew=True, begins_now=True)
    services.start_subscription(accounts.person.make(), low, by=manager, begins_now=True)
    tab = open_browser(manager)
    tab.goto(f"/admin/subscriptions/subscription/{subscription.pk}/change/")

    tab.get_by_role("link", name="Upgrade now").click()
    dialog = tab.get_by_role("dialog")
    expect(dialog).to_contain_text("days unused:")
    expect(dialog).to_contain_text("EUR credited")
    dialog.get_by_label("Premium").check()
    dialog.get_by_label("Reason").fill("Asked by mail.")
    dialog.get_by_role("button", name="Upgrade now").click()
    expect(tab.get_by_text("Premium from today.")).to_be_visible()

    tab.locator("li[x-ref^=actionDropdown] > a").click()
    tab.get_by_title("Cancel at period end").click()
    dialog.get_by_label("Reason").fill("Too expensive after all.")
    dialog.get_by_role("button", name="Cancel at period end").click()
    expect(tab.locator(".c-badge", has_text="Ends with the period")).to_be_visible()
    expect(tab.locator(".s-coming")).to_contain_text("Too expensive after all.")

    tab.get_by_role("button", name="Take back").click()
    dialog.get_by_label("Reason").fill("They stay.")
    dialog.get_by_role("button", name="Take back").click()
    expect(tab.get_by_text("Taken back.").first).to_be_visible()
    expect(tab.locator(".s-coming")).to_contain_text("Follows by itself")

    tab.goto("/admin/subscriptions/subscription/")
    tab.locator("#action-toggle").check()
    tab.locator("select[name=action]").select_option("extend")
    tab.get_by_role("button", name="Run").click()
    tab.get_by_label("Days more").fill("10")
    tab.get_by_label("Reason").fill("The outage.")
    tab.get_by_role("button", name="Extend 2 subscriptions").click()
    expect(tab.get_by_text("2 subscriptions extended.")).to_be_visible()

    subscription.refresh_from_db()
    assert (subscription.plan, subscription.status) == (high, SubscriptionStatus.ACTIVE)
    assert subscription.period_ends_at is not None
    assert subscription.period_ends_at > timezone.now() + timedelta(days=37)
    assert Subscription.objects.exclude(pk=subscription.pk).get().history.count() == 3
