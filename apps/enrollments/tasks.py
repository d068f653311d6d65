"""What happens to enrollments by itself."""

from datetime import timedelta

from celery.schedules import crontab

from apps.enrollments.queries import courses_with_free_seats, enrollments_past_access_end
from apps.enrollments.services import expire_enrollment, give_free_seats
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


@job(title="Give free seats to waiting learners", every=timedelta(minutes=5), by_hand=True)
def give_seats(run: Run) -> str:
    """Every seat that is free while somebody waits, whatever freed it: an import, more seats, a run that was missed."""
    given = sum(len(give_free_seats(course, by=run.requester)) for course in run.track(list(courses_with_free_seats())))
    run.count(given=given)
    return "No seat is free for anybody who waits." if not given else f"{given:,} seat{'s' * (given != 1)} given."
