"""Sending a report: to each recipient a file of their own, once for each due time, with the rights they have now."""

import logging
import mimetypes
from collections.abc import Callable
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from apps.accounts.models import User
from apps.audit.downloads import note_file
from apps.notifications.attaching import Attachment
from apps.notifications.services import mail_at_once, notify, way_of
from apps.notifications.states import Way
from apps.records.policy import scope
from apps.records.rules import RuleBroken
from apps.reports.keeping import SENT_KEPT_FOR, file_name, may_fetch
from apps.reports.making import Table, table_for
from apps.reports.models import Report, ReportRun, ReportSchedule
from apps.reports.news import SENT
from apps.reports.queries import everybody_sent_to, runs_of, why_not_taken_out
from apps.reports.services.files import record_file, write_file
from apps.reports.services.handing_over import keep_owned
from apps.reports.services.running import note_success

logger = logging.getLogger(__name__)
LARGEST_ATTACHED = 5 * 1024 * 1024


def deliver(schedule: ReportSchedule, due_at: datetime, *, report: Callable[[int, int], None] | None = None) -> str:
    """Sends it to everybody who may have it and was not sent it yet; says what became of it.

    Nobody's rights but the recipient's own count. Raises `RuleBroken` when it reached nobody, or failed for somebody.
    """
    keep_owned(schedule)
    refuse_a_report_taken_away(schedule)
    told, has_failed, people = [], False, everybody_sent_to(schedule)
    for done, person in enumerate(people):
        if report:
            report(done, len(people))
        try:
            send_to(person, schedule, due_at)
        except RuleBroken as refused:
            told.append(refused.sentence)
        except DatabaseError:
            raise
        except Exception:  # an outgoing message: whatever is wrong with one, the others go out
            logger.exception("The report of schedule %s could not be made for person %s.", schedule.pk, person.pk)
            told.append(f"For {person} something went wrong on our side.")
            has_failed = True
    sent = runs_of(schedule, due_at).count()
    outcome = " ".join(
        [f"Sent to {sent:,} {'person' if sent == 1 else 'people'}." if sent else "Sent to nobody.", *told]
    )
    if has_failed or not sent:
        raise RuleBroken(outcome)
    note_success(schedule, outcome)
    return outcome


def refuse_a_report_taken_away(schedule: ReportSchedule) -> None:
    """What is not shared with the owner of the schedule any more is sent by them to nobody."""
    owner = User.with_archived.get(pk=schedule.owner_id)
    if schedule.report is not None and not scope(owner, "view", Report).filter(pk=schedule.report.pk).exists():
        raise RuleBroken(f"The report is not shared with {owner} any more.")


def send_to(person: Any, schedule: ReportSchedule, due_at: datetime) -> None:
    """Raises `RuleBroken` with the sentence why this person gets nothing."""
    if runs_of(schedule, due_at).filter(requester=person).exists():
        return
    if why := why_not_taken_out(schedule.definition, person):
        raise RuleBroken(why)
    if way_of(person, SENT) == Way.NOTHING:
        raise RuleBroken(f"{person} wants to be told nothing of reports.")
    table = table_for(schedule.definition, person)
    with TemporaryFile() as file:
        try:
            write_file(table, title=schedule.title, by=person, fmt=schedule.format, to=file)
        except RuleBroken as refused:
            raise RuleBroken(f"For {person}: {refused.sentence}") from refused
        hand_out(table, file, person, schedule, due_at)


@transaction.atomic
def hand_out(table: Table, file: IO[bytes], person: Any, schedule: ReportSchedule, due_at: datetime) -> None:
    """The file, the word in the bell and the mail: all of it or nothing, and once."""
    ReportSchedule.objects.select_for_update(of=("self",)).get(pk=schedule.pk)
    if runs_of(schedule, due_at).filter(requester=person).exists():
        return
    run = record_file(
        table,
        file,
        title=schedule.title,
        by=person,
        fmt=schedule.format,
        keep=True,
        report_number=schedule.report_id,
        schedule_number=schedule.pk,
        due_at=due_at,
    )
    tell(person, schedule, run)


def tell(person: Any, schedule: ReportSchedule, run: ReportRun) -> None:
    is_mailed = way_of(person, SENT) == Way.AT_ONCE
    is_wanted = is_mailed and schedule.delivery == ReportSchedule.Delivery.ATTACHED
    is_attached = is_wanted and run.size_bytes <= LARGEST_ATTACHED
    how = f"Fetch the file within {SENT_KEPT_FOR.days} days; it is made for you alone."
    if is_attached:
        how = "The file is attached."
    elif is_wanted:
        how = f"The file is too large for a mail ({filesizeformat(run.size_bytes)}). {how}"
    rows = "1 row" if run.row_count == 1 else f"{run.row_count:,} rows"
    notification = notify(
        person,
        kind=SENT,
        title=f"Report: {run.title}",
        text=f"{rows}, as {schedule.owner} has it sent. {how}",
        link=reverse("admin:reports_reportrun_change", args=[run.pk]),
    )
    if is_mailed and notification is not None:
        mail_at_once(notification, attached=f"reports.reportrun:{run.pk}" if is_attached else "")


def file_to_attach(key: int, person: Any) -> Attachment | None:
    """The file of a run for the mail that brings it, as long as the person may fetch it; noted like a download."""
    run = ReportRun.objects.filter(pk=key).first()
    if run is None or why_not_taken_out(run.what, person) or not may_fetch(run, person):
        return None
    name = file_name(run.title, run.format)
    note_file(run, f"Mailed {name} to {person}", by=person)
    with default_storage.open(run.file) as file:
        return Attachment(name, file.read(), mimetypes.guess_type(name)[0] or "application/octet-stream")
