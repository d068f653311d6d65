"""The sidebar: by task, and only what the person may open."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

from admin_theme.gate import may_here


@dataclass(frozen=True)
class Line:
    """One screen: its model, and the letter that goes to it after `g`.

    It is the list of the model, seen by whoever may see that; or the page called `page`, for whoever has the `verb`.
    """

    title: str
    model: str
    icon: str
    key: str = ""
    page: str = ""
    verb: str = "view"


GROUPS: tuple[tuple[str, tuple[Line, ...]], ...] = (
    (
        "Work",
        (
            Line("Courses", "catalog.course", "school", "c"),
            Line("Categories", "catalog.category", "account_tree", "t"),
            Line("Modules", "catalog.module", "view_agenda"),
            Line("Lessons", "catalog.lesson", "play_lesson", "l"),
            Line("Resources", "catalog.resource", "attach_file"),
            Line("Assessments", "assessments.assessment", "quiz"),
            Line("Attempts", "assessments.attempt", "edit_note"),
            Line("Enrollments", "enrollments.enrollment", "how_to_reg", "e"),
            Line("Progress", "enrollments.lessonprogress", "trending_up"),
            Line("Announcements", "announcements.announcement", "campaign", "o"),
            Line("Review desk", "reviews.review", "rate_review", "d", page="reviews_review_desk", verb="decide"),
            Line("Reviews", "reviews.review", "reviews", "r"),
            Line("Bulk decisions", "reviews.bulkdecision", "checklist"),
            Line("Review rules", "reviews.reviewrule", "rule"),
            Line("Testimonials", "reviews.testimonial", "format_quote"),
        ),
    ),
    (
        "Subscriptions",
        (
            Line("Subscriptions", "subscriptions.subscription", "card_membership", "u"),
            Line("Scheduled changes", "subscriptions.scheduledchange", "event_upcoming"),
            Line("Payments", "subscriptions.payment", "payments", "y"),
            Line("Refunds to decide on", "subscriptions.refundrequest", "currency_exchange"),
            Line("Plans", "subscriptions.plan", "sell"),
            Line(
                "Revenue by month",
                "subscriptions.subscription",
                "monitoring",
                page="subscription_figures",
                verb="figures",
            ),
        ),
    ),
    (
        "Certificates",
        (
            Line("Certificates", "certificates.certificate", "workspace_premium", "k"),
            Line("Always and never", "certificates.certificatenote", "rule"),
            Line("Templates", "certificates.certificatetemplate", "article"),
            Line("Certificate files", "certificates.certificatebundle", "folder_zip"),
        ),
    ),
    (
        "Statistics",
        (
            Line("Platform", "statistics.platformstats", "query_stats", "f"),
            Line("Courses in figures", "statistics.coursestats", "bar_chart"),
            Line("Instructors in figures", "statistics.instructorstats", "leaderboard"),
            Line("Learners in figures", "statistics.learnerstats", "insights"),
            Line("Payouts", "statistics.payout", "request_quote"),
        ),
    ),
    (
        "Reports",
        (
            Line("Reports", "reports.report", "table_chart", "w"),
            Line("Report schedules", "reports.reportschedule", "schedule_send"),
            Line("Report files", "reports.reportrun", "file_save"),
        ),
    ),
    (
        "Imports & exports",
        (
            Line("Imports", "imports.importjob", "upload_file", "i"),
            Line("Exports", "imports.exportrecord", "download", "x"),
        ),
    ),
    (
        "People",
        (
            Line("People", "accounts.user", "group", "p"),
            Line("Instructors", "instructors.instructorprofile", "co_present"),
            Line(
                "Applications",
                "instructors.instructorprofile",
                "how_to_vote",
                page="instructors_instructorprofile_applications",
                verb="decide",
            ),
            Line("Roles", "access.role", "badge"),
            Line("May they …?", "accounts.user", "policy", "m", page="access_explain", verb="explain"),
            Line("Requests", "catalog.accessrequest", "front_hand", "q"),
            Line("Sign-ins", "accounts.loginevent", "login"),
            Line("Sessions", "usersessions.usersession", "devices"),
        ),
    ),
    (
        "Activity",
        (
            Line("Notifications", "notifications.notification", "notifications", "n"),
            Line("Outbox", "notifications.mail", "outbox"),
            Line("Mail templates", "notifications.mailtemplate", "drafts"),
            Line("Timeline", "audit.changeset", "history", "a"),
            Line("Refusals and visits", "audit.accessevent", "gpp_maybe"),
            Line("Jobs", "jobs.jobrun", "pending_actions", "j"),
            Line("Schedules", "django_celery_beat.periodictask", "event_repeat", "s"),
        ),
    ),
)


def screens(request: HttpRequest) -> list[tuple[str, list[tuple[Line, str]]]]:
    """The groups with the lines this person may open and their addresses; worked out once in a request."""
    kept: list[tuple[str, list[tuple[Line, str]]]] | None = request.__dict__.get("_screens")
    if kept is None:
        kept = []
        for title, lines in GROUPS:
            open_lines = [(line, address) for line in lines if (address := address_of(request, line))]
            if open_lines:
                kept.append((title, open_lines))
        request.__dict__["_screens"] = kept
    return kept


def address_of(request: HttpRequest, line: Line) -> str:
    """Where the screen of this line is, or nothing when there is no such screen or no right to see it."""
    name = line.page or f"{line.model.replace('.', '_')}_changelist"
    address = place_of(f"admin:{name}", get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())
    return address if address and may_here(request, line.verb, apps.get_model(line.model)) else ""


@cache
def place_of(name: str, urlconf: Any, prefix: str) -> str:  # noqa: ARG001
    """Looked for once: every page of the console asks for each of them. Nothing where there is no such screen."""
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return ""


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The same in unfold's words, with the overview first."""
    overview = {
        "title": "Overview",
        "icon": "space_dashboard",
        "link": reverse("admin:index"),
        "active": request.path == reverse("admin:index"),
    }
    groups: list[dict[str, Any]] = [{"items": [overview]}]
    here = [address for _, lines in screens(request) for _, address in lines if request.path.startswith(address)]
    current = max(here, key=len, default="")  # the desk lies below the list of reviews
    for title, lines in screens(request):
        items = [
            {
                "title": line.title,
                "icon": line.icon,
                "link": address,
                "active": address == current,
                "key": line.key,
            }
            for line, address in lines
        ]
        groups.append({"title": title, "items": items})
    return groups
