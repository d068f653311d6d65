"""Handing a report over: at once where it is small, by a job where it is not."""

from tempfile import TemporaryFile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from apps.records.rules import RuleBroken
from apps.reports.definition import Definition
from apps.reports.keeping import file_name
from apps.reports.making import table_for
from apps.reports.services import FORMATS, make_file
from apps.reports.tasks import make_report

AT_ONCE = 5_000
FORMAT = "format"


def hand_over(request: HttpRequest, definition: Definition, *, title: str, back: str, **which: Any) -> HttpResponseBase:
    """The file, or for many rows a word that it is being made; a refusal leads back with its sentence.

    `which` names the report to the job: `report` by its number, or `ready` by its key.
    """
    fmt = request.POST.get(FORMAT, "")
    out = TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        if fmt not in FORMATS:
            raise RuleBroken(f"Reports are made as {', '.join(FORMATS)}.")
        table = table_for(definition, request.user)
        number = table.count()
        if number > AT_ONCE and fmt != "pdf":
            out.close()
            make_report.later(by=request.user, title=f"Report: {title}", fmt=fmt, **which)
            messages.success(request, f"{number:,} rows are being written. The file will stand here.")
            return HttpResponseRedirect(reverse("admin:reports_reportrun_changelist"))
        make_file(table, title=title, by=request.user, fmt=fmt, to=out, number=which.get("report"))
    except RuleBroken as broken:
        out.close()
        messages.error(request, broken.sentence)
        return HttpResponseRedirect(back)
    return FileResponse(out, as_attachment=True, filename=file_name(title, fmt))
