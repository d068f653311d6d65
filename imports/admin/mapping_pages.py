"""The second step: their columns and values beside ours."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render

from apps.records.rules import RuleBroken
from imports import services
from imports.admin.columns import MapPage, posted_map
from imports.admin.lesson_pages import lesson_options, lesson_page
from imports.admin.pages import show, to_page
from imports.admin.sheets import PartsPage, posted_parts
from imports.admin.steps import may_be_mapped
from imports.admin.unknown import ValuesPage, column_called, options_for, posted_values
from imports.codes import FileRefused
from imports.forms import ReadingForm
from imports.mapping import check_mapping, fitted, save_mapping
from imports.models import ImportJob, ImportMapping
from imports.parts import Part, parts_of
from imports.presets import PRESETS
from imports.question_bank import QUESTION_BANK
from imports.types import kind_for
from imports.types.composites import COMPOSITES, kinds_open_to
from imports.words import counted

UNPROCESSABLE = 422
NO_PRESET: dict[str, Any] = {"preset": "", "mapping": {}, "value_mapping": {}, "constants": {}, "formats": {}}


def map_page(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """Which of their columns is which of ours; leads on to the plan."""
    if not may_be_mapped(job):
        return to_page(job)
    if job.kind == QUESTION_BANK:
        return lesson_page(request, job)
    if job.kind in COMPOSITES:
        return map_parts(request, job)
    if request.method != "POST" or not job.kind:
        return show(request, "map", job, page=MapPage(job, request.user))
    chosen = posted_map(job, request.POST)
    try:
        check_mapping(
            kind_for(job.kind),
            job.headers,
            chosen["mapping"],
            chosen["constants"],
            mode=chosen["mode"],
            asks=PRESETS[job.preset].asks if job.preset else None,
        )
        job = services.configure(job, by=request.user, **chosen)
        if name := request.POST.get("remember", "").strip():
            save_mapping(name, job, by=request.user)
        services.start_plan(job, by=request.user)
    except FileRefused as refused:
        page = MapPage(job, request.user, chosen)
        return show(request, "map", job, page=page, faults=refused.messages, status=UNPROCESSABLE)
    except RuleBroken as broken:
        page = MapPage(job, request.user, chosen)
        return show(request, "map", job, page=page, broken=broken.sentence, status=UNPROCESSABLE)
    return to_page(job, "progress")


def map_parts(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """The same for every table of a composite file; leads on to the plan."""
    if request.method != "POST":
        return show(request, "map_parts", job, page=PartsPage(job, request.user))
    chosen = posted_parts(job, request.POST)
    mode = request.POST.get("mode", "")
    mode = mode if mode in ImportJob.Mode.values else job.mode
    try:
        for part, choices in zip(parts_of(job), chosen, strict=True):
            refuse_part(part, choices, mode)
        job = services.configure(job, by=request.user, parts=chosen, mode=mode)
        services.start_plan(job, by=request.user)
    except FileRefused as refused:
        page = PartsPage(job, request.user, chosen, mode)
        return show(request, "map_parts", job, page=page, faults=refused.messages, status=UNPROCESSABLE)
    except RuleBroken as broken:
        page = PartsPage(job, request.user, chosen, mode)
        return show(request, "map_parts", job, page=page, broken=broken.sentence, status=UNPROCESSABLE)
    return to_page(job, "progress")


def refuse_part(part: Part, chosen: dict[str, Any], mode: str) -> None:
    asks = part.preset.asks if part.preset else None
    try:
        check_mapping(part.kind, part.headers, chosen["mapping"], chosen["constants"], mode=mode, asks=asks)
    except FileRefused as refused:
        raise refused.in_sheet(part.source) from None


def read_again(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """Reads the file anew as another kind, or in another encoding, with another delimiter or from another sheet."""
    form = ReadingForm(request.POST, kinds=kinds_open_to(request.user))
    corrected = int(job.counts.get("corrected", 0))
    try:
        if not form.is_valid():
            raise RuleBroken(form.faults())
        job = services.configure(job, by=request.user, **form.chosen())
    except (FileRefused, RuleBroken) as broken:
        messages.error(request, " ".join(_sentences(broken)))
    else:
        if corrected and not job.corrections.exists():
            rows = counted(corrected, "corrected row is", "corrected rows are")
            messages.warning(request, f"{rows} as in the file again, because the file is read in another way.")
    return to_page(job)


def use_mapping(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """Takes a saved mapping or a preset over, to be looked at before the plan is made."""
    if "preset" in request.POST:
        return _use_preset(request, job, request.POST["preset"])
    key = request.POST.get("mapping", "")
    if not key.isdecimal() or not may_be_mapped(job):
        raise Http404
    saved = get_object_or_404(ImportMapping, pk=int(key[:18]), owner=request.user, kind=job.kind)
    try:
        services.configure(job, by=request.user, **fitted(saved, job.headers))
    except (FileRefused, RuleBroken) as broken:
        messages.error(request, " ".join(_sentences(broken)))
        return to_page(job, "map")
    messages.success(request, f"The mapping “{saved.name}” was taken over. Look it through, then make the plan.")
    return to_page(job, "map")


def _use_preset(request: HttpRequest, job: ImportJob, name: str) -> HttpResponseBase:
    """Reads the file as one of another platform, or, without a name, as any other file."""
    if (name and name not in PRESETS) or not may_be_mapped(job):
        raise Http404
    try:
        if name:
            preset = PRESETS[name]
            services.configure(job, by=request.user, kind=preset.kind, preset=name, **preset.choices(job.headers))
            messages.success(request, f"The file is read as “{preset.title}”. Look it through, then make the plan.")
        else:
            services.configure(job, by=request.user, **NO_PRESET)
    except (FileRefused, RuleBroken) as broken:
        messages.error(request, " ".join(_sentences(broken)))
    return to_page(job, "map")


def values_page(request: HttpRequest, job: ImportJob) -> HttpResponseBase:
    """Which of our values each value of theirs means; the plan is then made again."""
    if not may_be_mapped(job) or not job.kind or job.kind == QUESTION_BANK:
        return to_page(job)
    page = ValuesPage(job, request.user)
    if request.method != "POST":
        return show(request, "values", job, page=page)
    try:
        job = services.configure(job, by=request.user, **posted_values(page, request.POST))
        if page.may_be_remembered and (name := request.POST.get("remember", "").strip()):
            save_mapping(name, job, by=request.user)
        services.start_plan(job, by=request.user)
    except (FileRefused, RuleBroken) as broken:
        return show(request, "values", job, page=page, broken=" ".join(_sentences(broken)), status=UNPROCESSABLE)
    return to_page(job, "progress")


def allowed_options(request: HttpRequest, job: ImportJob) -> HttpResponse:
    """The allowed values that begin like what is being typed, for columns with very many of them."""
    name, typed = request.GET.get("column", ""), request.GET.get("q", "")[:80]
    if job.kind == QUESTION_BANK:
        return render(request, "imports/options.html", {"options": lesson_options(request.user, typed)})
    try:
        column = column_called(job, name)
    except LookupError:
        raise Http404 from None
    options = options_for(column, request.user, containing=typed)
    return render(request, "imports/options.html", {"options": options})


def _sentences(broken: Any) -> list[str]:
    return [broken.sentence] if isinstance(broken, RuleBroken) else [message.text for message in broken.messages]
