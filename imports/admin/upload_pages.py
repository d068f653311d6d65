"""The first step: a file comes in, is recognized, or is refused with the reason."""

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from apps.records.rules import RuleBroken
from imports import services
from imports.admin.continuing import continued_by
from imports.admin.pages import to_page
from imports.files import ENDINGS
from imports.forms import UploadForm
from imports.models import ImportJob
from imports.parts import maps_itself
from imports.question_bank import QUESTION_BANK
from imports.types import KINDS
from imports.types.composites import COMPOSITES, kinds_open_to


def upload_page(request: HttpRequest) -> HttpResponseBase:
    """Shows the drop zone, or takes the file that was dropped there."""
    kinds = kinds_open_to(request.user)
    is_sent = request.method == "POST"
    asked = {"kind": request.GET.get("kind", "")}
    form = UploadForm(request.POST, request.FILES, kinds=kinds) if is_sent else UploadForm(kinds=kinds, initial=asked)
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        known = {name: form.cleaned_data[name] for name in ("kind", "encoding")}
        try:
            job = services.upload_file(file, name=file.name, by=request.user, **known)
        except RuleBroken as broken:
            form.add_error(None, broken.sentence)
        else:
            if is_planned_at_once(request, job):
                plan_at_once(request, job)
            return to_page(job)
    return _show(request, form, kinds)


def is_planned_at_once(request: HttpRequest, job: ImportJob) -> bool:
    """Whether nothing is to be asked: every column is one of ours, and the rows are not those of another import."""
    is_clear = job.status == ImportJob.Status.UPLOADED and maps_itself(job) and job.kind != QUESTION_BANK
    return is_clear and continued_by(job, request.user) is None


def plan_at_once(request: HttpRequest, job: ImportJob) -> None:
    """Where every column is one of ours there is nothing to be chosen."""
    try:
        services.start_plan(job, by=request.user)
    except RuleBroken as broken:
        messages.error(request, broken.sentence)


def _show(request: HttpRequest, form: UploadForm, kinds: list[tuple[str, str]]) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": "Import a file",
        "opts": ImportJob._meta,
        "form": form,
        "templates": [(key, title) for key, title in kinds if key in KINDS or COMPOSITES[key].sheets],
        "accepted": ",".join(ENDINGS),
        "steps": [{"name": "Upload", "state": "now"}]
        + [{"name": name, "state": "later"} for name in ("Map", "Plan", "Apply", "Result")],
        "limits": {
            "megabytes": settings.IMPORT_MAX_FILE_BYTES // (1024 * 1024),
            "rows": settings.IMPORT_MAX_ROWS,
            "columns": settings.IMPORT_MAX_COLUMNS,
            "days": settings.IMPORT_KEEP_FILES_DAYS,
        },
    }
    return render(request, "imports/upload.html", context, status=422 if form.errors else 200)
