"""What happens to enrollments by itself."""

from celery.schedules import crontab

from apps.enrollments.queries import enrollments_past_access_end
from apps.enrollments.services import expire_enrollment
from apps.jobs.registry import job
from apps.jobs.running import Run
from apps.records.rules import RuleBroken


@job(title="Expire enrollments", every=crontab(minute="5"), by_hand=True)
def expire_enrollments(run: Run) -> str:
    """Everything due and not done: a run that was missed, or ended early, is made good by the next one."""
    ended = 0
    for enrollment in run.track(enrollments_past_access_end()):
        try:
            expire_enrollment(enrollment, by=run.requester, reason="The access period has ended.")
        except RuleBroken as refused:
            run.warn(f"{enrollment}: {refused.sentence}")
        else:
            ended += 1
    run.count(expired=ended)
    return "No access period has ended." if not ended else f"{ended:,} enrollment{'s' * (ended != 1)} expired."
