"""The presets as data: what each of their columns is here, which are dropped and why, and which rows are left out."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from imports.readers.headers import fold_header


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows that are not imported: those whose cell under `header` is matched, and why.

    With `only_beside`, only where another row that is not matched says the same under these headers. `alone`: in a zip
    nobody is told, because there another table takes these rows in.
    """

    header: str
    matches: re.Pattern[str]
    because: str
    only_beside: tuple[str, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """A column filled from another file of the same zip: by the row whose cell under `by` is ours under `header`.

    `values` are the only words taken over, in ours; `must` says that such a row has to be there. Where the other file
    leaves its row out, ours is left out too.
    """

    column: str
    header: str
    file: str
    by: str
    gives: str
    must: bool = False
    values: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Preset:
    """One file of one other platform. Several headers may mean one column: the first that is there counts.

    `only_for_new` are columns that say nothing about records there are already; `asks` is what a person is told who has
    to fill a column the file does not hold.
    """

    name: str
    title: str
    format: str
    kind: str
    file: str
    recognized_by: tuple[str, ...]
    columns: Mapping[str, str]
    dropped: Mapping[str, str]
    secret: tuple[str, ...]
    only_for_new: frozenset[str]
    values: Mapping[str, Mapping[str, str]]
    formats: Mapping[str, str]
    constants: Mapping[str, str]
    asks: Mapping[str, str]
    left_out: tuple[LeftOut, ...]
    joins: tuple[Join, ...]

    def recognizes(self, headers: Sequence[str]) -> bool:
        here = {fold_header(header) for header in headers}
        return all(fold_header(header) in here for header in self.recognized_by)

    def mapping(self, headers: Sequence[str], *, taken: frozenset[str] = frozenset()) -> dict[str, str]:
        """The headers the preset knows, each with its column, or with an empty name where it is dropped."""
        spelled = {fold_header(header): header for header in headers if header}
        found: dict[str, str] = {}
        given = set(taken)
        for theirs, column in self.columns.items():
            if (header := spelled.get(fold_header(theirs))) is not None:
                found[header] = "" if column in given else column
                given.add(column)
        return {**{header: "" for header in headers if header and self.why_dropped(header)}, **found}

    def why_dropped(self, header: str) -> str:
        """The reason why this column is not imported, or an empty one."""
        folded = fold_header(header)
        for theirs, reason in self.dropped.items():
            if fnmatchcase(folded, fold_header(theirs)):
                return reason
        return ""

    def choices(self, headers: Sequence[str], *, taken: frozenset[str] = frozenset()) -> dict[str, Any]:
        """What is chosen for a file with these headers, as `configure` takes it; `taken` columns are filled already."""
        mapping = self.mapping(headers, taken=taken)
        filled = {*mapping.values(), *taken}
        return {
            "mapping": mapping,
            "value_mapping": {column: dict(values) for column, values in self.values.items() if column in filled},
            "constants": {column: value for column, value in self.constants.items() if column not in filled},
            "formats": {column: name for column, name in self.formats.items() if column in filled},
        }

    def nearness(self, headers: Sequence[str]) -> int:
        """How many of these headers the preset has an answer for."""
        return len(self.mapping(headers))


def recognized_presets(headers: Sequence[str]) -> list[Preset]:
    """The presets of files with these headers, the one that knows most of them first."""
    found = [preset for preset in PRESETS.values() if preset.recognizes(headers)]
    return sorted(found, key=lambda preset: -preset.nearness(headers))


def preset_for(name: str) -> Preset:
    """Raises `LookupError` for a name no preset has."""
    if name not in PRESETS:
        raise LookupError(f"There is no preset called {name[:40]}. Choose one of {', '.join(PRESETS)}.")
    return PRESETS[name]


def _read(path: Path) -> Preset:
    facts = tomllib.loads(path.read_text(encoding="utf-8"))
    return Preset(
        name=path.stem,
        title=facts["title"],
        format=facts["format"],
        kind=facts["kind"],
        file=facts.get("file", ""),
        recognized_by=tuple(facts["recognized_by"]),
        columns=facts["columns"],
        dropped=facts["dropped"],
        secret=tuple(facts.get("secret", ())),
        only_for_new=frozenset(facts.get("only_for_new", ())),
        values=facts.get("values", {}),
        formats=facts.get("formats", {}),
        constants=facts.get("constants", {}),
        asks=facts.get("asks", {}),
        left_out=tuple(_left_out(rule) for rule in facts.get("left_out", ())),
        joins=tuple(Join(**join) for join in facts.get("joins", ())),
    )


def _left_out(rule: Mapping[str, Any]) -> LeftOut:
    pattern = rule["pattern"] if "pattern" in rule else "|".join(map(re.escape, rule["values"]))
    beside = tuple(rule.get("only_beside", ()))
    return LeftOut(
        rule["header"], re.compile(pattern, re.IGNORECASE), rule["because"], beside, rule.get("alone", False)
    )


PRESETS: Mapping[str, Preset] = {
    preset.name: preset for preset in map(_read, sorted(Path(__file__).parent.glob("*.toml")))
}
