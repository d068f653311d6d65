"""The page that shows what a suspension does to each course, lets staff choose, and does exactly that."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from admin_theme.displays import state_badge
from admin_theme.gate import gate
from admin_theme.tabs import tab_address
from apps.catalog.admin.panels import STATUS_TONES
from apps.instructors.forms import SuspensionForm, successors_to_suggest
from apps.instructors.models import InstructorProfile
from apps.instructors.plan import suspension_plan
from apps.instructors.services import suspend_instructor
from apps.instructors.states import InstructorStatus

MOST_SUGGESTIONS = 500


def suspension_page(screen: Any, request: HttpRequest, profile: InstructorProfile) -> HttpResponse:
    """A plan that no longer holds is refused, and the page shows the new one."""
    if profile.status != InstructorStatus.APPROVED:
        messages.error(request, f"{profile} is {profile.get_status_display().lower()} and cannot be suspended.")
        return HttpResponseRedirect(tab_address(profile))
    plan, refused = suspension_plan(profile.user), ""
    form = SuspensionForm(request.POST if request.method == "POST" else None, plan=plan, person=profile.user)
    if request.method == "POST" and form.is_valid():
        try:
            suspend(request, profile, form)
        except ValidationError as broken:
            screen.forget_records(request)
            refused = " ".join(broken.messages)
            plan = suspension_plan(profile.user)
            form = SuspensionForm(with_new_plan(request, plan), plan=plan, person=profile.user)
        else:
            messages.success(request, f"{profile} is suspended. {done_in_words(form)}")
            return HttpResponseRedirect(tab_address(profile, "courses"))
    for part in plan:
        course: Any = part.course
        course.badge = state_badge(course, "status", STATUS_TONES)
    context = {
        **screen.admin_site.each_context(request),
        "title": f"Suspend {profile}",
        "opts": screen.opts,
        "profile": profile,
        "back": tab_address(profile),
        "form": form,
        "refused": refused,
        "leads": sum(part.needs_somebody for part in plan),
        "learners": sum(part.course.enrolled_count for part in plan),
        "suggestions": successors_to_suggest(request, profile.user, MOST_SUGGESTIONS) if plan else [],
    }
    return TemplateResponse(request, "instructors/suspend.html", context)


def suspend(request: HttpRequest, profile: InstructorProfile, form: SuspensionForm) -> None:
    data = form.cleaned_data
    with gate.operation(by=request.user, reason=data["reason"], title=f"Suspend: {profile}"[:200]):
        suspend_instructor(
            profile,
            form.fates(),
            shown=data["shown"],
            successor=form.named,
            by=request.user,
            reason=data["reason"],
        )


def with_new_plan(request: HttpRequest, plan: Any) -> Any:
    """What was typed is kept; what is shown from now on is the plan of this moment."""
    data = request.POST.copy()
    data["shown"] = SuspensionForm(None, plan=plan, person=None).initial["shown"]
    return data


def done_in_words(form: SuspensionForm) -> str:
    """ "2 courses handed over, 1 unpublished, 3 left as they are."."""
    fates = list(form.fates().values())
    unpublished, kept = fates.count("unpublish"), fates.count("keep")
    parts = [
        (len(fates) - unpublished - kept, "handed over"),
        (unpublished, "unpublished"),
        (kept, "left as they are"),
    ]
    words = [f"{number:,} {what}" for number, what in parts if number]
    return f"Of their courses: {', '.join(words)}." if words else "They taught no course."
