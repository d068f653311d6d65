"""Everything held about one person as one JSON file, for them: each record, its earlier versions, what is left out."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Field, QuerySet
from django.utils import timezone

from apps.accounts.about import Personal, left_out, personal_rows
from apps.accounts.models import User
from imports.exporter.keeping import PERSON_FILE
from imports.exporter.making import record_export
from imports.models import ExportRecord

FORMAT = ExportRecord.Format.JSON
BATCH = 500
SOMEBODY, SOMEBODYS = "a colleague", "somebody else's"
Row = dict[str, Any]


def export_person(person: User, *, by: Any, to: IO[bytes]) -> ExportRecord:
    """Writes the file, keeps it for a day for whoever asked, and records that it was made."""
    kinds = personal_rows()
    rows = write_person(person, kinds, to)
    return record_export(
        to,
        by=by,
        kind=PERSON_FILE,
        fmt=FORMAT,
        keep=True,
        listing="",
        columns=[one.model._meta.label_lower for one in kinds],
        filters={"person": person.pk},
        row_count=rows,
    )


def write_person(person: User, kinds: list[Personal], to: IO[bytes]) -> int:
    """The number of records; read in batches and written as they come."""
    written = 0
    head = {"person": person.email, "written_at": timezone.now(), "left_out": left_out}
    to.write(_json(head)[:-1] + b', "records": {')
    for number, one in enumerate(kinds):
        to.write((b", " if number else b"") + _json(one.heading) + b': {"now": [')
        written += _write_rows(one, one.rows_of(person), person, to)
        to.write(b'], "earlier": [')
        if one.has_history:
            written += _write_rows(one, one.history_of(person), person, to)
        to.write(b"]}")
    to.write(b"}}\n")
    return written


def _write_rows(one: Personal, rows: QuerySet[Any], person: User, to: IO[bytes]) -> int:
    written = 0
    for row in _facts(one, rows, person):
        to.write((b",\n" if written else b"\n") + _json(row))
        written += 1
    return written


def _facts(one: Personal, rows: QuerySet[Any], person: User) -> Iterator[Row]:
    is_history = rows.model is not one.model
    fields: list[Field[Any, Any]] = [
        field
        for field in (rows.model.tracked_fields if is_history else one.model._meta.concrete_fields)
        if field.name not in one.secret
    ]
    names = [field.attname for field in fields]
    about_change = ("history_date", "history_type", "history_change_reason") if is_history else ()
    found = rows.order_by("pk").values_list(*names, *about_change).iterator(chunk_size=BATCH)
    while batch := list(islice(found, BATCH)):
        called = _names(fields, batch, person)
        for values in batch:
            facts = {
                field.name: called[field.name].get(value) if field.name in called else value
                for field, value in zip(fields, values, strict=False)
            }
            yield facts | dict(zip(about_change, values[len(fields) :], strict=True))


def _names(fields: "list[Field[Any, Any]]", batch: list[Any], person: User) -> dict[str, dict[Any, str]]:
    """For each field that points at a record what the records are called; of other people the file says nothing."""
    called: dict[str, dict[Any, str]] = {}
    kinds = {one.model: one for one in personal_rows()}
    for place, field in enumerate(fields):
        related = field.related_model
        if not field.is_relation or not isinstance(related, type):
            continue
        keys = {values[place] for values in batch} - {None}
        if related is User:
            called[field.name] = {key: person.email if key == person.pk else SOMEBODY for key in keys}
        elif (about := kinds.get(related)) is not None:
            own = about.rows_of(person).select_related().in_bulk(keys)
            called[field.name] = {key: str(own[key]) if key in own else SOMEBODYS for key in keys}
        else:
            records = related._base_manager.select_related().in_bulk(keys)
            called[field.name] = {key: str(record) for key, record in records.items()}
    return called


def _json(value: Any) -> bytes:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False).encode()
