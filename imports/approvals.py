"""When a plan needs a second person, who that may be, and whether one has agreed to exactly this plan."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from apps.records.rules import RuleBroken
from imports.models import ImportApproval, ImportJob, ImportRow
from imports.types.composites import COMPOSITES
from imports.words import counted, kind_title

State = ImportApproval.State


def why_approval_is_needed(job: ImportJob) -> str:
    """The sentence about it, or nothing where one person is enough."""
    if not any(job.counts.get(outcome) for outcome in ImportRow.OPEN_OUTCOMES):
        return ""
    if asked := [kind for kind in kinds_in(job) if kind in settings.IMPORT_APPROVAL_KINDS]:
        what = "A file of this kind is" if asked[0] in COMPOSITES else f"{kind_title(asked[0])} are"
        return f"{what} imported once a second person has approved the plan."
    archived, alone = int(job.counts.get("archived", 0)), settings.IMPORT_ARCHIVINGS_ALONE
    if archived > alone:
        many = counted(archived, "record")
        return f"This import archives {many}. More than {alone:,} need a second person who approves the plan."
    return ""


def kinds_in(job: ImportJob) -> list[str]:
    """The kinds of rows it brings."""
    return [job.kind, *(part["kind"] for part in job.parts)]


def latest_approval(job: ImportJob) -> ImportApproval | None:
    """The last question about exactly this plan, and the answer; a plan made again has none."""
    if job.planned_at is None:
        return None
    about = job.approvals.filter(fingerprint=job.fingerprint, planned_at=job.planned_at)
    return about.select_related("asked_by", "decided_by").first()


def refuse_without_approval(job: ImportJob) -> None:
    """Raises `RuleBroken` while a second person has to approve and has not."""
    why = why_approval_is_needed(job)
    if not why:
        return
    approval = latest_approval(job)
    if approval is None or approval.state == State.WITHDRAWN:
        raise RuleBroken(f"{why} Ask for approval first.")
    if approval.state == State.OPEN:
        raise RuleBroken(f"{why} The answer is still awaited.")
    if approval.state == State.DECLINED:
        raise RuleBroken(f"{why} {approval.decided_by} has declined it.")
    if approval.decided_by_id in makers_of(job):
        raise RuleBroken(f"{why} {approval.decided_by} has changed it since, and nobody approves their own plan.")


def makers_of(job: ImportJob) -> set[int]:
    """Everybody who has a hand in the plan: none of them is the second person."""
    found: set[int] = {job.uploader_id, *job.corrections.order_by().values_list("by", flat=True).distinct()}
    if job.run is not None and job.run.requester_id is not None:
        found.add(job.run.requester_id)
    return found


def is_awaited(now: Any = None) -> QuerySet[ImportApproval]:
    """The questions whose plan waits for an answer, or was approved within the time a plan is kept anyway."""
    now = now or timezone.now()
    asked = Q(state=State.OPEN, asked_at__gt=now - timedelta(days=settings.IMPORT_KEEP_FILES_DAYS))
    agreed = Q(state=State.APPROVED, decided_at__gt=now - timedelta(hours=settings.IMPORT_KEEP_PLANS_HOURS))
    about_it = Q(job__fingerprint=F("fingerprint"), job__planned_at=F("planned_at"))
    return ImportApproval.objects.filter(asked | agreed).filter(about_it)
