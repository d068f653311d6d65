"""What `--map-value`, `--filter` and everything that is a pair says."""

from collections.abc import Sequence

from django.core.management import CommandError

from apps.records.rules import RuleBroken
from imports.question_bank import QUESTION_BANK, Target
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
