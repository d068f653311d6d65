"""What of reports is about a person: those they saved, the files they took out, and whom a filter names."""

from typing import Any

from apps.accounts.about import Identity, Personal, about_people, erase_elsewhere
from apps.accounts.erasing import replace_words
from apps.reports.models import Report, ReportRun

about_people(
    Personal(model=Report, path="owner", title="saved reports"),
    Personal(
        model=ReportRun,
        path="requester",
        title="files of reports",
        secret=frozenset({"file", "reach"}),
        blanks={"ip_address": None},
    ),
)


def forget_in_reports(person: Any, was: Identity) -> int:  # noqa: ARG001
    """Names and descriptions may name somebody, and so may what a list was searched for."""
    history: Any = Report.history.model
    changed = sum(
        replace_words(rows, ("name", "description", "listing"), was)
        for rows in (Report.objects.all(), history.objects.all())
    )
    runs = list(ReportRun.objects.filter(definition__listing__icontains=was.email))
    for run in runs:
        run.definition = was.replaced(run.definition)
    ReportRun.objects.bulk_update(runs, ["definition"], batch_size=500)
    return changed + len(runs)


erase_elsewhere.append(forget_in_reports)
