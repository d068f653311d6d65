"""What subscriptions bring in month by month, and why it changed: sums of movements, by one query."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from apps.subscriptions.models import Movement

Kind = Movement.Kind
LEAVING = Kind.CHURNED
COMING = (Kind.NEW, Kind.REACTIVATED)

DEFINITIONS: tuple[tuple[str, str], ...] = (
    (
        "Monthly revenue",
        "What all running subscriptions cost in a month, at the price of their period; a year counts a twelfth. "
        "Running are active ones, those past due within their grace, and those cancelled for the end of a period.",
    ),
    ("New", "Somebody pays for the first time."),
    ("Expansion", "Somebody pays more a month than before: a higher plan or a new price."),
    ("Reactivated", "Somebody pays again after having ended or paused."),
    ("Contraction", "Somebody pays less a month than before, but something."),
    ("Churned", "Somebody pays nothing any more: the subscription ended, was paused, or changed to a free plan."),
    ("Churn", "What churned in a month, of the monthly revenue with which the month began."),
    ("Months", "A movement counts in the month (UTC) in which it took effect, also when it was done later."),
)


@dataclass
class Month:
    """One month of one currency; money in hundredths."""

    begins: datetime
    opening: int
    subscribers_before: int
    sums: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def net(self) -> int:
        return sum(self.sums.values())

    @property
    def closing(self) -> int:
        return self.opening + self.net

    @property
    def subscribers(self) -> int:
        gained = sum(self.numbers.get(kind, 0) for kind in COMING)
        return self.subscribers_before + gained - self.numbers.get(LEAVING, 0)

    @property
    def churn_percent(self) -> float | None:
        return None if not self.opening else -100 * self.sums.get(LEAVING, 0) / self.opening


def revenue_by_month(until: datetime) -> dict[str, list[Month]]:
    """By currency every month from the first movement to this moment, the newest first."""
    summed = (
        Movement.objects.filter(occurred_at__lte=until)
        .order_by()
        .annotate(month=TruncMonth("occurred_at", tzinfo=UTC))
        .values_list("currency", "month", "kind")
        .annotate(sum=Sum("delta_minor"), number=Count("pk"))
        .order_by("currency", "month", "kind")
    )
    found: dict[str, list[Month]] = {}
    for currency, rows in groupby(summed, key=lambda row: row[0]):
        by_month = {
            begins: {kind: (minor, number) for _, _, kind, minor, number in group}
            for begins, group in groupby(rows, key=lambda row: row[1])
        }
        months: list[Month] = []
        begins = min(by_month)
        while begins <= until:
            last = months[-1] if months else None
            month = Month(begins, last.closing if last else 0, last.subscribers if last else 0)
            for kind, (minor, number) in by_month.get(begins, {}).items():
                month.sums[kind], month.numbers[kind] = minor, number
            months.append(month)
            begins = begins.replace(year=begins.year + begins.month // 12, month=begins.month % 12 + 1)
        found[currency] = months[::-1]
    return found
