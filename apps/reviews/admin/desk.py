"""The desk: one review after the other, with what helps to decide, decided by a key or a button.

GET only looks; whatever holds, decides or leaves a review is a POST with `do`. Without the script each answers with the
way back to the desk; the script asks for the part of the page that changes.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from admin_theme.console.rights import as_key
from admin_theme.gate import forget_answers, may_here
from apps.records.policy import scope
from apps.reviews import services
from apps.reviews.desk_facts import context_of, figures, last_decision
from apps.reviews.forms import FlagForm, RejectForm
from apps.reviews.looks import stars, state_of
from apps.reviews.models import Review
from apps.reviews.queries import named
from apps.reviews.queue import left_and_waiting, offers
from apps.reviews.states import WAITING

LAST, FIRST = "This is the last one that waits for you.", "This is the first one that waits for you."


def desk_view(screen: Any, request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    if not (may_here(request, "view", Review) and may_here(request, "decide", Review)):
        raise PermissionDenied
    desk = Desk(screen, request)
    if request.method != "POST":
        return desk.page(held_now(request.user))
    deed = DEEDS.get(request.POST.get("do", ""))
    if deed is None:
        raise BadRequest("The desk knows no such thing to do.")
    return deed(desk)


def moment_from(text: str) -> datetime | None:
    """The moment somebody's hold ends, as the page knows it; nothing when it says none."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if text and (moment is None or timezone.is_naive(moment)):
        raise BadRequest("This is no moment.")
    return moment


def held_now(user: Any) -> Review | None:
    """The review this person holds, if the hold has not ended."""
    held = Review.objects.filter(claimed_by=user.pk, claimed_until__gt=timezone.now(), state__in=WAITING)
    return named(held, "user", "course", "claimed_by").first()


