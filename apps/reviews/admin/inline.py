"""What one person has written, on their page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from admin_theme.console import ConsoleInline
from admin_theme.displays import relative_time
from admin_theme.tabs import tab_address
from apps.reviews.looks import stars, state_of
from apps.reviews.models import Review


class ReviewInline(ConsoleInline):
    """The reviews of one person, newest first."""

    model = Review
    fk_name = "user"
    verbose_name_plural = "Reviews"
    fields = readonly_fields = ("review", "course_name", "state_badge", "written")
    ordering = ("-created_at", "-pk")
    per_page = 10
    hide_title = True

    class Media:
        css = {"all": ("reviews/reviews.css",)}

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("course", "user")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    @admin.display(description="review")
    def review(self, review: Review) -> SafeString:
        name = review.title or "No title"
        return format_html('{} <a class="text-link" href="{}">{}</a>', stars(review.rating), tab_address(review), name)

    @admin.display(description="course")
    def course_name(self, review: Review) -> str:
        return str(review.course)

    @admin.display(description="state")
    def state_badge(self, review: Review) -> SafeString:
        return state_of(review)

    @admin.display(description="written")
    def written(self, review: Review) -> SafeString:
        return relative_time(review.created_at)
