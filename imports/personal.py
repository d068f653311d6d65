"""What of imports and exports is about a person, and where else rows of files name somebody."""

from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from apps.accounts.about import Identity, Personal, about_people, erase_elsewhere, left_out
from apps.accounts.erasing import replace_words
from imports.exporter.keeping import PERSON_FILE
from imports.models import ExportRecord, ImportComment, ImportCorrection, ImportJob, ImportMapping, ImportRow

TEXT_FIELDS = ("key", "label")
JSON_FIELDS = ("cells", "changes", "values", "messages")

about_people(
    Personal(model=ImportJob, path="uploader", secret=frozenset({"token", "file"})),
    Personal(model=ImportComment, path="author", title="comments on imports"),
    Personal(model=ImportMapping, path="owner", title="saved mappings"),
    Personal(
        model=ExportRecord,
        path="requester",
        title="exports",
        secret=frozenset({"file"}),
        blanks={"ip_address": None},
    ),
)
left_out |= {
    "imports.importcorrection.by": "It says who corrected a cell: a part of the import, which names its uploader.",
    "imports.importapproval.asked_by": "It says who asked: a part of the import.",
    "imports.importapproval.decided_by": "It says who decided: a part of the import.",
    "imports.importapproval_asked.user": "It says who was asked: a part of the import.",
}


def forget_in_files(person: Any, was: Identity) -> int:
    """The rows of imports that name the person, and what was made to be handed over to them."""
    handed_over = ExportRecord.objects.filter(kind=PERSON_FILE, filters__person=person.pk).exclude(file="")
    for name in handed_over.values_list("file", flat=True):
        default_storage.delete(name)
    handed_over.update(file="")
    holds = Q(label__icontains=was.email) | Q(key__icontains=was.email)
    for name in JSON_FIELDS:
        holds |= Q((f"{name}_text__icontains", was.email))
    rows = ImportRow.objects.annotate(**{f"{name}_text": Cast(name, TextField()) for name in JSON_FIELDS}).filter(holds)
    changed = list(rows)
    for row in changed:
        for name in (*TEXT_FIELDS, *JSON_FIELDS):
            setattr(row, name, was.replaced(getattr(row, name)))
    ImportRow.objects.bulk_update(changed, [*TEXT_FIELDS, *JSON_FIELDS], batch_size=500)
    replace_words(ImportCorrection.objects.all(), ("was", "value"), was)
    replace_words(ImportComment.objects.all(), ("text",), was)
    return len(changed)


erase_elsewhere.append(forget_in_files)
