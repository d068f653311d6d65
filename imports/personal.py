"""What of imports and exports is about a person, and where else rows of files name somebody."""

from apps.accounts.about import Personal, about_people, left_out
from imports.models import ExportRecord, ImportComment, ImportJob, ImportMapping

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
