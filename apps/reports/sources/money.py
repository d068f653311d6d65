"""What comes in and what goes to instructors. Amounts are added up within one currency only."""

from apps.reports.sources.base import Col, Source
from apps.reports.sources.learning import course
from apps.statistics.models import Payout
from apps.subscriptions.models import Payment, Subscription

MONEY_SOURCES = (
    Source(
        "payments",
        "Payments",
        Payment,
        (
            Col("paid_at", "Paid"),
            Col("kind"),
            Col("amount_minor", "Amount", is_hundredths=True, currency="currency"),
            Col("currency"),
            Col("subscription__user__email", "Subscriber's e-mail"),
            Col("subscription__user__last_name", "Last name"),
            Col("subscription__plan__name", "Plan"),
            Col("provider"),
            Col("reference"),
            Col("method"),
            Col("reason"),
        ),
        first=("paid_at", "kind", "amount_minor", "currency", "subscription_user_email", "subscription_plan_name"),
    ),
    Source(
        "subscriptions",
        "Subscriptions",
        Subscription,
        (
            Col("user__email", "Subscriber's e-mail"),
            Col("user__first_name", "First name"),
            Col("user__last_name", "Last name"),
            Col("plan__name", "Plan"),
            Col("status"),
            Col("is_auto_renew"),
            Col("started_at"),
            Col("period_ends_at"),
            Col("ended_at"),
            Col("monthly_minor", "A month", is_hundredths=True, currency="currency"),
            Col("due_minor", "To be paid", is_hundredths=True, currency="currency"),
            Col("currency"),
        ),
        first=("user_email", "plan_name", "status", "period_ends_at", "monthly_minor", "currency"),
    ),
    Source(
        "payouts",
        "Payouts of instructors",
        Payout,
        (
            Col("month"),
            Col("instructor__email", "Instructor's e-mail"),
            Col("instructor__first_name", "First name"),
            Col("instructor__last_name", "Last name"),
            *course(),
            Col("learners"),
            Col("lessons"),
            Col("revenue_minor", "Revenue of the course", is_hundredths=True, currency="currency"),
            Col("share_percent"),
            Col("amount_minor", "Payout", is_hundredths=True, currency="currency"),
            Col("currency"),
        ),
        first=(
            "month",
            "instructor_last_name",
            "course_title",
            "lessons",
            "revenue_minor",
            "share_percent",
            "amount_minor",
            "currency",
        ),
    ),
)
