"""Import activity as a list reports are made of."""

from apps.reports.definition import Definition
from apps.reports.ready_made import Ready, register_ready_made
from apps.reports.sources import Col, Source, register_sources
from imports.models import ImportJob


def offer_to_reports() -> None:
    register_sources(
        Source(
            "imports",
            "Imports",
            ImportJob,
            (
                Col("original_name", "File"),
                Col("kind"),
                Col("status"),
                Col("uploader__email", "Uploaded by"),
                Col("uploader__first_name", "First name"),
                Col("uploader__last_name", "Last name"),
                Col("format"),
                Col("size_bytes", "Size (bytes)"),
                Col("created_at"),
                Col("planned_at"),
                Col("applied_at"),
                Col("undone_at"),
            ),
            verb="view",
            first=("original_name", "kind", "status", "uploader_last_name", "created_at", "applied_at"),
        )
    )
    register_ready_made(
        Ready(
            "imports",
            "Import activity",
            "Who imported what in the last 90 days, and what became of it.",
            Definition(
                "imports",
                groups=("uploader_last_name", "uploader_first_name", "kind"),
                figures=("rows",),
                period_column="created_at",
                period="last-90-days",
                order="-rows",
            ),
        )
    )
