"""What somebody leaves behind who may not own it any more: schedules and their reports go to somebody who may."""

from collections.abc import Iterable
from typing import Any

from apps.accounts.models import User
from apps.audit.recording import change_set
from apps.reports.models import Report, ReportSchedule
from apps.reports.queries import everybody_sent_to, why_not_taken_out
from apps.reports.services.scheduling import tell_owner


def hand_over_what_is_left(person: Any) -> None:
    """Called whenever somebody may do less: looks after each of their schedules, and reports of theirs others have
    sent."""
    for number in ReportSchedule.objects.filter(owner=person.pk).order_by("pk").values_list("pk", flat=True):
        keep_owned(ReportSchedule.objects.select_related("report", "owner").get(pk=number))
    now = User.with_archived.get(pk=person.pk)
    for report in Report.objects.filter(owner=person.pk, schedules__isnull=False).distinct():
        if why_not_taken_out(report.definition, now):
            _hand_over_report(report, report.schedules.exclude(owner=person.pk).select_related("owner"))


def keep_owned(schedule: ReportSchedule) -> None:
    """Hands it over when its owner may not take the list out any more."""
    owner = User.with_archived.get(pk=schedule.owner_id)
    if not (why := why_not_taken_out(schedule.definition, owner)):
        return
    heir = heir_of(schedule)
    if heir is None:
        return
    with change_set(title=f"Hand over the report {schedule} to {heir}"[:200], reason=why):
        schedule.owner = heir
        schedule.save(update_fields=["owner", "updated_at"])
        if schedule.report is not None and schedule.report.owner_id == owner.pk:
            _hand_over_report(schedule.report, [schedule])
        tell_owner(schedule, f"“{schedule}” is yours now", f"{why} So its schedule was handed over to you.")


def heir_of(schedule: ReportSchedule) -> Any:
    """The owner of the report, a recipient or an administrator: the first who may own it. None on a platform without
    any administrator, where it stays."""
    others = [schedule.report.owner] if schedule.report is not None else []
    others += everybody_sent_to(schedule)
    others = [person for person in others if person.pk != schedule.owner_id]
    able = (person for person in others if not why_not_taken_out(schedule.definition, person))
    administrators = User.administrators().exclude(pk=schedule.owner_id).order_by("pk")
    return next(able, None) or administrators.first()


def _hand_over_report(report: Report, schedules: Iterable[ReportSchedule]) -> None:
    """To the owner of the first of its schedules, under a name they have not used yet."""
    heir = next((schedule.owner for schedule in schedules), None)
    if heir is None:
        return
    with change_set(title=f"Hand over the report {report} to {heir}"[:200]):
        taken = set(Report.objects.filter(owner=heir).values_list("name", flat=True))
        names = (report.name, *(f"{report.name[:90]} ({number})" for number in range(2, len(taken) + 3)))
        report.owner, report.name = heir, next(name for name in names if name not in taken)
        report.save()
