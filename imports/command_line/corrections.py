"""What `imports correct` does: cells of one line, or the errors file as it comes back."""

from typing import Any

from apps.accounts.models import User
from imports import services
from imports.codes import FileCode, FileRefused
from imports.command_line.choices import bad_argument, pairs
from imports.models import ImportJob


def corrected(job: ImportJob, options: dict[str, Any], user: User) -> ImportJob:
    """The import with its new plan. Raises `RuleBroken` and `FileRefused` with nothing changed."""
    if (options["file"] is None) == (options["line"] is None and not options["cells"]):
        raise bad_argument("Give --line and --set, or --from with the corrected errors file.")
    if options["file"] is not None:
        return _taken_over(job, options, user)
    cells = pairs("--set", options["cells"], "COLUMN=VALUE")
    row = job.rows.filter(number=options["line"]).first()
    if row is None or not cells:
        raise bad_argument(f"Give --line with a line of the plan of import {job.pk}, and --set with a cell of it.")
    return services.correct_row(job, row, by=user, cells={_header(job, name): text for name, text in cells.items()})


def _taken_over(job: ImportJob, options: dict[str, Any], user: User) -> ImportJob:
    path = options["file"]
    try:
        with path.open("rb") as file:
            return services.continue_with(job, file, name=path.name, by=user)
    except OSError as error:
        text = f"The file cannot be opened: {error.strerror}."
        raise FileRefused.because(FileCode.E_FILENAME, text, value=str(path)) from error


def _header(job: ImportJob, name: str) -> str:
    """COLUMN is one of ours; a header of the file that is mapped to none does as well."""
    return next((header for header, ours in job.mapping.items() if ours == name), name)
