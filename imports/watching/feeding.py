"""One file of a watched folder on its way in: planned, held against what may change, applied."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from apps.records.rules import RuleBroken
from imports import services
from imports.codes import FileRefused
from imports.models import Feed, ImportJob
from imports.parts import parts_of
from imports.planner.known import remember_applied
from imports.watching.folder import Claimed, WatchedFolder

Status = ImportJob.Status
APPLIED = (Status.APPLIED, Status.PARTLY_APPLIED)
Plan = Callable[[Claimed, Feed], ImportJob]


@dataclass(frozen=True, slots=True)
class Fed:
    """What came of a file: its import, and in a sentence why it was not applied, if it was not."""

    name: str
    job: ImportJob | None
    refusal: str = ""
    is_open: bool = False
    """Whether somebody else is at it, so that it waits."""

    @property
    def is_done(self) -> bool:
        return not self.refusal and not self.is_open

    @property
    def is_partial(self) -> bool:
        return self.job is not None and self.job.status == Status.PARTLY_APPLIED


def feed_for(folder: WatchedFolder, kind: str) -> Feed:
    """What is remembered of files of this kind in this folder."""
    feed, _ = Feed.objects.update_or_create(folder=str(folder.path), kind=kind, defaults={"used_at": timezone.now()})
    return feed


class Feeding:
    """How the files of a folder are taken in; `plan` makes the import of one of them and its plan."""

    def __init__(self, feed: Feed, plan: Plan, *, by: Any, most_percent: int, good_rows_only: bool) -> None:
        self.feed = feed
        self.plan = plan
        self.by = by
        self.most_percent = most_percent
        self.good_rows_only = good_rows_only

    def take_in(self, claimed: Claimed) -> Fed:
        """Run again after a crash it goes on where it stopped: what was applied is not applied a second time."""
        job = self.feed.import_jobs.filter(feed_file=claimed.path.name).order_by("-pk").first()
        try:
            if job is None or job.status not in (*APPLIED, Status.APPLYING):
                job = self.plan(claimed, self.feed)
                self._refuse(job)
            if job.status not in APPLIED:
                job = services.apply_now(job, by=self.by, good_rows_only=self.good_rows_only, confirmed=True)
        except FileRefused as refused:
            return Fed(claimed.name, job, str(refused))
        except RuleBroken as broken:
            return Fed(claimed.name, job, broken.sentence)
        if job.status == Status.APPLYING:
            return Fed(claimed.name, job, is_open=True)
        if job.status not in APPLIED:
            return Fed(claimed.name, job, job.run.outcome if job.run else "It could not be applied.")
        remember_applied(job)
        return Fed(claimed.name, job)

    def _refuse(self, job: ImportJob) -> None:
        if job.status == Status.REFUSED:
            raise RuleBroken("The file cannot be read.")
        for part in parts_of(job):
            changed = part.counts.get("update", 0)
            total = part.kind.model._base_manager.count()
            if changed * 100 > total * self.most_percent:
                names = part.kind.model._meta.verbose_name_plural
                raise RuleBroken(
                    f"It would change {changed:,} of {total:,} {names}, more than {self.most_percent} %. "
                    "Look at its plan, and apply it by hand if it is right."
                )
