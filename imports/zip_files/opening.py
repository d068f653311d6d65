"""The source of parts behind a zip: each file that a preset knows is one, joined to the others by their ids."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from imports.codes import FileCode, FileRefused, Message, WarningCode
from imports.corrections import CorrectedTable
from imports.exporter.sheets import CHOICES_SHEET
from imports.mapping.names import known_headers
from imports.mapping.placeholders import filled
from imports.models import ImportJob
from imports.presets import PRESETS, Preset
from imports.presets.reading import Join
from imports.presets.tables import Rules, word_of
from imports.readers import Table
from imports.readers.headers import fold_header
from imports.sources import NOTHING_THERE, Found, Opened
from imports.types import kind_for
from imports.types.composites import COMPOSITES, ZIPPED
from imports.zip_files.joins import JoinedTable, Lookup
from imports.zip_files.packed import Files, open_files


@contextmanager
def open_zip(job: ImportJob, path: Path) -> Iterator[Opened]:
    """The tables of a zip whose files are those of one platform. Raises `FileRefused`."""
    with open_files(job, path) as files, ExitStack() as stack:
        platform = Platform(job, files, stack)
        found = list(platform.found())
        if not found:
            known = ", ".join(sorted({preset.file for preset in _presets_of(job.kind)}))
            heading = COMPOSITES[job.kind].heading
            text = f"{files.where.capitalize()} holds no file that is known; those of {heading} are {known}."
            raise FileRefused.because(FileCode.E_NO_ROWS, text)
        yield Opened(found, platform.warnings())


def platform_of(job: ImportJob, path: Path) -> str:
    """Whose files these are, by their names and headers; an empty string for what is neither a zip nor the workbook
    in which rows of a zip have gone out."""
    if job.format not in ("zip", "xlsx") or job.sheet:
        return ""
    with open_files(job, path) as files:
        heads = {name: files.headers_of(name) for name in files.names if ".csv" in name}
    known = {
        key: sum(preset.file in heads and preset.recognizes(heads[preset.file]) for preset in _presets_of(key))
        for key in ZIPPED
    }
    best = max(known, key=lambda key: known[key])
    if known[best]:
        return best
    if job.format == "zip":
        text = "The zip holds nothing that is known: files of Canvas, of OneRoster, or questions in QTI."
        raise FileRefused.because(FileCode.E_UNSUPPORTED, text)
    return ""


def _presets_of(platform: str) -> list[Preset]:
    return [preset for preset in PRESETS.values() if preset.format == platform and preset.file]


class Platform:
    """The files of one zip, and what they find in each other."""

    def __init__(self, job: ImportJob, files: Files, stack: ExitStack) -> None:
        self._job = job
        self._files = files
        self._stack = stack
        self._tables: dict[str, Table | None] = {}
        self._lookups: dict[tuple[str, ...], Lookup] = {}

    def presets(self) -> list[Preset]:
        """Those whose file is there, has rows and is to be read; one of that name with other columns is not theirs."""
        named = [(preset, self._place(preset)) for preset in _presets_of(self._job.kind)]
        return [
            preset
            for preset, place in named
            if place in self._files.names and preset.recognizes(self._files.headers_of(place))
            if self._table(place) is not None
        ]

    def found(self) -> Iterator[Found]:
        presets = self.presets()
        places = [self._place(preset) for preset in presets]
        for preset, place in zip(presets, places, strict=True):
            if (table := self._table(place)) is None:
                continue
            joins = [join for join in preset.joins if join.file in self._files.names]
            joined = JoinedTable(table, joins, self._lookup)
            if places.count(place) > 1:
                joined.row_count = _wanted_rows(preset, table)
            choices = {"preset": preset.name, **preset.choices(joined.shape.headers)}
            yield Found(preset.kind, self._source(preset), joined, choices)

    def warnings(self) -> list[Message]:
        """Files that are none of ours."""
        used = {self._place(preset) for preset in self.presets()}
        used |= {join.file for preset in self.presets() for join in preset.joins}
        others = sorted({*self._files.names, *self._files.others} - used - {CHOICES_SHEET.lower()})
        text = f"in {self._files.where} is not imported."
        return [Message(WarningCode.W_UNKNOWN_COLUMN, f"“{name[:80]}” {text}") for name in others]

    def _place(self, preset: Preset) -> str:
        """The file of its rows; where rows of two kinds that share one have gone out, each has a sheet of its own."""
        source = self._source(preset)
        return source if source in self._files.names else preset.file

    def _source(self, preset: Preset) -> str:
        """The name of the file; where two kinds of rows are in one, with what these are."""
        shared = [other for other in _presets_of(self._job.kind) if other.file == preset.file]
        return preset.file if shared[0] is preset else f"{preset.file} ({preset.name.rpartition('-')[2]})"

    def _table(self, name: str) -> Table | None:
        """One of the files, with the cells that were corrected; None where it holds no rows."""
        if name not in self._tables:
            presets = [preset for preset in _presets_of(self._job.kind) if name.startswith(preset.file)]
            headers = {header for preset in presets for header in (*preset.columns, *preset.dropped)}
            ours = {header for preset in presets for header in known_headers(kind_for(preset.kind))}
            try:
                found = self._files.table(name, headers | ours)
            except FileRefused as refused:
                if not {message.code for message in refused.messages} <= NOTHING_THERE:
                    raise
                found = None
            self._tables[name] = None if found is None else self._corrected(name, found)
        return self._tables[name]

    def _corrected(self, name: str, table: Table) -> Table:
        """What is joined by an id follows the cell that was written anew, here and there."""
        for index, part in enumerate(self._job.parts if self._job.pk is not None else ()):
            if self._place(PRESETS[part["preset"]]) == name:
                table = CorrectedTable(table, self._job, index)
        return table

    def _lookup(self, join: Join) -> Lookup | None:
        template = self._template(join)
        key = (join.file, join.by, join.gives, template, *sorted(join.values))
        if key not in self._lookups:
            rows = self._rows_for(join, template)
            self._lookups[key] = self._stack.enter_context(closing(Lookup(rows)))
        return self._lookups[key]

    def _template(self, join: Join) -> str:
        """The constant that somebody chose for what the other file lacks, such as addresses made of logins."""
        for part in self._job.parts:
            preset = PRESETS[part["preset"]]
            if preset.file == join.file and (column := preset.columns.get(join.gives)):
                return str(part["constants"].get(column, ""))
        return ""

    def _rows_for(self, join: Join, template: str) -> Iterator[tuple[str, str | None]]:
        table = self._table(join.file)
        if table is None:
            return
        places = {fold_header(header): at for at, header in enumerate(table.shape.headers)}
        by, gives = places.get(fold_header(join.by)), places.get(fold_header(join.gives))
        if by is None:
            return
        rules = self._rules_of(join, table.shape.headers)
        for row in table.rows():
            said = word_of(row.cells[gives]) if gives is not None else ""
            if join.values:
                said = join.values.get(said.casefold(), "")
                if not said:
                    continue
            elif template:
                cells = {header: word_of(cell) for header, cell in zip(table.shape.headers, row.cells, strict=True)}
                said = filled(template, cells)
            is_left_out = rules is not None and rules.for_row(row) is not None
            yield word_of(row.cells[by]), None if is_left_out else said

    def _rules_of(self, join: Join, headers: Sequence[str]) -> Rules | None:
        """What the other file leaves out; a file read only for the words of some rows leaves nothing out."""
        if join.values:
            return None
        own = next((preset for preset in _presets_of(self._job.kind) if preset.file == join.file), None)
        return Rules(own, headers) if own is not None else None


def _wanted_rows(preset: Preset, table: Table) -> int:
    """The rows of a file that two presets share count once."""
    rules = Rules(preset, table.shape.headers)
    return sum(rules.for_row(row) is None for row in table.rows())
