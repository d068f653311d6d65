"""Walks of managers in a browser: an upgrade with its price shown, many extended at once, a refund by two people."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import User
from apps.subscriptions import services
from apps.subscriptions.models import RefundRequest, Subscription
from apps.subscriptions.queries import left_of
from apps.subscriptions.states import SubscriptionStatus
from tests.recipes import accounts, subscriptions
from tests.support.people import give_role, person

expect.set_options(timeout=20_000)  # a machine at work on other tests answers late
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


def test_a_large_refund_takes_a_second_person(open_browser: Callable[..., Any], manager: User, student: User) -> None:
    second = give_role(person("second"), "manager")
    yearly = subscriptions.plan.make(name="Yearly", price=150, period_months=12)
    subscription = services.start_subscription(student, yearly, by=manager)
    paid = services.record_payment(subscription, 15000, provider="bank", reference="ch-1", by=manager)
    first_tab, second_tab = open_browser(manager), open_browser(second)
    first_tab.goto(f"/admin/subscriptions/payment/{paid.pk}/change/")

    first_tab.locator(f"a[href$='/{paid.pk}/refund/']").click()
    dialog = first_tab.get_by_role("dialog")
    dialog.get_by_label("Reference of the refund").fill("re-1")
    dialog.get_by_label("Reason").fill("The course was taken down.")
    dialog.get_by_role("button", name="Refund").click()
    expect(first_tab.get_by_text("A second person decides on the refund of 150.00 EUR.")).to_be_visible()
    asked = RefundRequest.objects.get()
    page = f"/admin/subscriptions/refundrequest/{asked.pk}/change/"
    first_tab.goto(page)
    expect(first_tab.get_by_text("The course was taken down.").first).to_be_visible()
    expect(first_tab.locator("a[href$='/approve/']")).to_have_count(0)
    assert left_of(paid) == 15000

    second_tab.goto(page)
    second_tab.locator("a[href$='/approve/']").click()
    second_tab.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(second_tab.get_by_text("is approved and entered.")).to_be_visible()
    assert left_of(paid) == 0
