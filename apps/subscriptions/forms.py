"""What staff are asked when they start, change or pay a subscription."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.html import format_html
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from admin_theme.actions import ActionForm
from apps.subscriptions.models import Payment, Plan, Subscription
from apps.subscriptions.money import from_minor, in_words, to_minor
from apps.subscriptions.proration import quote
from apps.subscriptions.queries import left_of, other_plans_of, upgrades_of
from apps.subscriptions.services.extending import MOST_DAYS

NOW_OTHERWISE = "The amounts have changed since they were shown. Look at them again, then choose."


class StartForm(forms.ModelForm):  # type: ignore[type-arg]
    """Takes somebody on by e-mail address."""

    subscriber_email = forms.EmailField(label="Subscriber's e-mail address", widget=UnfoldAdminTextInputWidget)
    begins_now = forms.BooleanField(
        label="Begin before it is paid",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="Otherwise it begins with the first payment; what is free begins at once.",
    )

    class Meta:
        model = Subscription
        fields = ("plan", "is_auto_renew")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans: Any = self.fields["plan"]
        plans.queryset = plans.queryset.filter(is_offered=True)

    def clean_subscriber_email(self) -> str:
        email: str = self.cleaned_data["subscriber_email"].strip().lower()
        people = get_user_model()._base_manager.filter(email=email, archived_at=None)
        if (found := people.first()) is None:
            raise forms.ValidationError("Nobody has this address. Check the spelling, or add the person first.")
        self.subscriber = found
        return email


class UpgradeForm(ActionForm):
    """Each plan above the present one, with what changing to it costs today; exactly what was shown is agreed to."""

    field_order = ("offer", "reason")
    offer = forms.ChoiceField(
        label="Upgrade to",
        widget=UnfoldAdminRadioSelectWidget,
        error_messages={"invalid_choice": NOW_OTHERWISE},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.now()
        quotes = [quote(self.record, plan, now) for plan in upgrades_of(self.record)] if self.record else []
        self.plans = {f"{one.plan.pk}:{one.due_minor}": one for one in quotes}
        offered: Any = self.fields["offer"]
        words = '<span class="s-offer"><strong>{}, {}</strong>{}</span>'
        offered.choices = [
            (key, format_html(words, one.plan, price_of(one.plan), one)) for key, one in self.plans.items()
        ]
        if not quotes:
            offered.help_text = "No offered plan lies above the present one."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        return {**data, "quote": self.plans[data["offer"]]} if data.get("offer") else data


class PlanForm(ActionForm):
    """Another plan for the time after this period."""

    field_order = ("plan", "reason")
    plan = forms.ModelChoiceField(queryset=Plan.objects.filter(is_offered=True), empty_label="Choose a plan")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record is not None:
            plans: Any = self.fields["plan"]
            plans.queryset = plans.queryset.filter(pk__in=[plan.pk for plan in other_plans_of(self.record)])
            plans.label_from_instance = lambda plan: f"{plan} ({price_of(plan)})"


class ReactivateForm(ActionForm):
    field_order = ("plan", "is_auto_renew", "reason")
    plan = forms.ModelChoiceField(queryset=Plan.objects.filter(is_offered=True), empty_label="Choose a plan")
    is_auto_renew = forms.BooleanField(
        label="Renews by itself", required=False, widget=UnfoldBooleanSwitchWidget, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans: Any = self.fields["plan"]
        plans.label_from_instance = lambda plan: f"{plan} ({price_of(plan)})"


class PauseForm(ActionForm):
    field_order = ("resumes_at", "reason")
    resumes_at = forms.SplitDateTimeField(
        label="Resumes",
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text="Leave it empty until somebody resumes it.",
    )


class ExtendForm(ActionForm):
    field_order = ("days", "reason")
    days = forms.IntegerField(
        label="Days more", min_value=1, max_value=MOST_DAYS, help_text="The price of the period stays the same."
    )


class EntryForm(ActionForm):
    """Who moved the money, and what they call it."""

    provider = forms.CharField(max_length=50, help_text="For example stripe or bank.")
    reference = forms.CharField(max_length=100, help_text="What the provider calls it; each is entered once.")
    method = forms.CharField(max_length=50, required=False, help_text="For example card or transfer.")


class PaymentForm(EntryForm):
    field_order = ("amount", "provider", "reference", "method", "paid_at")
    amount = forms.DecimalField(max_digits=12, decimal_places=2, min_value=Decimal("0.01"))
    paid_at = forms.SplitDateTimeField(
        label="Paid", required=False, widget=UnfoldAdminSplitDateTimeWidget, help_text="Leave it empty for now."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.record, Subscription):
            due = max(0, self.record.due_minor)
            self.fields["amount"].label = f"Amount ({self.record.currency})"
            self.fields["amount"].help_text = f"To be paid: {in_words(due, self.record.currency)}."
            self.initial = {"amount": from_minor(due)} if due else {}


class FailedForm(EntryForm):
    field_order = ("provider", "reference", "method", "note")
    note = forms.CharField(max_length=500, required=False, help_text="What the provider said.")


class RefundForm(ActionForm):
    """How much of a payment is given back."""

    field_order = ("amount", "reference", "reason")
    amount = forms.DecimalField(max_digits=12, decimal_places=2, min_value=Decimal("0.01"))
    reference = forms.CharField(
        max_length=100, label="Reference of the refund", help_text="What the provider calls it; each is entered once."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.record, Payment):
            left = left_of(self.record)
            self.fields["amount"].label = f"Amount ({self.record.currency})"
            self.fields["amount"].help_text = f"At most {in_words(left, self.record.currency)}."
            self.initial = {"amount": from_minor(left)}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        return {**data, "amount_minor": to_minor(data["amount"])} if data.get("amount") else data


def price_of(plan: Plan) -> str:
    """ "30.00 EUR a month"."""
    return f"{in_words(plan.price_minor, plan.currency)} a {plan.get_period_months_display().lower()}"
