"""What a review's page shows, and the reviews of a course on its page."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Avg, Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from admin_theme.gate import gate, masked_here, may_here
from admin_theme.tabs import Tab
from apps.catalog.admin.panels import ROWS, page_number
from apps.catalog.models import Course
from apps.reviews.looks import first_line, stars, state_of
from apps.reviews.models import Review, ReviewMark, ReviewReport, ReviewRule
from apps.reviews.states import WAITING, ReviewState


def words_panel(request: HttpRequest, review: Review) -> dict[str, Any]:
    return {
        "stars": stars(review.rating),
        "shows_note": "moderator_note" not in masked_here(request, Review),
        "marks": marks_of(request, review),
        "is_rejected": review.state == ReviewState.REJECTED,
        "is_flagged": review.state == ReviewState.FLAGGED,
    }


def marks_of(request: HttpRequest, review: Review) -> list[ReviewMark]:
    """What the rules found, for those who read the rules."""
    if not may_here(request, "view", ReviewRule):
        return []
    return list(ReviewMark.objects.filter(review=review).select_related("rule"))


def reports_panel(request: HttpRequest, review: Review) -> dict[str, Any]:
    reports = gate.scope(request.user, "view", ReviewReport).filter(review=review).select_related("reported_by")
    return {"rows": Paginator(reports.order_by("-reported_at", "-pk"), ROWS).get_page(page_number(request))}


def reviews_of(request: HttpRequest, course: Course) -> QuerySet[Review]:
    """The current reviews of a course that this person may see."""
    return gate.scope(request.user, "view", Review).filter(course=course, archived_at=None)


def reviews_panel(request: HttpRequest, course: Course) -> dict[str, Any]:
    reviews = reviews_of(request, course)
    rows = reviews.select_related("user").order_by("-created_at", "-pk")
    page: Any = Paginator(rows, ROWS).get_page(page_number(request))
    for review in page:
        review.badge, review.stars, review.first_line = state_of(review), stars(review.rating), first_line(review)
    approved = Q(state=ReviewState.APPROVED)
    return {
        "rows": page,
        "shows_email": "email" not in masked_here(request, Review._meta.get_field("user").related_model),
        "all_reviews": f"{reverse('admin:reviews_review_changelist')}?course__id__exact={course.pk}",
        **reviews.order_by().aggregate(
            average=Avg("rating", filter=approved),
            approved=Count("pk", filter=approved),
            waiting=Count("pk", filter=Q(state__in=WAITING)),
        ),
    }


words_tab = Tab(key="review", title="Review", place=10, template="reviews/words_panel.html", context=words_panel)
reports_tab = Tab(
    key="reports",
    title="Reports",
    place=20,
    template="reviews/reports_panel.html",
    context=reports_panel,
    count=lambda request, review: review.reported_count,  # noqa: ARG005
    opens=lambda request, review: may_here(request, "view", ReviewReport),  # noqa: ARG005
)
reviews_tab = Tab(
    key="reviews",
    title="Reviews",
    place=45,
    template="reviews/reviews_panel.html",
    context=reviews_panel,
    count=reviews_of,
    opens=lambda request, course: may_here(request, "view", Review),  # noqa: ARG005
)
