"""What a mapping must hold before a plan is made: columns that exist, keys that are there, nothing protected."""

from collections.abc import Mapping, Sequence
from functools import cache

from django.apps import apps
from django.db.models import ForeignKey

from imports.codes import FileCode, FileRefused, Message, WarningCode, cut
from imports.fault_columns import is_fault_header
from imports.mapping.names import known_headers
from imports.mapping.placeholders import headers_in
from imports.readers.headers import code_points, confusable_with, fold_header, is_secret
from imports.types.base import ImportKind

HOW_TO_FILL = "Map one of the columns to it, or set it to a constant."
PROTECTED = frozenset(
    {
        "id",
        "pk",
        "is_superuser",
        "is_staff",
        "is_active",
        "password",
        "last_login",
        "groups",
        "user_permissions",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
        "archived_at",
        "archived_by",
        "deleted_at",
        "deleted_by",
    }
)


def check_mapping(
    kind: ImportKind,
    headers: Sequence[str],
    mapping: Mapping[str, str],
    constants: Mapping[str, str] | None = None,
    *,
    mode: str = "upsert",
    asks: Mapping[str, str] | None = None,
) -> list[Message]:
    """Warnings about headers nobody mapped. Raises `FileRefused` with everything that stops the file.

    A header that stands in the mapping with an empty column is ignored on purpose; one that does not stand there at all
    is judged: a protected name or an imitation of ours stops the file, an unknown one is a warning. `asks` says how
    columns that are missing in a file of this platform can be filled.
    """
    constants = constants or {}
    faults = [
        *_unknown_columns(kind, mapping, constants),
        *_missing_headers(headers, mapping, constants),
        *_given_twice(kind, mapping, constants),
        *_secrets_used(mapping, constants),
    ]
    unmapped = [header for header in headers if header and header not in mapping and not is_fault_header(header)]
    known = known_headers(kind)
    for header in unmapped:
        if is_protected(header):
            faults.append(_forbidden(header))
        elif imitated := confusable_with(header, known):
            faults.append(_imitation(header, imitated))
    given = {column for column in mapping.values() if column} | set(constants)
    if not given:
        faults.append(_nothing_known(kind, headers))
    else:
        faults += _absent_columns(kind, given, mode, asks or {})
    if faults:
        raise FileRefused(faults)
    return [
        Message(
            WarningCode.W_UNKNOWN_COLUMN,
            f"The column “{cut(header)}” is none of ours and is not imported.",
            column=cut(header),
        )
        for header in unmapped
        if fold_header(header) not in known
    ]


def is_protected(header: str) -> bool:
    """Whether the header names something no file may write: a database id, a flag, a password, a time of ours."""
    folded, bare = fold_header(header), header.strip()
    return folded in PROTECTED or folded in _our_ids() or (bare.startswith("__") and bare.endswith("__"))


@cache
def _our_ids() -> frozenset[str]:
    """`course_id`, `owner_id` and the like: every model's name, and every foreign key as the database spells it."""
    models = apps.get_models()
    names = {f"{model._meta.model_name}_id" for model in models}
    keys = {field.attname for model in models for field in model._meta.local_fields if isinstance(field, ForeignKey)}
    return frozenset(names | keys)


def _forbidden(header: str) -> Message:
    return Message(
        FileCode.E_HEADER_FORBIDDEN,
        f"The column “{cut(header)}” is protected and is never imported. "
        "Remove it, ignore it, or map it to another column.",
        column=cut(header),
    )


def _secrets_used(mapping: Mapping[str, str], constants: Mapping[str, str]) -> list[Message]:
    """What is blanked while it is read cannot fill anything."""
    named = {header for template in constants.values() for header in headers_in(template)}
    return [
        Message(
            FileCode.E_HEADER_FORBIDDEN,
            f"Passwords stand in the column “{cut(header)}”; they are never read. Ignore it.",
            column=cut(header),
        )
        for header in dict.fromkeys([*(header for header, column in mapping.items() if column), *sorted(named)])
        if is_secret(header)
    ]


def _imitation(header: str, imitated: str) -> Message:
    return Message(
        FileCode.E_HEADER_MISSING,
        f"The column “{cut(header)}” looks like “{imitated}” but is spelled with other letters "
        f"({code_points(header) or 'an invisible character'}). Type it again, or map it yourself.",
        column=cut(header),
    )


def _nothing_known(kind: ImportKind, headers: Sequence[str]) -> Message:
    first = cut(ascii(", ".join(headers))[1:-1])
    wanted = ", ".join(column.name for column in kind.columns if column.required_on_create)
    return Message(
        FileCode.E_HEADER_MISSING,
        f"None of the columns is known. The file begins with: {first}. Expected are columns such as {wanted}.",
        value=first,
    )


def _absent_columns(kind: ImportKind, given: set[str], mode: str, asks: Mapping[str, str]) -> list[Message]:
    """Where records cannot be found again all rows are new, and everything a new record needs must be there."""
    required = [column.name for column in kind.columns if column.required_on_create]
    keys = set(kind.key_columns)
    only_new = mode == "create" or not keys <= given
    needed = [name for name in required if name not in given and (only_new or name in keys)]
    return [
        Message(
            FileCode.E_HEADER_MISSING,
            f"The column “{name}” is missing. {asks.get(name) or HOW_TO_FILL}",
            column=name,
        )
        for name in needed
    ]


def _unknown_columns(kind: ImportKind, mapping: Mapping[str, str], constants: Mapping[str, str]) -> list[Message]:
    ours = {column.name for column in kind.columns}
    asked = [column for column in mapping.values() if column] + list(constants)
    return [
        Message(
            FileCode.E_HEADER_MISSING,
            f"“{cut(name)}” is no column of {kind.key}. Its columns are {', '.join(sorted(ours))}.",
            column=cut(name),
        )
        for name in dict.fromkeys(asked)
        if name not in ours
    ]


def _missing_headers(headers: Sequence[str], mapping: Mapping[str, str], constants: Mapping[str, str]) -> list[Message]:
    asked = [*mapping, *(header for template in constants.values() for header in headers_in(template))]
    return [
        Message(
            FileCode.E_HEADER_MISSING,
            f"The file has no column “{cut(header)}”. Its columns are {cut(', '.join(headers))}.",
            column=cut(header),
        )
        for header in dict.fromkeys(asked)
        if header not in headers
    ]


def _given_twice(kind: ImportKind, mapping: Mapping[str, str], constants: Mapping[str, str]) -> list[Message]:
    sources: dict[str, list[str]] = {}
    for header, column in mapping.items():
        if column:
            sources.setdefault(column, []).append(f"“{cut(header)}”")
    for column in constants:
        sources.setdefault(column, []).append("the constant")
    return [
        Message(
            FileCode.E_HEADER_DUP,
            f"{' and '.join(given)} both fill {kind.label_of(column)}. Keep one of them.",
            column=column,
        )
        for column, given in sources.items()
        if len(given) > 1
    ]
