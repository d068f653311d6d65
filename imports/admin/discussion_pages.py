"""Talking about a plan, putting it before a second person, and that person's answer."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase

from admin_theme.displays import relative_time
from apps.records.rules import RuleBroken
from imports import services
from imports.admin.consent import Consent
from imports.admin.pages import show, to_page
from imports.models import ImportJob

UNPROCESSABLE = 422
MOST_SHOWN = 500
BETWEEN = re.compile(r"[\s,;]+")


def discussion_page(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """Everything that was said, oldest first, and a place to add to it."""
    if request.method != "POST":
        return _show(request, job)
    text = request.POST.get("text", "")
    return _done(request, job, lambda: services.comment_on(job, by=request.user, text=text), text=text)


def ask(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """Puts the plan before those named, or before the administrators."""
    whom, reason = request.POST.get("whom", ""), request.POST.get("reason", "")
    addresses = [address for address in BETWEEN.split(whom) if address]

    def do() -> Any:
        return services.ask_for_approval(job, by=request.user, of=addresses, reason=reason)

    return _done(request, job, do, whom=whom, reason=reason, said="They are asked, and you are told what they decide.")


def decide(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """The second person's yes or no."""
    reason, verdict = request.POST.get("reason", ""), request.POST.get("verdict", "")
    answers = {"approve": services.approve_plan, "decline": services.decline_plan}

    def do() -> Any:
        if verdict not in answers:
            raise RuleBroken("Choose whether you approve the plan or decline it.")
        return answers[verdict](job, by=request.user, reason=reason)

    return _done(request, job, do, reason=reason, said="Your answer is written down.")


def withdraw(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """Nobody is asked any more."""
    return _done(request, job, lambda: services.withdraw_question(job, by=request.user))


def _done(
    request: HttpRequest, job: ImportJob, do: Callable[[], Any], *, said: str = "", **posted: str
) -> HttpResponseBase:
    """Back to the discussion; what was refused is shown with its sentence, and what was written is kept."""
    try:
        do()
    except RuleBroken as broken:
        return _show(request, job, broken=broken.sentence, **posted)
    if said:
        messages.success(request, said)
    return to_page(job, "discuss")


def _show(request: HttpRequest, job: ImportJob, *, broken: str = "", **posted: str) -> HttpResponseBase:
    comments = job.comments.select_related("author").order_by("-said_at", "-pk")[:MOST_SHOWN]
    return show(
        request,
        "discuss",
        job,
        comments=[{"said": comment, "when": relative_time(comment.said_at)} for comment in reversed(comments)],
        consent=Consent(job, request.user),
        posted=posted,
        broken=broken,
        status=UNPROCESSABLE if broken else 200,
    )
