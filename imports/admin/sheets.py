"""What the map page of a composite file shows: each of its tables with their columns beside ours."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict

from imports.admin.columns import SAMPLES_SHOWN, TheirColumn
from imports.admin.upload_pages import kinds_open_to
from imports.fault_columns import is_fault_header
from imports.mapping import suggest_mapping
from imports.models import ImportJob
from imports.parts import Part, parts_of


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """One table: the columns that map themselves, and those somebody has to decide about."""

    part: Part
    columns: list[TheirColumn]
    unknown: list[TheirColumn]


class PartsPage:
    """The state of the page: what is kept with the import, or what was just posted and could not be."""

    def __init__(self, job: ImportJob, user: Any, posted: list[dict[str, Any]] | None = None, mode: str = "") -> None:
        self.job = job
        self.user = user
        self.mode = mode or job.mode
        self._posted = posted

    @cached_property
    def sheets(self) -> list[SheetColumns]:
        return [self._sheet(part) for part in parts_of(self.job)]

    @cached_property
    def kinds(self) -> list[tuple[str, str]]:
        return kinds_open_to(self.user)

    @property
    def modes(self) -> list[tuple[str, str]]:
        return list(ImportJob.Mode.choices)

    def _sheet(self, part: Part) -> SheetColumns:
        mapping = self._posted[part.index]["mapping"] if self._posted else dict(part.mapping)
        suggested = suggest_mapping(part.kind, part.headers, part.samples) if not self._posted else {}
        columns = []
        for index, header in enumerate(part.headers):
            if header and not is_fault_header(header):
                is_open = header not in mapping
                ours = suggested.get(header, "") if is_open else mapping[header]
                samples = [str(row[index]) for row in part.samples if index < len(row) and row[index]]
                shown = list(dict.fromkeys(samples))[:SAMPLES_SHOWN]
                columns.append(TheirColumn(index, header, shown, ours, is_suggested=is_open and bool(ours)))
        unknown = [column for column in columns if column.header not in part.mapping]
        return SheetColumns(part, columns, unknown)


def posted_parts(job: ImportJob, post: QueryDict) -> list[dict[str, Any]]:
    """The parts with the mapping chosen on the page; fields are numbered by table and column."""
    return [
        {
            **job.parts[part.index],
            "mapping": {
                header: post.get(f"column-{part.index}-{at}", "")
                for at, header in enumerate(part.headers)
                if header and not is_fault_header(header)
            },
        }
        for part in parts_of(job)
    ]
