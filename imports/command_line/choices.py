"""What `--map`, `--map-value`, `--constant` and `--filter` say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.management import CommandError

from imports.codes import FileCode, FileRefused
from imports.mapping import exact_mapping
from imports.presets import Preset, preset_for
from imports.readers import fold_header
from imports.types import kind_for
from imports.types.base import ImportKind

BAD_ARGUMENTS = 2


def bad_argument(text: str) -> CommandError:
    return CommandError(text, returncode=BAD_ARGUMENTS)


def pairs(option: str, texts: Sequence[str], shape: str, *, at_last: bool = False) -> dict[str, str]:
    """`left=right` of each text, split at its first equals sign or at its last."""
    found: dict[str, str] = {}
    for text in texts:
        left, sign, right = text.rpartition("=") if at_last else text.partition("=")
        if not sign or not left.strip():
            raise bad_argument(f"{option} takes {shape}, not “{text}”.")
        if left.strip() in found:
            raise bad_argument(f"{option} names “{left.strip()}” twice. Keep one of them.")
        found[left.strip()] = right.strip()
    return found


def chosen_preset(name: str, kind: str) -> Preset | None:
    """Raises `FileRefused` for a preset or a kind that does not exist, and for a preset of another kind."""
    try:
        preset = preset_for(name) if name else None
        wanted = kind or (preset.kind if preset else "")
        if not wanted:
            raise LookupError("Say what the rows are: --kind, or --preset for a file of another platform.")
        kind_for(wanted[:40])
    except LookupError as unknown:
        raise FileRefused.because(FileCode.E_UNSUPPORTED, str(unknown.args[0])) from unknown
    if preset and preset.kind != wanted:
        text = f"The preset {preset.name} is for {preset.kind}, not for {wanted}. Leave one of the two out."
        raise FileRefused.because(FileCode.E_UNSUPPORTED, text)
    return preset


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read: what was asked for by hand, and whose way of writing files it follows."""

    kind: ImportKind
    preset: Preset | None
    asked: Mapping[str, str]
    constants: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]

    def choices(self, headers: Sequence[str]) -> dict[str, Any]:
        """What is asked for comes first, then what the preset says; names and aliases that are left map themselves.

        What comes first frees its column of the rest.
        """
        spelled = {fold_header(header): header for header in headers}
        mapping = {spelled.get(fold_header(header), header): column for header, column in self.asked.items()}
        taken = frozenset({*mapping.values(), *self.constants} - {""})
        theirs = self.preset.choices(headers, taken=taken) if self.preset else {}
        mapping = {**theirs.get("mapping", {}), **mapping}
        constants = {**theirs.get("constants", {}), **self.constants}
        exact = {
            header: column
            for header, column in exact_mapping(self.kind, headers).items()
            if header not in mapping and column not in {*mapping.values(), *constants}
        }
        meanings = theirs.get("value_mapping", {})
        return {
            "preset": self.preset.name if self.preset else "",
            "mapping": {**exact, **mapping},
            "value_mapping": {
                name: {**meanings.get(name, {}), **self.values.get(name, {})} for name in {*meanings, *self.values}
            },
            "constants": constants,
            "formats": theirs.get("formats", {}),
        }


def chosen_reading(options: Mapping[str, Any]) -> Reading:
    """What the options say. Raises `CommandError` for what says nothing, and `FileRefused` for what does not exist."""
    asked = pairs("--map", options["map"], "HEADER=COLUMN", at_last=True)
    constants = pairs("--constant", options["constant"], "COLUMN=VALUE")
    preset = chosen_preset(options["preset"], options["kind"])
    kind = kind_for(preset.kind if preset else options["kind"])
    return Reading(kind, preset, asked, constants, chosen_values(kind, options["map_value"]))


def chosen_values(kind: ImportKind, texts: Sequence[str]) -> dict[str, dict[str, str]]:
    """`COLUMN:THEIRS=OURS`, where COLUMN is one of ours."""
    shape = "COLUMN:THEIRS=OURS"
    names = [column.name for column in kind.columns]
    found: dict[str, dict[str, str]] = {}
    for text in texts:
        column, sign, meaning = text.partition(":")
        if not sign:
            raise bad_argument(f"--map-value takes {shape}, not “{text}”.")
        if column.strip() not in names:
            raise bad_argument(f"--map-value names our column: {', '.join(names)}; not “{column.strip()}”.")
        theirs, sign, ours = meaning.rpartition("=")
        if not sign:
            raise bad_argument(f"--map-value takes {shape}, not “{text}”.")
        found.setdefault(column.strip(), {})[theirs.strip()] = ours.strip()
    return found


def chosen_filters(texts: Sequence[str]) -> dict[str, list[str]]:
    """`FIELD=VALUE`; a field that is named twice takes both values."""
    found: dict[str, list[str]] = {}
    for text in texts:
        field, sign, value = text.partition("=")
        if not sign or not field.strip():
            raise bad_argument(f"--filter takes FIELD=VALUE, not “{text}”.")
        found.setdefault(field.strip(), []).append(value.strip())
    return found
