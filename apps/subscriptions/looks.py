"""How subscriptions and money look wherever they are shown."""

from typing import Any

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from admin_theme.displays import Tone, number, quiet, state_badge
from admin_theme.gate import masked_here
from apps.subscriptions.models import Payment, ScheduledChange, Subscription
from apps.subscriptions.money import from_minor
from apps.subscriptions.states import ChangeKind

STATUS_TONES: dict[str, Tone] = {
    "pending": "info",
    "active": "good",
    "paused": "neutral",
    "past_due": "bad",
    "cancelled": "warn",
    "expired": "neutral",
}
CHANGE_TONES: dict[str, Tone] = {
    "open": "info",
    "held": "warn",
    "done": "good",
    "withdrawn": "neutral",
    "refused": "bad",
}
ENTRY_TONES: dict[str, Tone] = {"payment": "good", "refund": "warn", "counter": "neutral", "failed": "bad"}
REFUND_TONES: dict[str, Tone] = {"open": "info", "approved": "good", "declined": "neutral"}
COMING = {
    ChangeKind.RENEW: "Renews on",
    ChangeKind.END: "Ends on",
    ChangeKind.CANCEL: "Ends on",
    ChangeKind.END_GRACE: "Grace until",
    ChangeKind.RESUME: "Resumes on",
}


def amount(minor: int | None, currency: str) -> SafeString:
    """Hundredths as money; nothing to pay is not free."""
    return quiet("-") if minor is None else number(from_minor(minor), currency)


def moved(entry: Payment) -> SafeString:
    """What an entry moved; an attempt that failed moved nothing."""
    return amount(entry.amount_minor or None, entry.currency)


def owed(subscription: Subscription) -> SafeString:
    """What is to be paid, or the credit that is kept."""
    if subscription.due_minor < 0:
        return format_html("{} credit", amount(-subscription.due_minor, subscription.currency))
    return amount(subscription.due_minor, subscription.currency) if subscription.due_minor else quiet("Nothing")


def status_of(subscription: Subscription) -> SafeString:
    return state_badge(subscription, "status", STATUS_TONES)


def state_of_change(change: ScheduledChange) -> SafeString:
    return state_badge(change, "state", CHANGE_TONES)


def kind_of(entry: Payment) -> SafeString:
    return state_badge(entry, "kind", ENTRY_TONES)


def day(moment: Any) -> str:
    return date_format(localtime(moment), "j M Y")


def coming(change: ScheduledChange) -> str:
    """ "Renews on 1 May 2026", "Changes to Basic on 1 May 2026"."""
    words = f"Changes to {change.plan} on" if change.plan else COMING[ChangeKind(change.kind)]
    return "When it resumes" if change.state == "held" else f"{words} {day(change.effective_at)}"


def what_follows(subscription: Subscription, change: ScheduledChange | None) -> str:
    """In a few words; nothing where nothing follows by itself."""
    if subscription.grace_ends_at is not None:
        return f"Ends on {day(subscription.grace_ends_at)} unless it is paid"
    return coming(change) if change else ""


def sees_money(request: HttpRequest) -> bool:
    return "due_minor" not in masked_here(request, Subscription)
