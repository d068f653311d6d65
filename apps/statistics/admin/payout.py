"""What instructors get for each month."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AllValuesCheckboxFilter, DropdownFilter

from admin_theme.displays import two_lines
from admin_theme.tabs import linked
from apps.statistics.admin.base import FiguresAdmin
from apps.statistics.figures import PAYOUT
from apps.statistics.models import Payout
from apps.statistics.panels import told
from apps.subscriptions.money import in_words


class MonthFilter(DropdownFilter):
    """The months for which this person sees payouts."""

    title = "month"
    parameter_name = "month"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        months: Iterable[date] = model_admin.get_queryset(request).dates("month", "month", "DESC")
        return [(month.isoformat(), f"{month:%B %Y}") for month in months]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        known = {value for value, _ in self.lookup_choices}
        return queryset.filter(month=self.value()) if self.value() in known else queryset


@admin.register(Payout)
class PayoutAdmin(FiguresAdmin[Payout]):
    list_before_template = "statistics/payouts_before.html"
    list_display = ("person", "of_month", "for_course", "learned", "revenue_there", "share", "payout")
    list_filter = (MonthFilter, ("currency", AllValuesCheckboxFilter))
    list_select_related = ("instructor", "course")
    search_fields = ("instructor__last_name", "instructor__first_name", "course__title", "course__code")
    search_help_text = "Instructor or course"
    ordering = ("-month", "-amount_minor", "pk")
    empty_title = "Nothing is to be paid yet"
    empty_text = "Payouts stand here the night after subscribers who paid completed their first lessons."

    class Media:
        css = {"all": ("subscriptions/subscriptions.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payout]:
        rows: QuerySet[Payout] = super().get_queryset(request)
        return rows.select_related("instructor", "course")

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list with what its payouts come to, as it is narrowed."""
        changelist = super().get_changelist_instance(request)
        sums = changelist.queryset.order_by("currency").values_list("currency").annotate(sum=Sum("amount_minor"))
        changelist.totals = [in_words(minor, currency) for currency, minor in sums]  # type: ignore[attr-defined]
        return changelist

    def headline(self, request: HttpRequest, record: Payout) -> dict[str, Any]:  # noqa: ARG002
        return {"line": f"{record.course.title} · {in_words(record.amount_minor, record.currency)}"}

    def side_facts(self, request: HttpRequest, record: Payout) -> list[tuple[str, SafeString | str]]:
        return [
            ("Instructor", linked(request, record.instructor, record.instructor_name)),
            ("Course", linked(request, record.course, record.course.code)),
            ("Month", f"{record.month:%B %Y}"),
            ("As of", self.freshness(record)),
        ]

    @admin.display(description="instructor", ordering="instructor__last_name")
    def person(self, payout: Payout) -> SafeString:
        return two_lines(payout.instructor_name)

    @admin.display(description="month", ordering="month")
    def of_month(self, payout: Payout) -> str:
        return f"{payout.month:%B %Y}"

    @admin.display(description="course", ordering="course__title")
    def for_course(self, payout: Payout) -> SafeString:
        return two_lines(payout.course.title, payout.course.code)

    @admin.display(description="learned", ordering="lessons")
    def learned(self, payout: Payout) -> SafeString:
        lessons, learners = f"{payout.lessons:,}", f"{payout.learners:,}"
        return two_lines(
            f"{lessons} lesson{'s' * (payout.lessons != 1)}", f"by {learners} subscriber{'s' * (payout.learners != 1)}"
        )

    @admin.display(description="revenue of the course", ordering="revenue_minor")
    def revenue_there(self, payout: Payout) -> SafeString | str:
        return told(PAYOUT.figure("revenue_minor"), payout)

    @admin.display(description="share", ordering="share_percent")
    def share(self, payout: Payout) -> SafeString | str:
        return told(PAYOUT.figure("share_percent"), payout)

    @admin.display(description="payout", ordering="amount_minor")
    def payout(self, payout: Payout) -> SafeString | str:
        return told(PAYOUT.figure("amount_minor"), payout)
