"""The page on which a list of addresses is pasted, read through line by line, and enrolled."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from admin_theme.console.rights import as_key
from admin_theme.gate import gate, may_here
from admin_theme.tabs import tab_address
from apps.catalog.models import Course
from apps.enrollments.forms import EnrollManyForm
from apps.enrollments.models import Enrollment
from apps.enrollments.panels import seats_in_words
from apps.enrollments.services import DONE, MOST_LINES, Fate, Line, enroll_many, plan_of_many, sum_of

MOST_SHOWN = 200
WILL_BE = {Fate.ENROLLED: "Will be enrolled", Fate.WAITS: "Will be put on the waiting list"}


def enroll_many_view(screen: Any, request: HttpRequest, course_id: str) -> HttpResponse:
    """GET shows the empty form; POST says what would become of each line, and does it once that is confirmed."""
    course = course_to_fill(request, course_id)
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    form = EnrollManyForm(request.POST if request.method == "POST" else None)
    lines: list[Line] = []
    is_done = False
    if request.method == "POST" and form.is_valid():
        addresses, reason = form.cleaned_data["addresses"], form.cleaned_data["reason"]
        try:
            if "confirmed" in request.POST:
                with gate.operation(by=request.user, reason=reason, title=""):
                    lines, is_done = enroll_many(course, addresses, by=request.user, reason=reason), True
            else:
                lines = plan_of_many(course, addresses)
        except ValidationError as refused:
            form.add_error("addresses", refused)
    context = {
        **screen.admin_site.each_context(request),
        "title": f"Enroll a list in {course}",
        "opts": screen.opts,
        "course": course,
        "seats": seats_in_words(course),
        "back": tab_address(course, "learners"),
        "form": form,
        "most": MOST_LINES,
        "is_done": is_done,
        "sections": sections_of(lines, is_done=is_done),
        "sum": sum_of(lines),
        "number": sum(line.fate in DONE for line in lines),
    }
    return TemplateResponse(request, "enrollments/enroll_many.html", context)


def choose_course_view(screen: Any, request: HttpRequest) -> HttpResponse:
    """Asks in which course a list is to be enrolled, and leads to its page."""
    if not (may_here(request, "view", Enrollment) and may_here(request, "add", Enrollment)):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET"])
    asked = forms.Form(request.GET if "course" in request.GET else None)
    asked.fields["course"] = screen.formfield_for_foreignkey(Enrollment._meta.get_field("course"), request)
    if asked.is_valid():
        course = asked.cleaned_data["course"]
        return HttpResponseRedirect(reverse("admin:enrollments_enrollment_enroll_many", args=[course.pk]))
    context = {
        **screen.admin_site.each_context(request),
        "title": "Enroll a list",
        "opts": screen.opts,
        "form": asked,
    }
    return TemplateResponse(request, "enrollments/choose_course.html", context)


def course_to_fill(request: HttpRequest, course_id: str) -> Course:
    """The course, for those who may enroll people in it; for others it is refused, or is not there at all."""
    if not may_here(request, "view", Enrollment):
        raise PermissionDenied
    course: Course | None = gate.scope(request.user, "view", Course).filter(pk=as_key(course_id)).first()
    if course is None:
        raise Http404
    if not (may_here(request, "add", Enrollment) and may_here(request, "manage_students", Course, course)):
        raise PermissionDenied
    return course


def sections_of(lines: list[Line], *, is_done: bool) -> list[dict[str, Any]]:
    """The lines by what becomes of them: first those left alone, for they are to be looked at."""
    found = []
    for fate in (*(fate for fate in Fate if fate not in DONE), *DONE):
        if these := [line for line in lines if line.fate == fate]:
            title = fate.label if is_done else WILL_BE.get(fate, fate.label)
            more = len(these) - MOST_SHOWN
            tone = "good" if fate == Fate.ENROLLED else "info" if fate == Fate.WAITS else "warn"
            found.append(
                {"title": title, "number": len(these), "lines": these[:MOST_SHOWN], "more": more, "tone": tone}
            )
    return found
