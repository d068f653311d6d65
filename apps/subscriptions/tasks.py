"""What happens to subscriptions by itself."""

from celery.schedules import crontab

from apps.jobs.registry import job
from apps.jobs.running import Run
from apps.subscriptions.services import run_due_changes
from apps.subscriptions.services.due import sentence


@job(title="Do scheduled changes of subscriptions", every=crontab(minute="*/10"), by_hand=True)
def run_scheduled_changes(run: Run) -> str:
    """Everything due and not done: a run that was missed, or ended early, is made good by the next one."""
    done = refused = 0
    for change, is_done in run_due_changes(by=run.requester):
        if is_done:
            done += 1
        else:
            refused += 1
            run.warn(sentence(change))
        run.report(done + refused)
    run.count(done=done, not_possible=refused)
    if not done and not refused:
        return "Nothing was due."
    impossible = f" {refused:,} {'was' if refused == 1 else 'were'} not possible." if refused else ""
    return f"{done:,} change{'s' * (done != 1)} done.{impossible}"
