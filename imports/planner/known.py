"""Rows a watched folder has brought before: they need no second look while nobody changes what they led to."""

import json
from collections.abc import Collection, Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from typing import Any

from django.db.models import Q

from imports.models import Feed, FeedRow, ImportJob, ImportRow
from imports.parts import Part, parts_of
from imports.planner.existing import latest_versions
from imports.planner.reading import RowReader
from imports.types.base import Draft
from imports.types.columns import KeyPart

CHUNK = 2_000
State = ImportRow.State


class KnownRows:
    """What one feed remembers of one table; asked and told chunk by chunk."""

    def __init__(self, feed: Feed, job: ImportJob, part: Part, reader: RowReader) -> None:
        self._feed = feed
        self._kind = part.kind
        self._reader = reader
        read = (part.mapping, part.value_mapping, part.constants, part.formats, job.mode, list(part.headers))
        self._how = json.dumps(read, sort_keys=True).encode()

    def unchanged(self, drafts: Sequence[Draft]) -> set[int]:
        """The lines whose record is as this feed left it, in two queries."""
        marks = {draft.number: self._mark(draft.digest) for draft in drafts if any(draft.key)}
        rows = FeedRow.objects.filter(feed=self._feed, kind=self._kind.key, mark__among=set(marks.values()))
        left = {mark: (pk, version) for mark, pk, version in rows.values_list("mark", "object_id", "version")}
        versions = latest_versions(self._kind.model, {pk for pk, _ in left.values()})
        same = {mark for mark, (pk, version) in left.items() if versions.get(pk) == version}
        return {number for number, mark in marks.items() if mark in same}

    def remember(self, job: ImportJob, part: Part) -> None:
        """What an applied import has done, or found done already."""
        done = Q(state=State.APPLIED) | Q(outcome=ImportRow.Outcome.UNCHANGED)
        rows = job.rows.filter(done, part=part.index).exclude(object_id=None).order_by("pk")
        facts: Iterator[Any] = rows.values_list("cells", "object_id", "version_written", "version_seen").iterator(CHUNK)
        while chunk := list(islice(facts, CHUNK)):
            FeedRow.objects.bulk_create(
                self._rows(chunk),
                update_conflicts=True,
                unique_fields=["feed", "kind", "object_id"],
                update_fields=["mark", "version"],
            )

    def _rows(self, facts: Collection[tuple[Any, ...]]) -> Iterator[FeedRow]:
        found = {pk: (cells, written or seen) for cells, pk, written, seen in facts}
        for pk, (cells, version) in found.items():
            if version is not None:
                mark = self._mark(self._reader.digest(cells))
                yield FeedRow(feed=self._feed, kind=self._kind.key, mark=mark, object_id=pk, version=version)

    def _mark(self, digest: bytes) -> int:
        return int.from_bytes(blake2b(digest, key=blake2b(self._how).digest(), digest_size=8).digest(), signed=True)


def known_rows(job: ImportJob, part: Part, reader: RowReader) -> KnownRows | None:
    """Nothing is known where a column writes what lies beside the record, whose history would not tell of a change."""
    beside = (column for column in map(part.kind.column, reader.columns) if column.virtual)
    if job.feed is None or not all(isinstance(column, KeyPart) for column in beside):
        return None
    return KnownRows(job.feed, job, part, reader)


def remember_applied(job: ImportJob) -> None:
    """Notes for the next file of this feed what came of the rows of this one."""
    for part in parts_of(job):
        if (known := known_rows(job, part, RowReader(part.kind, part, part.headers))) is not None:
            known.remember(job, part)
