"""How things stand with the second person a plan may need, as its pages say it."""

from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString

from admin_theme.displays import relative_time
from apps.records.policy import policy_for
from imports.approvals import latest_approval, makers_of, why_approval_is_needed
from imports.models import ImportApproval, ImportJob

State = ImportApproval.State


class Consent:
    """What this person reads about it, and what they can do."""

    def __init__(self, job: ImportJob, user: Any) -> None:
        self.job = job
        self.user = user

    @cached_property
    def why(self) -> str:
        """Why a second person is needed; nothing where one is enough."""
        return why_approval_is_needed(self.job) if self.job.status == ImportJob.Status.PLANNED else ""

    @cached_property
    def latest(self) -> ImportApproval | None:
        return latest_approval(self.job) if self.why else None

    @property
    def state(self) -> str:
        return self.latest.state if self.latest is not None else ""

    @property
    def is_missing(self) -> bool:
        """Whether the plan must not be applied yet."""
        return bool(self.why) and self.state != State.APPROVED

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def is_approved(self) -> bool:
        return self.state == State.APPROVED

    @property
    def is_declined(self) -> bool:
        return self.state == State.DECLINED

    @cached_property
    def asked(self) -> str:
        """The names of those who were asked."""
        return ", ".join(str(person) for person in self.latest.asked.order_by("pk")) if self.latest else ""

    @property
    def asked_verb(self) -> str:
        return "were" if "," in self.asked else "was"

    @property
    def when(self) -> SafeString:
        latest = self.latest
        return relative_time((latest.decided_at or latest.asked_at) if latest else None)

    @cached_property
    def may_ask(self) -> bool:
        return bool(self.why) and self.state in ("", State.DECLINED, State.WITHDRAWN) and self._may("apply")

    @cached_property
    def may_withdraw(self) -> bool:
        return self.is_open and self._may("apply")

    @cached_property
    def may_decide(self) -> bool:
        return self.is_open and self._may("decide") and self.user.pk not in makers_of(self.job)

    def _may(self, verb: str) -> bool:
        return policy_for(ImportJob).may(self.user, verb, self.job)