class Desk:
    """One request to the desk."""

    def __init__(self, screen: Any, request: HttpRequest) -> None:
        self.screen = screen
        self.request = request
        self.user: Any = request.user
        self.is_script = request.headers.get("HX-Request") == "true"
        self.forms: dict[str, forms.Form] = {}

    # What can be done

    def review(self) -> Review:
        """The review the request is about: hidden means not found, seen but not to be decided means refused."""
        key = self.request.POST.get("review", "")
        to_decide = scope(self.user, "view", Review) & scope(self.user, "decide", Review)
        found = named(to_decide, "user", "course").filter(pk=as_key(key)).first()
        if found is None:
            may_here(self.request, "decide", Review, self.screen.require_record(self.request, key))
            raise PermissionDenied
        return found

    def approve(self) -> HttpResponse:
        review = self.review()
        return self.decided(review, "approved", lambda: services.approve_review(review, by=self.user, held=True))

    def reject(self) -> HttpResponse:
        review = self.review()
        form = RejectForm(self.request.POST, request=self.request, record=review)
        if not form.is_valid():
            return self.stay(review, form, "reject")
        because, note = form.cleaned_data["because"], form.cleaned_data["note"]
        deed = lambda: services.reject_review(review, because, by=self.user, note=note, held=True)  # noqa: E731
        return self.decided(review, "rejected", deed, form=form, name="reject")

    def flag(self) -> HttpResponse:
        review = self.review()
        form = FlagForm(self.request.POST, request=self.request, record=review)
        if not form.is_valid():
            return self.stay(review, form, "flag")
        deed = lambda: services.flag_review(review, by=self.user, held=True, **form.cleaned_data)  # noqa: E731
        return self.decided(review, "flagged", deed, form=form, name="flag")

    def decided(
        self, review: Review, word: str, deed: Callable[[], Any], *, form: Any = None, name: str = ""
    ) -> HttpResponse:
        sentence = f"{review}: {word}."  # while its learner and course are known, which reading it anew forgets
        try:
            deed()
        except ValidationError as refused:
            if form is not None and held_now(self.user) == review:
                form.add_error(None, refused)
                return self.stay(review, form, name)
            return self.onwards(" ".join(refused.messages), level=messages.WARNING, again=review)
        return self.onwards(sentence)

    def colleagues(self) -> HttpResponse:
        form = FlagForm(request=self.request, record=self.review())
        return TemplateResponse(self.request, "reviews/desk_colleagues.html", {"flag_form": form})

    def skip(self) -> HttpResponse:
        review = self.review()
        try:
            services.skip_review(review, by=self.user)
        except ValidationError as refused:
            return self.onwards(" ".join(refused.messages), level=messages.WARNING)
        return self.onwards(f"{review}: left for later.")

    def undo(self) -> HttpResponse:
        try:
            review = services.undo_decision(by=self.user)
        except ValidationError as refused:
            held = held_now(self.user)
            return self.answer(held, " ".join(refused.messages), level=messages.WARNING)
        return self.answer(review, f"Taken back: {review} waits again.")

    def take(self) -> HttpResponse:
        return self.onwards("")

    def again(self) -> HttpResponse:
        services.look_again(by=self.user)
        return self.onwards("")

    def after(self) -> HttpResponse:
        return self.move(LAST, backwards=False)

    def before(self) -> HttpResponse:
        return self.move(FIRST, backwards=True)

    def move(self, nothing: str, *, backwards: bool) -> HttpResponse:
        review = self.review()
        found = services.take_review(by=self.user, beside=review, backwards=backwards)
        return self.answer(found or held_now(self.user), "" if found else nothing)

    def renew(self) -> HttpResponse:
        review = self.review()
        try:
            until = services.renew_hold(review.pk, by=self.user)
        except ValidationError as refused:
            return JsonResponse({"message": " ".join(refused.messages)}, status=409)
        return JsonResponse({"until": until.isoformat()})

    def release(self) -> HttpResponse:
        until = moment_from(self.request.POST.get("until", ""))
        services.release_reviews(by=self.user, held_until=until)
        return self.back("") if not until else HttpResponse(status=204)

    # What is answered

    def onwards(self, sentence: str, *, level: int = messages.SUCCESS, again: Review | None = None) -> HttpResponse:
        """To the next review; after a refusal to the same one where it can still be decided."""
        if again is not None and services.hold_review(again.pk, by=self.user):
            again = held_now(self.user)
            return self.answer(again, sentence, level=level)
        forget_answers(self.request)
        return self.answer(services.take_review(by=self.user), sentence, level=level)

    def stay(self, review: Review, form: Any, name: str) -> HttpResponse:
        self.forms[name] = form
        if not self.is_script:
            return self.page(held_now(self.user))
        return self.part(review if held_now(self.user) == review else held_now(self.user), "", messages.WARNING)

    def answer(self, review: Review | None, sentence: str, *, level: int = messages.SUCCESS) -> HttpResponse:
        return self.part(review, sentence, level) if self.is_script else self.back(sentence, level)

    def back(self, sentence: str, level: int = messages.SUCCESS) -> HttpResponse:
        if sentence:
            messages.add_message(self.request, level, sentence)
        return HttpResponseRedirect(reverse("admin:reviews_review_desk"))

    def part(self, review: Review | None, sentence: str, level: int) -> HttpResponse:
        context = {**self.context(review), "said": sentence, "is_refused": level == messages.WARNING}
        return TemplateResponse(self.request, "reviews/desk_part.html", context)

    def page(self, review: Review | None) -> HttpResponse:
        context = {
            **self.screen.admin_site.each_context(self.request),
            "title": "Review desk",
            "opts": self.screen.opts,
            **self.context(review),
        }
        return TemplateResponse(self.request, "reviews/desk.html", context)

    def context(self, review: Review | None) -> dict[str, Any]:
        last = last_decision(self.user)
        facts = {"figures": figures(self.user), "review": review, "last": last}
        if review is None:
            is_more = next(offers(self.user), None) is not None
            return {**facts, "is_more": is_more, "left": 0 if is_more else left_and_waiting(self.user)}
        beside = context_of(review, self.user)
        for other in (*beside.others, *beside.alike):
            other.badge, other.stars = state_of(other), stars(other.rating)  # type: ignore[attr-defined]
        return {
            **facts,
            "beside": beside,
            "stars": stars(review.rating),
            "badge": state_of(review),
            "reject_form": self.forms.get("reject") or RejectForm(request=self.request, record=review),
            "flag_form": self.forms.get("flag") or FlagForm(request=self.request, record=review),
            "opened": next(iter(self.forms), ""),
            "colleagues_later": self.is_script and "flag" not in self.forms,
        }


DEEDS: dict[str, Callable[[Desk], HttpResponse]] = {
    "approve": Desk.approve,
    "reject": Desk.reject,
    "flag": Desk.flag,
    "colleagues": Desk.colleagues,
    "skip": Desk.skip,
    "undo": Desk.undo,
    "take": Desk.take,
    "again": Desk.again,
    "after": Desk.after,
    "before": Desk.before,
    "renew": Desk.renew,
    "release": Desk.release,
}
