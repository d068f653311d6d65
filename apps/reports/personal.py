"""What of reports is about a person: those they saved or have sent, their files, and whom a filter names."""

from typing import Any

from apps.accounts.about import Identity, Personal, about_people, erase_elsewhere, left_out
from apps.accounts.erasing import replace_words
from apps.reports.models import Report, ReportRun, ReportSchedule

about_people(
    Personal(model=Report, path="owner", title="saved reports"),
    Personal(
        model=ReportRun,
        path="requester",
        title="files of reports",
        secret=frozenset({"file", "reach"}),
        blanks={"ip_address": None},
    ),
    Personal(model=ReportSchedule, path="owner", title="reports they have sent"),
)
left_out["reports.reportschedule_recipients.user"] = "What was sent to somebody is among their files of reports."


def forget_in_reports(person: Any, was: Identity) -> int:
    """Names and descriptions may name somebody, and so may what a list was searched for; nothing is sent to them."""
    history: Any = Report.history.model
    changed = sum(
        replace_words(rows, ("name", "description", "listing"), was)
        for rows in (Report.objects.all(), history.objects.all())
    )
    sent_to: Any = ReportSchedule.recipients.through
    changed += int(sent_to.objects.filter(user=person).delete()[0])
    changed += replace_words(ReportSchedule.objects.all(), ("last_outcome", "stopped_because"), was)
    changed += replace_words(ReportSchedule.history.model.objects.all(), ("stopped_because",), was)
    runs = list(ReportRun.objects.filter(definition__listing__icontains=was.email))
    for run in runs:
        run.definition = was.replaced(run.definition)
    ReportRun.objects.bulk_update(runs, ["definition"], batch_size=500)
    return changed + len(runs)


erase_elsewhere.append(forget_in_reports)
