"""Maker and checker: a plan is put before a second person, who approves or declines exactly this plan."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from apps.audit.recording import change_set, count
from apps.notifications.services import notify, settle_notifications
from apps.records.policy import Policy, policy_for
from apps.records.rules import RuleBroken
from imports.approvals import latest_approval, makers_of, why_approval_is_needed
from imports.models import ImportApproval, ImportComment, ImportJob
from imports.runner.checks import first_refusal
from imports.services.discussing import address_of, say
from imports.services.running import lock_import, refuse_stranger
from imports.types.composites import importable

State = ImportApproval.State
Said = ImportComment.Kind
QUESTION, ANSWER = "import_approval", "import_answer"
MOST_ASKED = 10


@transaction.atomic
def ask_for_approval(job: ImportJob, *, by: Any, of: Sequence[str] = (), reason: str = "") -> ImportApproval:
    """Puts the plan before the people with these addresses, or before the administrators. Asked twice, it is one."""
    job = lock_import(job)
    refuse_stranger(job, by, "apply")
    if job.status != ImportJob.Status.PLANNED or job.planned_at is None:
        raise RuleBroken("There is no plan to approve. Make the plan first.")
    if not why_approval_is_needed(job):
        raise RuleBroken("This plan needs no second person. Apply it, or ask what you want to know in a comment.")
    latest = latest_approval(job)
    if latest is not None and latest.state in (State.OPEN, State.APPROVED):
        return latest
    people = _people(job, of)
    with change_set(by=by, reason=reason, title=_title("Ask for approval of", job), origin=job.origin):
        job.approvals.filter(state=State.OPEN).update(state=State.WITHDRAWN, decided_at=timezone.now())
        approval = ImportApproval.objects.create(
            job=job, fingerprint=job.fingerprint, planned_at=job.planned_at, asked_by=by
        )
        approval.asked.set(people)
        count(ImportApproval._meta.label_lower, "+")
        say(job, Said.ASKED, by=by, text=reason)
    settle_notifications(address_of(job), kind=QUESTION)
    for person in people:
        title = f"{by} asks you to approve the import of {job.original_name}"
        notify(person, kind=QUESTION, title=title, text=reason, link=address_of(job))
    return approval


def _people(job: ImportJob, addresses: Sequence[str]) -> list[Any]:
    """Those who are asked: each could apply the plan themselves and had no hand in it."""
    makers = makers_of(job)
    everybody = get_user_model().objects.filter(is_active=True).exclude(pk__in=makers)
    if not addresses:
        found = list(everybody.filter(is_superuser=True).order_by("pk")[:MOST_ASKED])
        if not found:
            raise RuleBroken("There is no other administrator to ask. Name somebody who may import these rows.")
        return found
    if len(addresses) > MOST_ASKED:
        raise RuleBroken(f"At most {MOST_ASKED} people are asked at once.")
    found = []
    for address in dict.fromkeys(address.strip().lower() for address in addresses):
        person = everybody.filter(email=address).first()
        if person is None or not may_apply(person, job):
            raise RuleBroken(f"Nobody with the address “{address[:80]}” could apply this plan themselves.")
        found.append(person)
    return found


def may_apply(person: Any, job: ImportJob) -> bool:
    """Whether the person holds the rights that writing each row of the plan takes."""
    if not (Policy.is_staff_at_work(person) and importable(job.kind).may_import(person)):
        return False
    return bool(person.is_superuser) or not first_refusal(job, person)


@transaction.atomic
def approve_plan(job: ImportJob, *, by: Any, reason: str = "") -> ImportApproval:
    """Agrees that this plan is applied."""
    job, approval = _to_be_decided(job, by)
    if not importable(job.kind).may_import(by):
        raise RuleBroken("You may not import these rows yourself, so you cannot approve them.")
    if not by.is_superuser and (refusal := first_refusal(job, by)):
        raise RuleBroken(f"You could not apply this plan yourself. {refusal}")
    return _decide(job, approval, State.APPROVED, by=by, reason=reason)


@transaction.atomic
def decline_plan(job: ImportJob, *, by: Any, reason: str) -> ImportApproval:
    """Says no, and why."""
    job, approval = _to_be_decided(job, by)
    if not reason.strip():
        raise RuleBroken("Say why, so that the plan can be made better.")
    return _decide(job, approval, State.DECLINED, by=by, reason=reason)


@transaction.atomic
def withdraw_question(job: ImportJob, *, by: Any, reason: str = "") -> ImportApproval:
    """Takes the question back while nobody has answered it."""
    job = lock_import(job)
    refuse_stranger(job, by, "apply")
    return _decide(job, _open_one(job), State.WITHDRAWN, by=by, reason=reason)


def _to_be_decided(job: ImportJob, by: Any) -> tuple[ImportJob, ImportApproval]:
    """Raises `RuleBroken` for whoever is not asked, or has had a hand in the plan."""
    job = lock_import(job)
    if by.pk in makers_of(job):
        raise RuleBroken("Nobody approves their own plan.")
    if not policy_for(ImportJob).may(by, "decide", job):
        raise RuleBroken("You were not asked to approve this plan.")
    return job, _open_one(job)


def _open_one(job: ImportJob) -> ImportApproval:
    latest = latest_approval(job)
    if job.status != ImportJob.Status.PLANNED or latest is None:
        raise RuleBroken("The plan has changed since, so there is nothing to decide.")
    if latest.state != State.OPEN:
        raise RuleBroken(f"This question is answered: {latest.get_state_display().lower()} by {latest.decided_by}.")
    return latest


def _decide(job: ImportJob, approval: ImportApproval, state: State, *, by: Any, reason: str) -> ImportApproval:
    reason = reason.strip()
    with change_set(by=by, reason=reason, title=_title(f"{state.label}: the plan of", job), origin=job.origin):
        approval.state, approval.decided_by, approval.decided_at = state, by, timezone.now()
        approval.save(update_fields=["state", "decided_by", "decided_at"])
        count(ImportApproval._meta.label_lower, "~")
        say(job, Said(state), by=by, text=reason)
    settle_notifications(address_of(job), kind=QUESTION)
    if approval.asked_by_id != by.pk:
        title = f"{state.label} by {by}: the import of {job.original_name}"
        notify(approval.asked_by, kind=ANSWER, title=title, text=reason, link=address_of(job))
    return approval


def _title(what: str, job: ImportJob) -> str:
    return f"{what} {job.original_name}"[:200]
