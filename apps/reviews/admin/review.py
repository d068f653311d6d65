"""Reviews: a list that stays quick with many of them, and a page to read one and decide on it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from admin_theme.displays import number, percent_bar, quiet, relative_time, two_lines
from admin_theme.filters import MomentRangeFilter
from admin_theme.tabs import TabbedAdmin, linked
from apps.accounts.masking import shows_email
from apps.catalog.admin.panels import history_tab
from apps.reviews.admin.desk import desk_view
from apps.reviews.admin.filters import (
    CourseFilter,
    DecidedFilter,
    MarkFilter,
    RatingFilter,
    ReportedFilter,
    StateFilter,
    WaitsFilter,
)
from apps.reviews.admin.review_actions import ReviewActions
from apps.reviews.looks import in_short, stars, state_of
from apps.reviews.models import Review
from apps.reviews.panels import reports_tab, words_tab
from apps.reviews.queries import progress_of


@admin.register(Review)
class ReviewAdmin(ReviewActions, TabbedAdmin[Review]):
    tabs = (words_tab, reports_tab, history_tab())
    verbs_asked = (*TabbedAdmin.verbs_asked, "decide")
    list_display = ("review", "course_name", "learner", "state_badge", "reports", "written")
    list_filter = (
        StateFilter,
        WaitsFilter,
        RatingFilter,
        CourseFilter,
        ReportedFilter,
        MarkFilter,
        DecidedFilter,
        ("created_at", MomentRangeFilter),
    )
    list_filter_sheet = True
    lookups_allowed = ("user__id__exact",)
    list_select_related = ("user", "course")
    search_fields = (
        "title",
        "text",
        "user__last_name",
        "user__first_name",
        "user__email",
        "course__code",
        "course__title",
    )
    search_help_text = "Words, learner or course"
    ordering = ("-created_at", "-pk")
    sortable_by = ("written",)
    empty_title = "No reviews yet"
    empty_text = "What learners say about their courses appears here and waits until somebody decides on it."
    actions_detail = (
        "approve",
        "reject",
        "flag",
        {
            "title": "More",
            "icon": "more_horiz",
            "items": ["reopen", "feature", "unfeature", "archive"],
        },
        "restore",
    )
    actions = ("approve", "reject", "flag", "reopen", "feature", "unfeature", "archive", "restore")

    class Media:
        css = {"all": ("reviews/reviews.css",)}

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        rows: QuerySet[Review] = super().get_queryset(request)
        return rows.select_related("user", "course", "moderator")

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = super().get_list_display(request)
        return ["learner_email" if name == "learner" and shows_email(request) else name for name in columns]

    @admin.display(description="review")
    def review(self, review: Review) -> SafeString:
        return in_short(review)

    @admin.display(description="course", ordering="course__title")
    def course_name(self, review: Review) -> SafeString:
        return two_lines(review.course.title, review.course.code)

    @admin.display(description="learner", ordering="user__last_name")
    def learner(self, review: Review) -> SafeString:
        return two_lines(review.author_name)

    @admin.display(description="learner", ordering="user__last_name")
    def learner_email(self, review: Review) -> SafeString:
        return two_lines(review.author_name, review.user.email)

    @admin.display(description="state", ordering="state")
    def state_badge(self, review: Review) -> SafeString:
        return state_of(review)

    @admin.display(description="reports", ordering="reported_count")
    def reports(self, review: Review) -> SafeString:
        return number(review.reported_count or None)

    @admin.display(description="written", ordering="created_at")
    def written(self, review: Review) -> SafeString:
        return relative_time(review.created_at)

    # The desk

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.desk)
        return [path("desk/", view, name="reviews_review_desk"), *super().get_urls()]

    def desk(self, request: HttpRequest) -> HttpResponse:
        return desk_view(self, request)

    # The page

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """What a learner wrote is theirs; the actions decide on it."""
        return False

    def headline(self, request: HttpRequest, record: Review) -> dict[str, Any]:  # noqa: ARG002
        progress = progress_of(record)
        return {
            "badge": state_of(record),
            "line": f"{record.course.code} · written on {date_format(localtime(record.created_at), 'j F Y')}",
            "figures": [
                ("Rating", stars(record.rating)),
                ("Of the course done", quiet("Not enrolled") if progress is None else percent_bar(progress)),
                ("Found helpful", number(record.helpful_count)),
            ],
        }

    def side_facts(self, request: HttpRequest, record: Review) -> list[tuple[str, SafeString | str]]:
        address = [("E-mail address", record.user.email)] if shows_email(request) else []
        return [
            ("Course", linked(request, record.course, record.course.title, "reviews")),
            ("Learner", linked(request, record.user, record.author_name)),
            *address,
            ("Decided", decision_on(record)),
        ]


def decision_on(review: Review) -> SafeString:
    when = relative_time(review.decided_at, empty="Not yet")
    return format_html("{} by {}", when, review.moderator) if review.decided_at and review.moderator else when
