"""Correcting the plan where it stands: one row, one value in all rows, or the errors file as it comes back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict

from apps.records.policy import scope
from apps.records.rules import RuleBroken
from imports import services
from imports.admin.pages import see_other, to_page
from imports.admin.steps import address, page_of
from imports.codes import FileRefused
from imports.models import ImportJob, ImportRow
from imports.parts import parts_of
from imports.words import counted, faulty_rows

Outcome = ImportRow.Outcome
KEPT = ("sheet", "tab", "column", "q", "line", "page")
BECOMES = {
    Outcome.CREATE: "can be imported now, as a new one",
    Outcome.UPDATE: "can be imported now",
    Outcome.UNCHANGED: "changes nothing now",
    Outcome.REPEATED: "is the same as an earlier one now",
}


def correct_cells(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """Takes the cells of one row as they were written on the page; those left as they were are as they were."""
    row = _row(request, job)
    headers = parts_of(job)[row.part].headers
    prefix = "cell-"
    posted = {name.removeprefix(prefix): request.POST[name] for name in request.POST if name.startswith(prefix)}
    if not all(at.isdecimal() and at.isascii() and int(at[:5]) < len(headers) for at in posted):
        raise Http404
    cells = {headers[int(at)]: text for at, text in posted.items() if headers[int(at)]}
    try:
        job = services.correct_row(job, row, by=request.user, cells=cells)
    except RuleBroken as broken:
        messages.error(request, broken.sentence)
    else:
        _tell(request, job, row)
    return _back(request, job)


def take_back_corrections(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """One row is again as it is in the file."""
    row = _row(request, job)
    try:
        job = services.withdraw_corrections(job, row, by=request.user)
    except RuleBroken as broken:
        messages.error(request, broken.sentence)
    else:
        messages.success(request, f"{_place(job, row)} is as in the file again.")
    return _back(request, job)


def fix_value(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """Replaces one value of theirs in every row that has it, and plans again."""
    row = _row(request, job)
    column, _, meant = request.POST.get("meant", "").partition("=")
    column = column or request.POST.get("column", "")
    part = parts_of(job)[row.part]
    header = part.header_of(column)
    if not header or column not in {found.name for found in part.kind.columns}:
        raise Http404
    at = part.headers.index(header)
    ours = meant or request.POST.get("ours") or request.POST.get(f"cell-{at}", "")
    before, theirs = faulty_rows(job.counts), str(row.cells[at]) if at < len(row.cells) else ""
    try:
        job = services.correct_value(job, column, theirs, ours, part=part.index, by=request.user)
    except RuleBroken as broken:
        messages.error(request, broken.sentence)
    else:
        if job.status == ImportJob.Status.PLANNED:
            left = before - faulty_rows(job.counts)
            what = f"{counted(left, 'row')} can be imported now" if left > 0 else "the rows still cannot be imported"
            messages.success(request, f"Replaced in every row that has it: {what}.")
    return _back(request, job)


def continue_with_file(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """Takes the corrected errors file: its rows come in place of those of the upload."""
    file: Any = request.FILES.get("file")
    upload = _upload(request)
    if file is None and upload is None:
        messages.error(request, "Choose the corrected file first.")
        return _back(request, job)
    before = faulty_rows(job.counts)
    try:
        if upload is not None:
            job = services.continue_with_upload(job, upload, by=request.user)
        else:
            job = services.continue_with(job, file, name=file.name, by=request.user)
    except RuleBroken as broken:
        messages.error(request, broken.sentence)
    except FileRefused as refused:
        messages.error(request, " ".join(message.text for message in refused.messages[:5]))
    else:
        if job.status == ImportJob.Status.PLANNED:
            now = faulty_rows(job.counts)
            left = f"{counted(now, 'row')} cannot be imported yet" if now else "no row is in the way any more"
            messages.success(request, f"The corrected rows are taken over: {left}, after {before:,} before.")
    return _back(request, job)


def _row(request: HttpRequest, job: ImportJob) -> ImportRow:
    key = request.POST.get("row", "")
    row = job.rows.filter(pk=int(key[:18])).first() if key.isdecimal() and key.isascii() else None
    if row is None:
        raise Http404
    return row


def _upload(request: HttpRequest) -> ImportJob | None:
    """A file that was uploaded as a new import, where that is what is to be taken over."""
    key = request.POST.get("upload", "")
    if not (key.isdecimal() and key.isascii()):
        return None
    return scope(request.user, "change", ImportJob).filter(pk=int(key[:18])).first()


def _tell(request: HttpRequest, job: ImportJob, corrected: ImportRow) -> None:
    """What the corrected row does now; a plan that is being made in the background says it by itself."""
    line, place = corrected.number, _place(job, corrected)
    row = job.rows.filter(part=corrected.part, number=line).first() if job.status == ImportJob.Status.PLANNED else None
    if row is None:
        return
    if words := BECOMES.get(Outcome(row.outcome)):
        messages.success(request, f"{place} {words}.")
    else:
        said = str(row.messages[0]["message"]) if row.messages else ""
        messages.warning(request, f"{place} still cannot be imported. {said}")


def _place(job: ImportJob, row: ImportRow) -> str:
    return parts_of(job)[row.part].place_of(row.number)


def _back(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """To the rows one came from, as long as there are any; else to the table they were in."""
    job.refresh_from_db(fields=["status", "counts", "parts"])
    asked, kept = QueryDict(request.POST.get("back", "")[:500]), QueryDict(mutable=True)
    for name in KEPT:
        if name in asked:
            kept[name] = asked[name]
    sheet, tab, parts = kept.get("sheet", ""), str(kept.get("tab", "")), parts_of(job)
    part = parts[int(sheet)] if sheet.isdecimal() and int(sheet[:9]) < len(parts) else parts[0]
    if tab in (Outcome.INVALID, Outcome.CONFLICT) and not part.counts.get(tab):
        kept = QueryDict(f"sheet={part.index}" if job.parts else "")
    if page_of(job) != "plan" or not kept:
        return to_page(job)
    return see_other(f"{address(job, 'plan')}?{kept.urlencode()}")
