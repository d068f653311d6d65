"""What is said of a subscription above the tabs of a person's page."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format

from admin_theme.gate import gate, may_here
from apps.accounts.panels import Telling
from apps.subscriptions.models import Subscription
from apps.subscriptions.states import SubscriptionStatus


def tell_subscription(request: HttpRequest, person: Any) -> str:
    if not may_here(request, "view", Subscription):
        return ""
    subscription = gate.scope(request.user, "view", Subscription).filter(user=person).first()
    if subscription is None:
        return "no subscription" if person.role == person.Role.STUDENT else ""
    if subscription.status != SubscriptionStatus.ACTIVE or subscription.period_ends_at is None:
        return f"subscription {subscription.get_status_display().lower()}"
    ends = date_format(timezone.localtime(subscription.period_ends_at), "j M Y")
    return f"subscription {'renews' if subscription.is_auto_renew else 'ends'} on {ends}"


telling = Telling(60, tell_subscription)
