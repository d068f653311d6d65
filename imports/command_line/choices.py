"""What `--map`, `--map-value`, `--constant` and `--filter` say."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.management import CommandError

from apps.records.rules import RuleBroken
from imports.mapping import exact_mapping
from imports.models import ImportJob
from imports.parts import parts_of
from imports.question_bank import QUESTION_BANK, Target
from imports.readers import fold_header
from imports.types.base import ImportKind

BAD_ARGUMENTS = 2
NO_LESSON = "Say with --into COURSE_CODE/LESSON_CODE which lesson takes the questions."


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


def chosen_mapping(
    kind: ImportKind, headers: Sequence[str], asked: Mapping[str, str], constants: Mapping[str, str]
) -> dict[str, str]:
    """Names and aliases map themselves; what is asked for by hand comes first and frees its column of them."""
    spelled = {fold_header(header): header for header in headers}
    mapping = {spelled.get(fold_header(header), header): column for header, column in asked.items()}
    taken = {*mapping.values(), *constants}
    exact = exact_mapping(kind, headers)
    return {
        **{header: column for header, column in exact.items() if header not in mapping and column not in taken},
        **mapping,
    }


def chosen_for_parts(
    job: ImportJob,
    asked: Mapping[str, str],
    values: Mapping[str, Mapping[str, str]],
    constants: Mapping[str, str],
) -> list[dict[str, Any]]:
    """The parts of a composite file with what was chosen by hand, each choice in every part it can be meant for."""
    chosen: list[dict[str, Any]] = []
    unused = set(asked)
    for part in parts_of(job):
        names = {column.name for column in part.kind.columns}
        here = {fold_header(header) for header in part.headers}
        own = {
            header: column
            for header, column in asked.items()
            if fold_header(header) in here and (not column or column in names)
        }
        own_constants = {column: value for column, value in constants.items() if column in names}
        unused -= own.keys()
        chosen.append(
            {
                **job.parts[part.index],
                "mapping": chosen_mapping(part.kind, part.headers, own, own_constants),
                "value_mapping": {column: meant for column, meant in values.items() if column in names},
                "constants": own_constants,
            }
        )
    if unused:
        raise bad_argument(f"--map names “{min(unused)}”, which fits no column of any sheet.")
    return chosen


def chosen_values(kinds: Sequence[ImportKind], texts: Sequence[str]) -> dict[str, dict[str, str]]:
    """`COLUMN:THEIRS=OURS`, where COLUMN is one of ours."""
    shape = "COLUMN:THEIRS=OURS"
    names = list(dict.fromkeys(column.name for kind in kinds for column in kind.columns))
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


def chosen_lesson(kind_key: str, text: str) -> Target | None:
    """The lesson that takes the questions of a question file; other files name theirs row by row."""
    if kind_key != QUESTION_BANK:
        if text:
            raise bad_argument(f"--into goes with --kind {QUESTION_BANK} only.")
        return None
    if not text:
        raise bad_argument(NO_LESSON)
    try:
        return Target.named(text)
    except RuleBroken as broken:
        raise bad_argument(broken.sentence) from broken
