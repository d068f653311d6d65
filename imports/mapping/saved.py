"""Mappings remembered under a name, and offered when a file with the same columns comes again."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.records.rules import RuleBroken
from imports.mapping.placeholders import PLACEHOLDER, headers_in
from imports.models import ImportJob, ImportMapping
from imports.readers.headers import fold_header


@transaction.atomic
def save_mapping(name: str, job: ImportJob, *, by: Any) -> ImportMapping:
    """Remembers how this file was read under a name of one's own; the same name again replaces what it held."""
    name = " ".join(name.split())[:100]
    if not name:
        raise RuleBroken("Give the mapping a name to remember it by.")
    saved, _ = ImportMapping.objects.update_or_create(
        owner=by,
        kind=job.kind,
        name=name,
        defaults={
            "preset": job.preset,
            "headers": job.headers,
            "mapping": job.mapping,
            "value_mapping": job.value_mapping,
            "constants": job.constants,
            "formats": job.formats,
            "used_at": timezone.now(),
        },
    )
    return saved


def offered_mappings(kind: str, headers: Sequence[str], *, by: Any) -> list[ImportMapping]:
    """The person's own mappings whose every header this file has; those of exactly these headers first."""
    here = {fold_header(header) for header in headers}
    fitting = [saved for saved in ImportMapping.objects.filter(owner=by, kind=kind) if _headers_used(saved) <= here]
    return sorted(fitting, key=lambda saved: {fold_header(header) for header in saved.headers} != here)


def fitted(saved: ImportMapping, headers: Sequence[str]) -> dict[str, Any]:
    """What the saved mapping says in the spelling of these headers; columns it has never seen are ignored."""
    spelled = {fold_header(header): header for header in headers}
    columns = {fold_header(header): column for header, column in saved.mapping.items()}

    def respelled(template: str) -> str:
        return PLACEHOLDER.sub(lambda found: f"{{{spelled[fold_header(found.group(1))]}}}", template)

    return {
        "preset": saved.preset,
        "mapping": {header: columns.get(folded, "") for folded, header in spelled.items() if header},
        "value_mapping": saved.value_mapping,
        "constants": {column: respelled(value) for column, value in saved.constants.items()},
        "formats": saved.formats,
    }


def _headers_used(saved: ImportMapping) -> set[str]:
    mapped = [header for header, column in saved.mapping.items() if column]
    named = [header for template in saved.constants.values() for header in headers_in(template)]
    return {fold_header(header) for header in [*mapped, *named]}
