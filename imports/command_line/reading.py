"""How a file is to be read, as the options of a command say it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imports.codes import FileCode, FileRefused
from imports.command_line.choices import bad_argument, chosen_values, pairs
from imports.mapping import exact_mapping
from imports.models import ImportJob
from imports.parts import Part, parts_of
from imports.presets import Preset, preset_for
from imports.readers import fold_header
from imports.types import kind_for
from imports.types.base import ImportKind
from imports.types.composites import COMPOSITES, Composite, importable


@dataclass(frozen=True, slots=True)
class Reading:
    """What was asked for by hand, and whose way of writing files it follows."""

    kind: ImportKind | Composite
    preset: Preset | None
    asked: Mapping[str, str]
    constants: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]

    def choices(self, job: ImportJob) -> dict[str, Any]:
        """What `configure` takes to read this upload so."""
        if isinstance(self.kind, Composite):
            self._refuse_unused(job)
            return {"parts": [{**job.parts[part.index], **self._for_part(part)} for part in parts_of(job)]}
        name = self.preset.name if self.preset else ""
        return {"preset": name, **self.for_table(self.kind, job.headers, self.preset)}

    def for_table(self, kind: ImportKind, headers: Sequence[str], preset: Preset | None) -> dict[str, Any]:
        """What is asked for comes first, then what the preset says; names and aliases that are left map themselves.

        What comes first frees its column of the rest.
        """
        spelled = {fold_header(header): header for header in headers}
        mapping = {spelled.get(fold_header(header), header): column for header, column in self.asked.items()}
        taken = frozenset({*mapping.values(), *self.constants} - {""})
        theirs = preset.choices(headers, taken=taken) if preset else {}
        mapping = {**theirs.get("mapping", {}), **mapping}
        constants = {**theirs.get("constants", {}), **self.constants}
        exact = {
            header: column
            for header, column in exact_mapping(kind, headers).items()
            if header not in mapping and column not in {*mapping.values(), *constants}
        }
        meanings = theirs.get("value_mapping", {})
        return {
            **theirs,
            "mapping": {**exact, **mapping},
            "value_mapping": {
                name: {**meanings.get(name, {}), **self.values.get(name, {})} for name in {*meanings, *self.values}
            },
            "constants": constants,
        }

    def _for_part(self, part: Part) -> dict[str, Any]:
        """Each choice holds in every table it can be meant for."""
        names = {column.name for column in part.kind.columns}
        own = Reading(
            part.kind,
            part.preset,
            {header: column for header, column in self.asked.items() if _can_mean(header, column, part)},
            {column: value for column, value in self.constants.items() if column in names},
            {column: meant for column, meant in self.values.items() if column in names},
        )
        return own.for_table(part.kind, part.headers, part.preset)

    def _refuse_unused(self, job: ImportJob) -> None:
        for header, column in self.asked.items():
            if not any(_can_mean(header, column, part) for part in parts_of(job)):
                raise bad_argument(f"--map names “{header}”, which fits no column of any table.")


def _can_mean(header: str, column: str, part: Part) -> bool:
    is_here = fold_header(header) in map(fold_header, part.headers)
    return is_here and (not column or any(column == ours.name for ours in part.kind.columns))


def chosen_reading(options: Mapping[str, Any]) -> Reading:
    """What the options say. Raises `CommandError` for what says nothing, and `FileRefused` for what does not exist."""
    asked = pairs("--map", options["map"], "HEADER=COLUMN", at_last=True)
    constants = pairs("--constant", options["constant"], "COLUMN=VALUE")
    kind, preset = _kind_and_preset(options["kind"], options["preset"])
    kinds = [kind_for(key) for key in kind.kinds] if isinstance(kind, Composite) else [kind]
    return Reading(kind, preset, asked, constants, chosen_values(kinds, options["map_value"]))


def _kind_and_preset(key: str, name: str) -> tuple[ImportKind | Composite, Preset | None]:
    """A platform whose files come together is a kind of its own, and can be named as either."""
    try:
        preset = preset_for(name) if name and name not in COMPOSITES else None
        ours = preset.kind if preset else name
        if not (key or ours):
            raise LookupError("Say what the rows are: --kind, or --preset for a file of another platform.")
        kind = importable((key or ours)[:40])
    except LookupError as unknown:
        raise FileRefused.because(FileCode.E_UNSUPPORTED, str(unknown.args[0])) from unknown
    if name and ours != kind.key:
        text = f"The preset {name} is for {ours}, not for {kind.key}. Leave one of the two out."
        raise FileRefused.because(FileCode.E_UNSUPPORTED, text)
    return kind, preset
