"""The page on which one essay is read and graded, and the way from there to the next."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from admin_theme.gate import gate, may_here
from admin_theme.tabs import tab_address
from apps.assessments.forms import GradeForm
from apps.assessments.models import Attempt, AttemptAnswer
from apps.assessments.queries import essays_to_grade
from apps.assessments.services import grade_attempt_answer


def grade_view(screen: Any, request: HttpRequest, object_id: str, answer_id: int) -> HttpResponse:
    """GET shows an essay of an attempt in the person's scope; POST gives it its points and goes to the next."""
    attempt = screen.require_record(request, object_id)
    answer = AttemptAnswer.objects.filter(pk=answer_id, attempt=attempt).select_related("question").first()
    if answer is None or not answer.is_essay:
        raise Http404
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    if not may_here(request, "grade", Attempt, attempt):
        raise PermissionDenied
    answer.attempt = attempt
    form = GradeForm(request.POST if request.method == "POST" else None, answer=answer)
    if request.method == "POST" and form.is_valid():
        try:
            with gate.operation(by=request.user, reason="", title=f"Grade an essay of {attempt}"[:200]):
                grade_attempt_answer(answer, by=request.user, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            return onwards(request, answer)
    waiting = essays_here(request)
    context = {
        **screen.admin_site.each_context(request),
        "title": f"Grade an essay of {attempt.learner_name}",
        "opts": screen.opts,
        "attempt": attempt,
        "answer": answer,
        "form": form,
        "back": tab_address(attempt),
        "waiting": waiting.count(),
        "skip": address_of(waiting.exclude(pk=answer.pk).first()),
    }
    return TemplateResponse(request, "assessments/grade.html", context)


def essays_here(request: HttpRequest) -> Any:
    """The essays that wait and that this person may grade, the longest first."""
    return essays_to_grade(gate.scope(request.user, "grade", AttemptAnswer))


def first_essay(request: HttpRequest) -> str:
    """The address of the essay that waits longest for this person; nothing when none does."""
    return address_of(essays_here(request).first()) if may_here(request, "grade", AttemptAnswer) else ""


def address_of(answer: AttemptAnswer | None) -> str:
    return reverse("admin:assessments_attempt_grade", args=[answer.attempt_id, answer.pk]) if answer else ""


def onwards(request: HttpRequest, answer: AttemptAnswer) -> HttpResponse:
    """To the essay that waits longest now, or back to the attempt when none does."""
    points = f"{answer.points_earned:,} of {answer.max_points:,} points"
    following = essays_here(request).first()
    rest = "Here is the next one." if following else "No other essay waits for you."
    messages.success(request, f"Graded: {points} for {answer.attempt.learner_name}. {rest}")
    return HttpResponseRedirect(address_of(following) or tab_address(answer.attempt))
