"""What `imports correct` does: cells of one line, or the errors file as it comes back."""

from typing import Any

from apps.accounts.models import User
from imports import services
from imports.codes import FileCode, FileRefused
from imports.command_line.choices import bad_argument, pairs
from imports.models import ImportJob
from imports.parts import parts_of


def corrected(job: ImportJob, options: dict[str, Any], user: User) -> ImportJob:
    """The import with its new plan. COLUMN is one of ours; a header of the file that is mapped to none does as well.

    Raises `RuleBroken` and `FileRefused` with nothing changed.
    """
    if (options["file"] is None) == (options["line"] is None and not options["cells"]):
        raise bad_argument("Give --line and --set, or --from with the corrected errors file.")
    if options["file"] is not None:
        return _taken_over(job, options, user)
    cells = pairs("--set", options["cells"], "COLUMN=VALUE")
    part = next((part for part in parts_of(job) if part.source == options["sheet"]), None)
    row = job.rows.filter(part=part.index, number=options["line"]).first() if part is not None else None
    if part is None or row is None or not cells:
        sheet = "--sheet with a sheet of the file, " if job.parts else ""
        what = f"{sheet}--line with a line of the plan of import {job.pk}, and --set with a cell of it"
        raise bad_argument(f"Give {what}.")
    corrected_cells = {part.header_of(name) or name: text for name, text in cells.items()}
    return services.correct_row(job, row, by=user, cells=corrected_cells)


def _taken_over(job: ImportJob, options: dict[str, Any], user: User) -> ImportJob:
    path = options["file"]
    try:
        with path.open("rb") as file:
            return services.continue_with(job, file, name=path.name, by=user)
    except OSError as error:
        text = f"The file cannot be opened: {error.strerror}."
        raise FileRefused.because(FileCode.E_FILENAME, text, value=str(path)) from error
