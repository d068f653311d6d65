"""Where a refused file could be read after all: the encodings or the sheets to choose from."""

from dataclasses import dataclass

from imports.codes import FileCode
from imports.files import local_path
from imports.models import ImportJob
from imports.readers import ENCODINGS, encoding_previews, sheet_names
from imports.readers.csv_table import DELIMITERS


@dataclass(frozen=True, slots=True)
class Way:
    value: str
    label: str
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Ways:
    """A question to the person; `field` is what the answer is posted as."""

    title: str
    field: str
    verb: str
    options: list[Way]


def ways_to_read(job: ImportJob) -> Ways | None:
    """None where no choice would help, or where the file is no longer there."""
    if not job.file or not job.file.storage.exists(str(job.file.name)):
        return None
    codes = {message.get("code") for message in job.messages}
    with local_path(job) as path:
        if FileCode.E_ENCODING in codes:
            options = [Way(encoding, ENCODINGS[encoding], lines) for encoding, lines in encoding_previews(path)]
            return Ways("Which of these reads right?", "encoding", "Read it as this", options)
        if FileCode.E_SHEET in codes:
            options = [Way(name, name, []) for name in sheet_names(path)]
            return Ways("Which sheet is it?", "sheet", "Import this sheet", options)
    if FileCode.E_DIALECT in codes:
        options = [Way(delimiter, name.capitalize(), []) for delimiter, name in DELIMITERS.items()]
        return Ways("What stands between the cells?", "delimiter", "Read it with this", options)
    return None
