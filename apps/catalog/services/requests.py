"""Asking for a right, and answering: what is given is given by `grant_right`, with all its rules."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.audit.recording import change_set
from apps.catalog.deciders import people_to_ask
from apps.catalog.grants import grant_right, holds_on_every_course, refuse_without_reason
from apps.catalog.models import AccessRequest, Course
from apps.catalog.refusals import Refused
from apps.catalog.request_policy import AccessRequestPolicy
from apps.catalog.rights import WORDS, ends_of_rights
from apps.notifications.services import notify, settle_notifications
from apps.records.policy import Policy
from apps.records.rules import RuleBroken

State = AccessRequest.State
MOST_OPEN = 20
ASKED, ANSWERED = "access_request", "access_answer"


def ask_for_access(refusal: Refused | None, *, by: Any, reason: str = "") -> AccessRequest:
    """Sends a request to whoever can grant it; what was asked before and waits is not asked twice."""
    if not Policy.is_staff_at_work(by):
        raise RuleBroken("Only people who work in the console ask for rights in it.")
    if refusal is None:
        raise RuleBroken("What you were refused is gone, or is no longer open to you. Open the page again.")
    if (waiting := waiting_request(refusal, by)) is not None:
        return waiting
    if refusal.is_open_to(by):
        raise RuleBroken("You may do this by now. Open the page again.")
    if AccessRequest.objects.filter(requester=by.pk, state=State.OPEN).count() >= MOST_OPEN:
        raise RuleBroken(f"{MOST_OPEN} of your requests wait for an answer. Withdraw one that you no longer need.")
    asked = AccessRequest(
        requester=by, course=refusal.course, right=refusal.right, wish=refusal.wish, page=refusal.page
    )
    asked.note = reason.strip()
    asked.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with change_set(by=by, reason=asked.note, title=f"Ask to {refusal.wish}"[:200]):
            asked.save()
            _, people = people_to_ask(asked.course, asked.right, requester=by)
            tell(people, asked)
    except IntegrityError:
        # Two clicks at once: the other one was first.
        if (waiting := waiting_request(refusal, by)) is None:
            raise
        return waiting
    return asked


def waiting_request(refusal: Refused, person: Any) -> AccessRequest | None:
    """The open request of this person for the same thing."""
    own = AccessRequest.objects.filter(requester=person.pk, state=State.OPEN, right=refusal.right)
    return own.filter(course=refusal.course).first() if refusal.right else own.filter(wish=refusal.wish).first()


def tell(people: Sequence[Any], asked: AccessRequest) -> None:
    for person in people:
        notify(
            person,
            kind=ASKED,
            title=f"{asked.requester} asks to {asked.wish}",
            text=asked.note,
            link=address_of(asked),
        )


@transaction.atomic
def grant_request(asked: AccessRequest, *, by: Any, reason: str, expires_at: datetime | None = None) -> AccessRequest:
    """Gives the right that was asked for, until then. A requester who has left gets nothing: the request is closed."""
    asked = to_be_decided(asked, by=by)
    if has_left(asked.requester):
        return close_for_who_has_left(asked, by=by)
    if asked.course is None or not asked.right:
        raise RuleBroken("It asks for no right on a course. Give them what they need and mark it as settled.")
    if holds(asked.requester, asked.right, asked.course):
        words = WORDS[asked.right]
        raise RuleBroken(f"{asked.requester} may {words} on {asked.course} by now. Decline the request and say so.")
    with change_set(by=by, reason=reason, title=f"Grant a request of {asked.requester}"):
        grant_right(asked.requester, asked.right, asked.course, by=by, reason=reason, expires_at=expires_at)
        return decide(asked, State.GRANTED, by=by, reason=reason)


@transaction.atomic
def settle_request(asked: AccessRequest, *, by: Any, reason: str) -> AccessRequest:
    """Closes a request that no right on a course fulfils; the reason says what the person was given instead."""
    asked = to_be_decided(asked, by=by)
    if has_left(asked.requester):
        return close_for_who_has_left(asked, by=by)
    if asked.right:
        raise RuleBroken("A right on the course opens this. Grant the request instead.")
    refuse_without_reason(reason)
    return decide(asked, State.GRANTED, by=by, reason=reason)


@transaction.atomic
def decline_request(asked: AccessRequest, *, by: Any, reason: str) -> AccessRequest:
    """Says no, and why."""
    asked = to_be_decided(asked, by=by)
    refuse_without_reason(reason)
    return decide(asked, State.DECLINED, by=by, reason=reason)


@transaction.atomic
def withdraw_request(asked: AccessRequest, *, by: Any, reason: str = "") -> AccessRequest:
    """Takes one's own request back while nobody has decided on it."""
    if asked.requester_id != by.pk:
        raise RuleBroken("Only who asked takes a request back. Decline it instead.")
    return decide(locked_open(asked), State.WITHDRAWN, by=by, reason=reason)


def to_be_decided(asked: AccessRequest, *, by: Any) -> AccessRequest:
    """The request, locked and open. Raises `RuleBroken` for people who may not decide on it."""
    if asked.requester_id == by.pk:
        raise RuleBroken("Nobody decides on their own request.")
    if not AccessRequestPolicy().may(by, "decide", asked):
        raise RuleBroken("You may not decide on this request.")
    return locked_open(asked)


def locked_open(asked: AccessRequest) -> AccessRequest:
    row = AccessRequest.objects.select_for_update(of=("self",)).select_related("requester", "course").get(pk=asked.pk)
    if not row.is_open:
        raise RuleBroken(f"This request was {row.get_state_display().lower()} by {row.decided_by} already.")
    return row


def has_left(person: Any) -> bool:
    return not Policy.is_staff_at_work(person)


def close_for_who_has_left(asked: AccessRequest, *, by: Any) -> AccessRequest:
    return decide(asked, State.DECLINED, by=by, reason=f"{asked.requester} cannot open the console any more.")


def holds(person: Any, right: str, course: Course) -> bool:
    return holds_on_every_course(person, right) or right in ends_of_rights(person, course)


def decide(asked: AccessRequest, state: str, *, by: Any, reason: str) -> AccessRequest:
    """Writes the answer down, tells who asked, and takes the question out of everybody's bell."""
    with change_set(by=by, reason=reason, title=f"{State(state).label}: {asked}"[:200]):
        asked.state, asked.decided_by, asked.decided_at = state, by, timezone.now()
        asked.decision_reason = reason.strip()
        asked.save()
    settle_notifications(address_of(asked), kind=ASKED)
    if state == State.WITHDRAWN:
        return asked
    is_granted = state == State.GRANTED
    notify(
        asked.requester,
        kind=ANSWERED,
        title=f"You may now {asked.wish}" if is_granted else f"You may not {asked.wish}",
        text=f"{by}: {asked.decision_reason}",
        link=asked.page if is_granted else address_of(asked),
    )
    return asked


def address_of(asked: AccessRequest) -> str:
    return reverse("admin:catalog_accessrequest_change", args=[asked.pk])
