"""Imports in a line: a file written by the test, planned, applied and taken back in this process."""

import io
from typing import Any

from imports import services
from imports.models import ImportJob, ImportRow


def planned(kind: str, text: str, by: Any, *, name: str = "", **choices: Any) -> ImportJob:
    """The plan of a CSV file with this text; `choices` are those of `configure`."""
    job = services.upload_file(
        io.BytesIO(text.encode(errors="surrogateescape")), name=name or f"{kind}.csv", kind=kind, by=by
    )
    if job.status == ImportJob.Status.REFUSED:
        return job
    if choices:
        services.configure(job, by=by, **choices)
    return services.plan_now(job, by=by)


def applied(kind: str, text: str, by: Any, *, good_rows_only: bool = False, **choices: Any) -> ImportJob:
    job = planned(kind, text, by, **choices)
    return services.apply_now(job, by=by, good_rows_only=good_rows_only, confirmed=True)


def outcomes(job: ImportJob) -> list[str]:
    """What each row will do, in the order of the file."""
    return list(job.rows.order_by("number").values_list("outcome", flat=True))


def row(job: ImportJob, line: int) -> ImportRow:
    return job.rows.get(number=line)


def codes(job: ImportJob, line: int) -> list[str]:
    """The codes of everything that is said about this line."""
    return [message["code"] for message in row(job, line).messages]
