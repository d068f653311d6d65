"""Testimonials: which words of which approved review are shown, under which name, in which order."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.enums import ActionVariant

from admin_theme.actions import console_action
from admin_theme.displays import badge, number, relative_time, two_lines
from admin_theme.tabs import Tab, TabbedAdmin
from apps.catalog.admin.panels import history_tab
from apps.reviews import services
from apps.reviews.looks import stars
from apps.reviews.models import Testimonial


@admin.register(Testimonial)
class TestimonialAdmin(TabbedAdmin[Testimonial]):
    tabs = (Tab(key="facts", title="Facts", place=10, has_fields=True), history_tab())
    verbs_asked = ("view", "change", "show")
    list_display = ("words", "whose", "state", "place", "updated")
    list_filter = ("is_active", "has_consent")
    list_filter_sheet = True
    list_select_related = ("review__user", "review__course")
    search_fields = ("quote", "review__course__title", "review__course__code")
    search_help_text = "Words or course"
    ordering = ("order", "-created_at", "-pk")
    sortable_by = ()
    autocomplete_fields = ("review",)
    fields = ("review", "quote", ("credit", "role"), ("has_consent", "order"))
    actions_detail = ("show", "withdraw")
    actions = ("show", "withdraw")
    empty_title = "No testimonials yet"
    empty_text = "The best words of an approved review, shown with the learner's consent."
    empty_action = ("Add a testimonial", "admin:reviews_testimonial_add")

    class Media:
        css = {"all": ("reviews/reviews.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Testimonial]:
        rows: QuerySet[Testimonial] = super().get_queryset(request)
        return rows.select_related("review__user", "review__course")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Another review makes another testimonial."""
        return (*super().get_readonly_fields(request, obj), *(("review",) if obj else ()))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """It is withdrawn instead."""
        return False

    @admin.display(description="words")
    def words(self, testimonial: Testimonial) -> SafeString:
        return two_lines(f"“{testimonial.quote}”", testimonial.review.course.title)

    @admin.display(description="shown as")
    def whose(self, testimonial: Testimonial) -> SafeString:
        return two_lines(testimonial.credit_line, stars(testimonial.review.rating))

    @admin.display(description="state")
    def state(self, testimonial: Testimonial) -> SafeString:
        if testimonial.is_active:
            return badge("Shown", "good")
        return badge("Not shown") if testimonial.has_consent else badge("Without consent", "warn")

    @admin.display(description="place")
    def place(self, testimonial: Testimonial) -> SafeString:
        return number(testimonial.order)

    @admin.display(description="updated")
    def updated(self, testimonial: Testimonial) -> SafeString:
        return relative_time(testimonial.updated_at)

    def headline(self, request: HttpRequest, record: Testimonial) -> dict[str, Any]:  # noqa: ARG002
        return {
            "badge": self.state(record),
            "line": f"{record.credit_line} · {record.review.course}",
            "figures": [("Rating", stars(record.review.rating))],
        }

    @console_action(
        "Show",
        verb="show",
        icon="visibility",
        variant=ActionVariant.PRIMARY,
        confirm="It is shown where the platform speaks of itself. Withdraw takes it away.",
        done="shown",
        fits=lambda testimonial: not testimonial.is_active,
    )
    def show(self, request: HttpRequest, testimonial: Testimonial, reason: str) -> str:
        services.show_testimonial(testimonial, by=request.user, reason=reason)
        return f"The testimonial of {testimonial.review} is shown."

    @console_action(
        "Withdraw",
        verb="show",
        ask_reason=True,
        icon="visibility_off",
        done="withdrawn",
        fits=lambda testimonial: testimonial.is_active,
    )
    def withdraw(self, request: HttpRequest, testimonial: Testimonial, reason: str) -> str:
        services.withdraw_testimonial(testimonial, by=request.user, reason=reason)
        return f"The testimonial of {testimonial.review} is not shown any more."
