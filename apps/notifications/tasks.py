"""Mails for those who do not look at the bell, digests, and the outbox that all mails go through."""

from datetime import timedelta

from celery.schedules import crontab
from django.utils import timezone

from apps.jobs.registry import job
from apps.jobs.running import Run
from apps.notifications.models import Mail
from apps.notifications.services import send_due_mails, write_due_mails
from apps.notifications.states import MailState

KEEP_SENT = timedelta(days=30)
ROWS_AT_ONCE = 1_000


@job(title="Mail unread notifications", every=timedelta(minutes=5))
def mail_unread_notifications(run: Run) -> str:
    """One mail for each person with all that is due, digests among them, each notification in one mail."""
    run.report(0, stage="Writing")
    run.count(written=write_due_mails())
    return send_all(run)


@job(title="Send mails", every=timedelta(minutes=1))
def send_mails(run: Run) -> str:
    """Whatever waits in the outbox and is due."""
    return send_all(run)


def send_all(run: Run) -> str:
    sent = send_due_mails(run.warn, lambda number: run.report(number, stage="Sending"))
    run.count(mails=sent)
    return "Nobody waits for a mail." if not sent else f"{sent:,} mail{'s' * (sent != 1)} sent."


@job(title="Tidy up the outbox", every=crontab(minute="50", hour="3"), by_hand=True)
def tidy_outbox(run: Run) -> str:
    """Forgets mails that were sent long ago; what they said was forgotten when they were sent."""
    old = Mail.objects.filter(state=MailState.SENT, sent_at__lt=timezone.now() - KEEP_SENT).order_by("pk")
    deleted = 0
    while keys := list(old.values_list("pk", flat=True)[:ROWS_AT_ONCE]):
        Mail.objects.filter(pk__in=keys).delete()
        deleted += len(keys)
        run.report(deleted)
    run.count(mails=deleted)
    return f"{deleted:,} old mail{'s' * (deleted != 1)} forgotten."
