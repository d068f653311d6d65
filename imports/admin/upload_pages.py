"""The first step: a file comes in, is recognized, or is refused with the reason."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from apps.records.rules import RuleBroken
from imports import services
from imports.admin.pages import to_page
from imports.forms import UploadForm
from imports.models import ImportJob
from imports.types import KINDS
from imports.words import kind_title


def upload_page(request: HttpRequest) -> HttpResponseBase:
    """Shows the drop zone, or takes the file that was dropped there."""
    kinds = kinds_open_to(request.user)
    is_sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES, kinds=kinds) if is_sent else UploadForm(kinds=kinds)
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        known = {name: form.cleaned_data[name] for name in ("kind", "encoding")}
        try:
            return to_page(services.upload_file(file, name=file.name, by=request.user, **known))
        except RuleBroken as broken:
            form.add_error(None, broken.sentence)
    return _show(request, form, kinds)


def kinds_open_to(user: Any) -> list[tuple[str, str]]:
    """The kinds this person may import, by key and title."""
    return [(key, kind_title(key)) for key, kind in KINDS.items() if kind.may_import(user)]


def _show(request: HttpRequest, form: UploadForm, kinds: list[tuple[str, str]]) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": "Import a file",
        "opts": ImportJob._meta,
        "form": form,
        "kinds": kinds,
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
