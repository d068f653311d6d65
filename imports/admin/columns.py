"""What the map page shows: each of their columns with samples and ours, constants, formats, and saved mappings."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict

from imports.admin.continuing import continued_by
from imports.files import local_path
from imports.mapping import exact_mapping, offered_mappings, suggest_mapping
from imports.models import ImportJob, ImportMapping
from imports.presets import PRESETS, Preset, recognized_presets
from imports.readers import ENCODINGS, sheet_names
from imports.readers.headers import is_secret
from imports.types import KINDS
from imports.types.base import ImportKind
from imports.types.columns import CellFault, Column
from imports.types.composites import kinds_open_to

SAMPLES_SHOWN = 3
NEVER_READ = "Passwords are never read."
DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a pipe"}


@dataclass(frozen=True, slots=True)
class TheirColumn:
    """One header of the file."""

    index: int
    header: str
    samples: list[str]
    ours: str
    is_suggested: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class FormatChoice:
    """A column of ours whose numbers or dates may be spelled in more than one way."""

    column: Column
    chosen: str
    is_needed: bool


class MapPage:
    """The state of the page: what is kept with the import, or what was just posted and could not be."""

    def __init__(self, job: ImportJob, user: Any, posted: Mapping[str, Any] | None = None) -> None:
        self.job = job
        self.user = user
        self.kind: ImportKind | None = KINDS.get(job.kind)
        posted = posted or {}
        self.constants: dict[str, str] = posted.get("constants", job.constants)
        self.formats: dict[str, str] = posted.get("formats", job.formats)
        self.mode: str = posted.get("mode", job.mode)
        self._posted_mapping: dict[str, str] | None = posted.get("mapping")

    @cached_property
    def mapping(self) -> dict[str, str]:
        if self._posted_mapping is not None:
            return self._posted_mapping
        if self.job.mapping or self.kind is None:
            return dict(self.job.mapping)
        return suggest_mapping(self.kind, self.job.headers, self.job.samples)

    @cached_property
    def their_columns(self) -> list[TheirColumn]:
        exact = exact_mapping(self.kind, self.job.headers) if self.kind else {}
        return [
            TheirColumn(
                index,
                header,
                self._samples_of(index)[:SAMPLES_SHOWN],
                ours := self.mapping.get(header, ""),
                bool(ours) and exact.get(header) != ours and not self.job.planned_at and not self.preset,
                "" if ours else why_ignored(self.preset, header),
            )
            for index, header in enumerate(self.job.headers)
            if header
        ]

    @cached_property
    def continues(self) -> ImportJob | None:
        return continued_by(self.job, self.user)

    @property
    def preset(self) -> Preset | None:
        """Whose way of writing files this one follows."""
        return PRESETS.get(self.job.preset)

    @cached_property
    def recognized(self) -> list[Preset]:
        """The presets of files with these columns, those of this kind first."""
        found = [preset for preset in recognized_presets(self.job.headers) if preset in self.presets]
        return sorted(found, key=lambda preset: preset.kind != self.job.kind)

    @cached_property
    def presets(self) -> list[Preset]:
        """All presets of what the person may import."""
        open_kinds = {key for key, _ in self.kinds}
        return [preset for preset in PRESETS.values() if preset.kind in open_kinds]

    @property
    def asked(self) -> list[str]:
        """How columns that are missing in files of this platform can be filled."""
        return (
            [self.preset.asks[column.name] for column in self.missing if column.name in self.preset.asks]
            if self.preset
            else []
        )

    @property
    def our_columns(self) -> tuple[Column, ...]:
        return self.kind.columns if self.kind else ()

    @cached_property
    def missing(self) -> list[Column]:
        """Columns a new record needs that nothing fills yet."""
        filled = {column for column in self.mapping.values() if column} | set(self.constants)
        return [column for column in self.our_columns if column.required_on_create and column.name not in filled]

    @cached_property
    def constant_columns(self) -> list[tuple[Column, str]]:
        """The columns no header is mapped to, those a new record needs first."""
        mapped = set(self.mapping.values())
        free = [column for column in self.our_columns if column.name not in mapped]
        free.sort(key=lambda column: (column.name not in self.constants, not column.required_on_create))
        return [(column, self.constants.get(column.name, "")) for column in free]

    @cached_property
    def format_choices(self) -> list[FormatChoice]:
        places = {self.mapping.get(header, ""): index for index, header in enumerate(self.job.headers)}
        return [
            FormatChoice(
                column, self.formats.get(column.name, ""), any(_cannot_read(column, s) for s in self._samples_of(place))
            )
            for column in self.our_columns
            if column.formats and (place := places.get(column.name)) is not None
        ]

    @cached_property
    def saved(self) -> list[ImportMapping]:
        return offered_mappings(self.job.kind, self.job.headers, by=self.user) if self.job.kind else []

    @cached_property
    def kinds(self) -> list[tuple[str, str]]:
        return kinds_open_to(self.user)

    @property
    def encodings(self) -> list[tuple[str, str]]:
        return list(ENCODINGS.items()) if self.job.format == "csv" else []

    @property
    def delimiters(self) -> list[tuple[str, str]]:
        return list(DELIMITERS.items()) if self.job.format == "csv" else []

    @cached_property
    def sheets(self) -> list[str]:
        if self.job.format != "xlsx" or not self.job.file:
            return []
        with local_path(self.job) as path:
            return list(sheet_names(path))

    @property
    def example(self) -> str:
        """A constant made of two of their columns, as an example of how it is written."""
        return "-".join(f"{{{header}}}" for header in [header for header in self.job.headers if header][:2])

    @property
    def modes(self) -> list[tuple[str, str]]:
        return list(ImportJob.Mode.choices)

    def _samples_of(self, index: int) -> list[str]:
        filled = (str(row[index]) for row in self.job.samples if index < len(row) and row[index] not in (None, ""))
        return list(dict.fromkeys(filled))


def why_ignored(preset: Preset | None, header: str) -> str:
    """Why a column is not imported, where there is a reason."""
    reason = preset.why_dropped(header) if preset else ""
    return reason or (NEVER_READ if is_secret(header) else "")


def posted_map(job: ImportJob, post: QueryDict) -> dict[str, Any]:
    """What was chosen on the page, as `configure` takes it. Fields are numbered by the columns of the file itself."""
    kind = KINDS[job.kind]
    mapping = {header: post.get(f"column-{index}", "") for index, header in enumerate(job.headers) if header}
    names = [column.name for column in kind.columns]
    free = [name for name in names if name not in mapping.values()]
    constants = {name: value for name in free if (value := post.get(f"constant-{name}", "").strip())}
    formats = {name: value for name in names if (value := post.get(f"format-{name}", ""))}
    mode = post.get("mode", "")
    return {
        "mapping": mapping,
        "constants": constants,
        "formats": {name: value for name, value in formats.items() if value in kind.column(name).formats},
        "mode": mode if mode in ImportJob.Mode.values else job.mode,
    }


def _cannot_read(column: Column, sample: str) -> bool:
    try:
        column.read(sample)
    except CellFault:
        return True
    return False
