"""What people say about a plan, told to everybody who takes part."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from apps.notifications.services import notify
from apps.records.policy import policy_for
from apps.records.rules import RuleBroken
from imports.models import ImportApproval, ImportComment, ImportJob

LONGEST = 2_000
MOST_TOLD = 20
REMARK = "import_comment"


@transaction.atomic
def comment_on(job: ImportJob, *, by: Any, text: str) -> ImportComment:
    """Adds to the discussion for good, and tells the others in it."""
    if not policy_for(ImportJob).may(by, "view", job):
        raise RuleBroken("This import belongs to somebody else.")
    if not text.strip():
        raise RuleBroken("Write what you want to say.")
    comment = say(job, ImportComment.Kind.COMMENT, by=by, text=text)
    title = f"{by} wrote about the import of {job.original_name}"
    for person in participants(job, but=by):
        notify(person, kind=REMARK, title=title, text=comment.text, link=address_of(job))
    return comment


def say(job: ImportJob, kind: ImportComment.Kind, *, by: Any, text: str) -> ImportComment:
    text = text.replace("\r\n", "\n").strip()
    if len(text) > LONGEST:
        raise RuleBroken(f"That is {len(text):,} characters; at most {LONGEST:,} are kept. Say it shorter.")
    if "\0" in text:
        raise RuleBroken("The text holds an invisible character that cannot be kept. Write it again.")
    return ImportComment.objects.create(job=job, kind=kind, author=by, text=text)


def participants(job: ImportJob, *, but: Any) -> list[Any]:
    """Who uploaded it, who has said something and who was asked, as long as they may see it."""
    said = ImportComment.objects.filter(job=job).values("author")
    asked = ImportApproval.objects.filter(job=job).values("asked")
    people = get_user_model().objects.filter(Q(pk=job.uploader_id) | Q(pk__in=said) | Q(pk__in=asked))
    policy = policy_for(ImportJob)
    return [person for person in people.exclude(pk=but.pk)[:MOST_TOLD] if policy.may(person, "view", job)]


def address_of(job: ImportJob) -> str:
    return reverse("admin:imports_importjob_discuss", args=[job.pk])
