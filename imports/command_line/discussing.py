"""`manage.py imports discussion|comment|ask|approve|decline|withdraw`: what is said about a plan, and the second
person's answer."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.management.base import CommandParser

from apps.accounts.models import User
from imports import services
from imports.approvals import latest_approval, why_approval_is_needed
from imports.command_line.answers import plan_counts
from imports.models import ImportApproval, ImportComment, ImportJob

Say = Callable[[ImportJob, dict[str, Any], User], Any]

SAID: dict[str, tuple[str, Say]] = {
    "comment": (
        "Adds to the discussion of an import.",
        lambda job, options, user: services.comment_on(job, by=user, text=options["text"]),
    ),
    "ask": (
        "Puts a plan before a second person.",
        lambda job, options, user: services.ask_for_approval(
            job, by=user, of=options["whom"], reason=options["reason"]
        ),
    ),
    "approve": (
        "Agrees that this plan is applied.",
        lambda job, options, user: services.approve_plan(job, by=user, reason=options["reason"]),
    ),
    "decline": (
        "Says no to a plan, and why.",
        lambda job, options, user: services.decline_plan(job, by=user, reason=options["reason"]),
    ),
    "withdraw": (
        "Takes the question back while nobody has answered it.",
        lambda job, options, user: services.withdraw_question(job, by=user, reason=options["reason"]),
    ),
}


def add_discussion_arguments(name: str, command: CommandParser) -> None:
    if name == "comment":
        command.add_argument("--text", required=True, metavar="TEXT", help="What is to be said.")
        return
    if name == "ask":
        command.add_argument(
            "--whom", action="append", default=[], metavar="EMAIL", help="Left out, the administrators are asked."
        )
    command.add_argument("--reason", default="", metavar="TEXT", help="Needed to decline.")


def discussion_answer(job: ImportJob) -> dict[str, Any]:
    """Everything that was said, oldest first, and how things stand with the second person."""
    comments = job.comments.select_related("author").order_by("said_at", "pk")
    return {
        "job": job.pk,
        "status": job.status,
        "counts": plan_counts(job),
        "approval": _approval_answer(job),
        "comments": [
            {"said_at": said.said_at, "by": said.author.email, "kind": said.kind, "text": said.text}
            for said in comments
        ],
    }


def _approval_answer(job: ImportJob) -> dict[str, Any]:
    """`why` is empty where one person is enough, `state` while nobody was asked about the plan as it is now."""
    latest = latest_approval(job)
    decided_by = latest.decided_by.email if latest is not None and latest.decided_by is not None else ""
    return {
        "why": why_approval_is_needed(job),
        "state": latest.state if latest is not None else "",
        "asked": list(latest.asked.order_by("email").values_list("email", flat=True)) if latest is not None else [],
        "decided_by": decided_by,
    }


def lines_of(answer: Mapping[str, Any]) -> Iterator[str]:
    """The same for people; nothing of an answer that is about something else."""
    if approval := answer.get("approval"):
        if approval["why"]:
            yield approval["why"]
        if approval["state"]:
            state = ImportApproval.State(approval["state"]).label
            yield f"{state}: {approval['decided_by'] or ', '.join(approval['asked'])}."
    for said in answer.get("comments", ()):
        yield f"{said['said_at']:%Y-%m-%d %H:%M} {said['by']} {ImportComment.Kind(said['kind']).label}"
        yield from (f"    {line}" for line in said["text"].splitlines())
