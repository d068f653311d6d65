"""Files that go out: the upload itself, the rows that cannot be read, the plan, and templates to start from."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from apps.audit.recording import close_change_set, open_change_set
from imports.blank_workbooks import template_name, write_template
from imports.errors_file import errors_file_name, write_errors
from imports.files import may_hold_passwords
from imports.formulas import escape
from imports.models import ImportJob
from imports.parts import parts_of
from imports.types.composites import Composite, importable

CHUNK = 2_000


class Echo:
    """A file that hands every line straight back, so that rows go out one by one."""

    def write(self, line: str) -> str:
        return line


def note_download(request: HttpRequest, record: Model, name: str) -> None:
    """Every file that goes out with somebody's data is one entry of the audit."""
    origin = f"{record._meta.label_lower}:{record.pk}"
    entry = open_change_set(by=request.user, title=f"Downloaded {name}"[:200], origin=origin)
    close_change_set(entry, {record._meta.label_lower: Counter(downloaded=1)})


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
    """The whole plan: one line for every field that changes, and one for every row that changes nothing."""
    if not job.planned_at:
        raise Http404
    note_download(request, job, f"{_stem(job)}-plan.csv")
    head = ["line", "outcome", "key", "name", "column", "before", "after", "messages"]
    return _csv(f"{_stem(job)}-plan.csv", ["sheet", *head] if job.parts else head, _plan_lines(job))


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


def _plan_lines(job: ImportJob) -> Iterator[Sequence[str]]:
    parts = parts_of(job)
    for row in job.rows.order_by("part", "number", "pk").iterator(CHUNK):
        part = parts[row.part]
        sheet = [part.source] if job.parts else []
        about = [*sheet, str(row.number), row.get_outcome_display(), row.key, row.label]
        said = " ".join(str(message.get("message", "")) for message in row.messages)
        if not row.changes:
            yield [*about, "", "", "", said]
        for name, (before, after) in row.changes.items():
            yield [*about, part.kind.label_of(name), str(before), str(after), said]


def _csv(name: str, head: Sequence[str], lines: Iterator[Sequence[str]]) -> StreamingHttpResponse:
    writer = csv.writer(Echo())

    def stream() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(head)
        for line in lines:
            yield writer.writerow([escape(cell) for cell in line])

    response = StreamingHttpResponse(stream(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


def _is_kept(job: ImportJob) -> bool:
    return bool(job.file) and job.file.storage.exists(str(job.file.name))


def _stem(job: ImportJob) -> str:
    return job.original_name.rpartition(".")[0] or "import"
