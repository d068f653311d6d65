"""The errors file that comes in by the door of new imports: whose rows it holds."""

from typing import Any

from apps.records.policy import scope
from imports.fault_columns import import_named_by
from imports.models import ImportJob


def continued_by(job: ImportJob, user: Any) -> ImportJob | None:
    """The plan of this person whose failed rows the file holds, corrected."""
    headers = [*job.headers, *(header for part in job.parts for header in part["headers"])]
    found = import_named_by(headers)
    if found is None or job.status != ImportJob.Status.UPLOADED:
        return None
    return scope(user, "change", ImportJob).filter(pk=found, status=ImportJob.Status.PLANNED).first()
