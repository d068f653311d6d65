"""What a command prints: one JSON object for machines, or a few sentences for people."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.management.base import OutputWrapper

from imports.codes import Message
from imports.models import ImportJob, ImportRow
from imports.parts import parts_of
from imports.presets import PRESETS
from imports.types import KINDS
from imports.types.base import ImportKind
from imports.types.columns import Column, Reference
from imports.types.composites import COMPOSITES
from imports.words import counted

CHUNK = 2_000
Outcome = ImportRow.Outcome
Status = ImportJob.Status
COUNTED = (Outcome.CREATE, Outcome.UPDATE, Outcome.UNCHANGED, Outcome.INVALID, Outcome.CONFLICT, Outcome.REPEATED)
APPLIED = (Status.APPLIED, Status.PARTLY_APPLIED)
CLEAN, PARTLY, REFUSED = 0, 1, 2
EXITS = {Status.APPLIED: CLEAN, Status.PARTLY_APPLIED: PARTLY, Status.UNDONE: CLEAN, Status.PARTLY_UNDONE: PARTLY}


def write_json(out: OutputWrapper, answer: Mapping[str, Any]) -> None:
    """One object; lists that come as iterators are written piece by piece."""
    out.write("{", ending="")
    for at, (name, value) in enumerate(answer.items()):
        out.write(f"{', ' if at else ''}{json.dumps(name)}: ", ending="")
        if isinstance(value, Iterator):
            _write_list(out, value)
        else:
            out.write(_dumped(value), ending="")
    out.write("}")


def _write_list(out: OutputWrapper, items: Iterable[Any]) -> None:
    out.write("[", ending="")
    for at, item in enumerate(items):
        out.write(f"{', ' if at else ''}{_dumped(item)}", ending="")
    out.write("]", ending="")


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def refusal_answer(messages: Iterable[Message], *, kind: str) -> dict[str, Any]:
    """What `plan` answers when there is not even an import."""
    return {
        "job": None,
        "status": "refused",
        "kind": kind,
        "counts": no_counts(),
        "errors": [message.as_json() for message in messages],
        "warnings": [],
        "mapping": {},
    }


def no_counts() -> dict[str, int]:
    return {str(outcome): 0 for outcome in COUNTED}


def plan_answer(job: ImportJob) -> dict[str, Any]:
    """What a plan will do, with all its errors and warnings; of a composite file, part by part as well."""
    return {
        "job": job.pk,
        "status": "planned" if job.status != Status.REFUSED else "refused",
        "kind": job.kind,
        "counts": plan_counts(job),
        "errors": _messages(job, warnings=False),
        "warnings": _messages(job, warnings=True),
        "mapping": mapping_answer(job),
        **parts_answer(job),
    }


def parts_answer(job: ImportJob) -> dict[str, Any]:
    """Nothing of a file that holds but one kind."""
    if job.kind not in COMPOSITES:
        return {}
    parts = parts_of(job)
    return {
        "parts": [
            {"kind": part.kind.key, "source": part.source, "counts": counted_outcomes(part.counts)} for part in parts
        ]
    }


def mapping_answer(job: ImportJob) -> dict[str, Any]:
    return {part.source: part.mapping for part in parts_of(job)} if job.kind in COMPOSITES else job.mapping


def plan_counts(job: ImportJob) -> dict[str, int]:
    return counted_outcomes(job.counts)


def counted_outcomes(counts: Mapping[str, int]) -> dict[str, int]:
    return {str(outcome): int(counts.get(str(outcome), 0)) for outcome in COUNTED}


def plan_exit(job: ImportJob) -> int:
    if job.status == Status.REFUSED:
        return REFUSED
    counts = plan_counts(job)
    return PARTLY if counts[Outcome.INVALID] or counts[Outcome.CONFLICT] else CLEAN


def exit_of(job: ImportJob) -> int:
    """How a command ends that leaves the import in this state."""
    if job.status == Status.PLANNED:
        return plan_exit(job)
    return EXITS.get(Status(job.status), REFUSED)


def _messages(job: ImportJob, *, warnings: bool) -> Iterator[Mapping[str, Any]]:
    place = Places(job)
    for message in job.messages:
        if message["code"].startswith("W_") == warnings:
            yield {**place.nowhere, **message}
    of_rows = job.rows.exclude(messages=[]).order_by("part", "number", "pk").values_list("part", "messages")
    for part, messages in of_rows.iterator(CHUNK):
        for message in messages:
            if message["code"].startswith("W_") == warnings:
                yield {**place.of(part), **message}


class Places:
    """In which table of a composite file something stands; of a file with one table nothing is said."""

    def __init__(self, job: ImportJob) -> None:
        self._parts = [{"sheet": part["source"]} for part in job.parts]
        self.nowhere: dict[str, str] = {"sheet": ""} if job.kind in COMPOSITES else {}

    def of(self, part: int) -> dict[str, str]:
        return self._parts[part] if self._parts else self.nowhere


def applied_answer(job: ImportJob) -> dict[str, Any]:
    """What an apply did: the same answer however often it is asked for."""
    counts = plan_counts(job)
    if job.status not in APPLIED:
        counts |= {str(Outcome.CREATE): 0, str(Outcome.UPDATE): 0}
    else:
        counts |= {name: number for name, number in job.applied_counts.items() if name in counts}
    rows = job.rows.filter(outcome=Outcome.CONFLICT)
    answer = {"job": job.pk, "status": job.status, "counts": counts, "conflicts": _left(job, rows)}
    return answer if job.status in APPLIED or job.run is None else {**answer, "message": job.run.outcome}


def undone_answer(job: ImportJob) -> dict[str, Any]:
    """What an undo took back, and what it left alone, by name."""
    rows = job.rows.filter(state=ImportRow.State.LEFT)
    counts = {"undone": job.rows.filter(state=ImportRow.State.UNDONE).count(), "left": rows.count()}
    return {"job": job.pk, "status": job.status, "counts": counts, "conflicts": _left(job, rows)}


def _left(job: ImportJob, rows: Any) -> Iterator[dict[str, Any]]:
    place = Places(job)
    for row in rows.order_by("part", "number", "pk").iterator(CHUNK):
        said = [message for message in row.messages if message["code"] == "R_CONFLICT"] or row.messages
        why = said[-1]["message"] if said else ""
        yield {**place.of(row.part), "line": row.number, "key": row.key, "label": row.label, "message": why}


def shown_answer(job: ImportJob, outcome: str) -> dict[str, Any]:
    """The plan row by row."""
    rows = job.rows.filter(outcome=outcome) if outcome else job.rows.all()
    place = Places(job)
    return {
        "job": job.pk,
        "status": job.status,
        "kind": job.kind,
        "mode": job.mode,
        "counts": plan_counts(job),
        "mapping": mapping_answer(job),
        **parts_answer(job),
        "rows": (
            {**place.of(row.part), **shown_row(row)} for row in rows.order_by("part", "number", "pk").iterator(CHUNK)
        ),
    }


def shown_row(row: ImportRow) -> dict[str, Any]:
    return {
        "line": row.number,
        "outcome": row.outcome,
        "state": row.state,
        "key": row.key,
        "label": row.label,
        "changes": row.changes,
        "messages": row.messages,
    }


def kinds_answer() -> dict[str, Any]:
    """Every kind with its columns, by its key, and every composite with its kinds."""
    composites = {
        composite.key: {
            "heading": composite.heading,
            "kinds": list(composite.kinds),
            "sheets": dict(composite.sheets),
        }
        for composite in COMPOSITES.values()
    }
    kinds = {
        key: {
            "heading": kind.heading,
            "key": list(kind.key_columns),
            "columns": [_column_answer(kind, column) for column in kind.columns],
        }
        for key, kind in KINDS.items()
    }
    return kinds | composites


def presets_answer() -> dict[str, Any]:
    """Every preset with what becomes of their columns, by its name."""
    return {
        preset.name: {
            "title": preset.title,
            "format": preset.format,
            "kind": preset.kind,
            "recognized_by": list(preset.recognized_by),
            "columns": dict(preset.columns),
            "dropped": dict(preset.dropped),
            "values": dict(preset.values),
            "constants": dict(preset.constants),
            "formats": dict(preset.formats),
            "only_for_new": sorted(preset.only_for_new),
            "left_out": [{"column": rule.header, "because": rule.because} for rule in preset.left_out],
            "asks": dict(preset.asks),
        }
        for preset in PRESETS.values()
    }


def _column_answer(kind: ImportKind, column: Column) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "name": column.name,
        "label": column.label,
        "type": column.type_name,
        "aliases": list(column.aliases),
        "required_on_create": column.required_on_create,
        "is_key": column.name in kind.key_columns,
        "choices": [value for value, _ in column.choices],
        "help": column.help,
        "example": column.example,
    }
    if isinstance(column, Reference):
        answer["refers_to"] = str(column.model._meta.verbose_name)
    return answer


def sentence_about(counts: Mapping[str, int]) -> str:
    """ "3,667 create, 5 invalid"; what is none is left out."""
    said = [counted(number, name, name) for name, number in counts.items() if number]
    return ", ".join(said) or "no rows"
