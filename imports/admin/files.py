"""Files that go out: the upload itself, the rows that cannot be read, the plan, and templates to start from."""

from tempfile import TemporaryFile
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase

from apps.audit.downloads import note_download
from imports.blank_workbooks import template_name, write_template
from imports.errors_file import errors_file_name, write_errors
from imports.files import may_hold_passwords, sha256_of
from imports.models import ExportRecord, ImportJob
from imports.plan_workbook import plan_workbook_name, write_plan
from imports.types.composites import Composite, importable


def uploaded_file(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """The file as it came; one with passwords goes to nobody."""
    if not _is_kept(job) or may_hold_passwords(job):
        raise Http404
    note_download(request, job, job.original_name)
    return FileResponse(job.file.open("rb"), as_attachment=True, filename=job.original_name)


def errors_file(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """The rows that cannot be imported in the format of the upload, with what is wrong beside the cells."""
    if not job.planned_at:
        raise Http404
    note_download(request, job, errors_file_name(job))
    out = TemporaryFile()  # noqa: SIM115 - the response closes it
    write_errors(job, out)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=errors_file_name(job))


def plan_file(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """The whole plan as a workbook; like every export it is recorded with its columns, its rows and its fingerprint."""
    if not job.planned_at:
        raise Http404
    person: Any = request.user
    out = TemporaryFile()  # noqa: SIM115 - the response closes it
    row_count, columns = write_plan(job, out)
    ExportRecord.objects.create(
        requester=person,
        kind=job.kind,
        format=ExportRecord.Format.XLSX,
        columns=columns,
        listing=f"The plan of import {job.pk}",
        row_count=row_count,
        size_bytes=out.seek(0, 2),
        sha256=sha256_of(out),
    )
    return FileResponse(out, as_attachment=True, filename=plan_workbook_name(job))


def template_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """A workbook with the columns of a kind and an example row, for people who may import it."""
    try:
        found = importable(kind)
    except LookupError:
        raise Http404 from None
    if isinstance(found, Composite) and not found.sheets:
        raise Http404
    if not found.may_import(request.user):
        raise PermissionDenied
    out = TemporaryFile()  # noqa: SIM115 - the response closes it
    write_template(found, out)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=template_name(found))


def _is_kept(job: ImportJob) -> bool:
    return bool(job.file) and job.file.storage.exists(str(job.file.name))
