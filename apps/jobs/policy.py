"""Who may see and steer background work: the person who asked for it, and administrators."""

from typing import Any

from django_celery_beat.models import PeriodicTask

from apps.jobs.models import JobLogLine, JobRun
from apps.records.policy import VERBS, OwnRowsPolicy, RolePolicy, policy


@policy(JobRun)
class JobRunPolicy(OwnRowsPolicy):
    owner_path = "requester"
    verbs = (*VERBS, "cancel", "retry")
    own_verbs = ("view", "cancel", "retry")
    permission_names = {"cancel": "cancel_job"}

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb in self.own_verbs and super().holds_everywhere(user, verb)


@policy(JobLogLine)
class JobLogLinePolicy(OwnRowsPolicy):
    owner_path = "run__requester"

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb == "view" and bool(user.is_superuser)


@policy(PeriodicTask)
class SchedulePolicy(RolePolicy):
    """Managers see schedules and run them now; administrators change them."""

    verbs = (*VERBS, "run")
    key_paths = ("name",)

    def permission(self, verb: str) -> str:
        return "jobs.run_job" if verb == "run" else super().permission(verb)

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return super().holds_everywhere(user, verb) if verb in ("view", "run") else bool(user.is_superuser)
