"""The queue of applications: what the applicants say of themselves, the longest waiting first."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse

from admin_theme.gate import gate, may_here
from admin_theme.tabs import tab_address
from apps.accounts.masking import shows_email
from apps.instructors.looks import work_of
from apps.instructors.models import InstructorProfile
from apps.instructors.queries import waiting_applications

ROWS = 25


def applications_page(screen: Any, request: HttpRequest) -> HttpResponse:
    """For those who decide, of whom nobody finds their own here."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET"])
    if not may_here(request, "decide", InstructorProfile):
        raise PermissionDenied
    waiting = waiting_applications(gate.scope(request.user, "decide", InstructorProfile))
    page: Any = Paginator(waiting, ROWS).get_page(request.GET.get("page"))
    for profile in page:
        profile.work, profile.address = work_of(profile), tab_address(profile)
    context = {
        **screen.admin_site.each_context(request),
        "title": "Applications of instructors",
        "opts": screen.opts,
        "rows": page,
        "shows_email": shows_email(request),
        "may_add": may_here(request, "add", InstructorProfile),
    }
    return TemplateResponse(request, "instructors/applications.html", context)
