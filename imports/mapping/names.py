"""Which of our columns a header means: exactly, by a known alias, or probably."""

from collections.abc import Iterable, Mapping, Sequence

from imports.fault_columns import is_fault_header
from imports.mapping.samples import fits
from imports.mapping.words import alikeness, meaning_of, words_of
from imports.presets import recognized_presets
from imports.readers.headers import fold_header
from imports.types import KINDS
from imports.types.archive_column import Archive
from imports.types.base import ImportKind
from imports.types.columns import Column

PROBABLE = 0.7
FEW = 2
COUNTING_WORDS = frozenset({"num", "number", "count", "total", "avg", "average"})


def exact_mapping(kind: ImportKind, headers: Sequence[str]) -> dict[str, str]:
    """The headers that are names or aliases of columns; what is neither is left out, and nothing is guessed."""
    mapping: dict[str, str] = {}
    for spellings in (_by_name, _by_alias):
        known = spellings(kind.columns)
        for header in headers:
            column = known.get(fold_header(header))
            if header not in mapping and column and column not in mapping.values():
                mapping[header] = column
    return mapping


def suggest_mapping(kind: ImportKind, headers: Sequence[str], samples: Sequence[Sequence[str]] = ()) -> dict[str, str]:
    """Every header with its column, or with an empty name when none is likely; no column is given away twice."""
    mapping = exact_mapping(kind, headers)
    free = [
        column for column in kind.columns if column.name not in mapping.values() and not isinstance(column, Archive)
    ]
    open_places = [
        at for at, header in enumerate(headers) if header and header not in mapping and not is_fault_header(header)
    ]
    guesses = sorted(
        (
            (probability, -at, column.name)
            for at in open_places
            for column in free
            if (probability := _probability(kind, headers[at], column)) >= PROBABLE
            and fits(column, _values_of(at, samples))
        ),
        reverse=True,
    )
    for _, at, name in guesses:
        header = headers[-at]
        if header not in mapping and name not in mapping.values():
            mapping[header] = name
    return {header: mapping.get(header, "") for header in headers if header}


def suggest_kind(headers: Sequence[str], keys: Iterable[str] | None = None) -> str:
    """The kind of the platform whose headers these are, or else the one whose columns they fit best, if any."""
    if keys is None and (recognized := recognized_presets(headers)):
        return recognized[0].kind
    best, best_score = "", 0.0
    for key in KINDS if keys is None else keys:
        kind = KINDS[key]
        exact = exact_mapping(kind, headers)
        probable = suggest_mapping(kind, headers)
        found = {column for column in probable.values() if column}
        required = [column.name for column in kind.columns if column.required_on_create]
        covered = sum(name in found for name in required) / max(1, len(required))
        score = covered * 10 + len(exact) + 0.5 * (len(found) - len(exact)) - 0.01 * len(kind.columns)
        is_plausible = covered == 1 or len(exact) >= FEW or len(found) > FEW
        if len(found) >= FEW and is_plausible and score > best_score:
            best, best_score = key, score
    return best


def known_headers(kind: ImportKind) -> dict[str, str]:
    """Every folded name and alias with the column it stands for."""
    return {**_by_alias(kind.columns), **_by_name(kind.columns)}


def _by_name(columns: Iterable[Column]) -> Mapping[str, str]:
    return {fold_header(column.name): column.name for column in columns}


def _by_alias(columns: Iterable[Column]) -> Mapping[str, str]:
    return {fold_header(alias): column.name for column in columns for alias in column.aliases}


def _values_of(at: int, samples: Sequence[Sequence[str]]) -> list[str]:
    return [row[at] for row in samples if at < len(row) and row[at]]


def _probability(kind: ImportKind, header: str, column: Column) -> float:
    if COUNTING_WORDS & set(words_of(header)) and not COUNTING_WORDS & set(words_of(column.name)):
        return 0.0
    noun = frozenset({kind.key.removesuffix("s")})
    theirs = meaning_of(header, without=noun)
    return max(
        alikeness(theirs, meaning_of(spelling, without=noun))
        for spelling in (column.name, column.label, *column.aliases)
    )
