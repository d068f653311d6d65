"""Exports from the lists: made at once or in the background, kept on record, and fetched once more by their owner."""

from tempfile import TemporaryFile
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db.models import BooleanField, ExpressionWrapper, Model, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from admin_theme.console import ReadOnlyAdmin
from admin_theme.displays import quiet, relative_time, two_lines
from admin_theme.offers import ListOffer, SelectionOffer, list_offers, selection_offers
from apps.audit.downloads import note_download
from apps.records.listed import listed_rows
from apps.records.policy import policy_for, scope
from apps.records.rules import RuleBroken
from imports.admin import gift_files, workbooks
from imports.admin.downloads import found_or_nothing
from imports.exporter import FORMATS, export_dataset
from imports.exporter.keeping import may_fetch, oldest_kept
from imports.exporter.lists import kind_of
from imports.models import ExportRecord
from imports.tasks import make_export
from imports.types import KINDS
from imports.types.base import ImportKind
from imports.words import counted_kind, kind_title

AT_ONCE = 5_000
FORMAT = "format"


@admin.register(ExportRecord)
class ExportRecordAdmin(ReadOnlyAdmin[ExportRecord]):
    list_display = ("what", "rows", "who", "when", "fetch")
    list_filter = ("format", "requester")
    list_select_related = ("requester",)
    search_fields = ("kind", "sha256")
    empty_title = "Nothing has been exported yet"
    empty_text = "Every list has buttons to export it. What is taken out stands here with who, when and how many rows."

    @admin.display(description="Export", ordering="kind")
    def what(self, record: ExportRecord) -> SafeString:
        return two_lines(kind_title(record.kind), record.get_format_display())

    @admin.display(description="Rows", ordering="row_count")
    def rows(self, record: ExportRecord) -> str:
        return f"{record.row_count:,}"

    @admin.display(description="Who", ordering="requester__email")
    def who(self, record: ExportRecord) -> str:
        return str(record.requester)

    @admin.display(description="When", ordering="exported_at")
    def when(self, record: ExportRecord) -> SafeString:
        return relative_time(record.exported_at)

    @admin.display(description="File")
    def fetch(self, record: ExportRecord) -> SafeString:
        if not record.is_own or not record.file or record.exported_at < oldest_kept():  # type: ignore[attr-defined]
            return quiet("–")
        address = reverse("admin:imports_exportrecord_file", args=[record.pk])
        return format_html('<a class="c-button" href="{}" download>Download</a>', address)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExportRecord]:
        own = ExpressionWrapper(Q(requester=request.user.pk), output_field=BooleanField())
        records: QuerySet[ExportRecord] = super().get_queryset(request).annotate(is_own=own)
        return records

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("make/<slug:key>/", wrap(require_POST(self.make)), name="imports_exportrecord_make"),
            path("workbooks/", wrap(require_POST(workbooks.list_view)), name="imports_exportrecord_workbooks"),
            path(
                "workbooks/<int:course_id>/",
                wrap(require_POST(workbooks.course_view)),
                name="imports_exportrecord_workbook",
            ),
            path(
                "gift/<int:assessment_id>/",
                wrap(require_POST(gift_files.assessment_view)),
                name="imports_exportrecord_gift",
            ),
            path("<int:object_id>/file/", found_or_nothing(self, wrap(self.file)), name="imports_exportrecord_file"),
            *super().get_urls(),
        ]

    def make(self, request: HttpRequest, key: str) -> HttpResponseBase:
        """Exports the list whose query string the address carries."""
        kind = KINDS.get(key)
        if kind is None:
            raise Http404
        if not policy_for(kind.model).may_ever(request.user, "export"):
            raise PermissionDenied
        back = reverse(f"admin:{kind.model._meta.app_label}_{kind.model._meta.model_name}_changelist")
        query, fmt = request.GET.urlencode(), request.POST.get(FORMAT, "")
        try:
            if fmt not in FORMATS:
                raise RuleBroken(f"Exports are made as {' or '.join(FORMATS)}.")
            return hand_over(request, kind, listed_rows(kind.model, query, request.user), fmt, query)
        except RuleBroken as broken:
            messages.error(request, broken.sentence)
            return HttpResponseRedirect(back)

    def file(self, request: HttpRequest, object_id: int) -> HttpResponseBase:
        record = self.require_record(request, str(object_id))
        if not may_fetch(record, request.user):
            raise Http404
        name = file_name(record.kind, record.format)
        note_download(request, record, name)
        return FileResponse(default_storage.open(record.file), as_attachment=True, filename=name)


def hand_over(request: HttpRequest, kind: ImportKind, rows: QuerySet[Any], fmt: str, query: str) -> HttpResponseBase:
    """The file, or for many rows a word that it is being made."""
    number = rows.filter(pk__in=scope(request.user, "export", kind.model).values("pk")).count()
    if number > AT_ONCE:
        title = f"Export {counted_kind(kind.key, number)}"
        make_export.later(by=request.user, title=title, kind=kind.key, fmt=fmt, query=query)
        messages.success(request, f"{counted_kind(kind.key, number)} are being written. The file will stand here.")
        return HttpResponseRedirect(reverse("admin:imports_exportrecord_changelist"))
    out = TemporaryFile()  # noqa: SIM115 - the response closes it
    what: dict[str, Any] = {"among": rows, "filters": {"archived": ["all"]}, "listing": query}
    export_dataset(kind, by=request.user, fmt=fmt, to=out, for_people=True, **what)
    return FileResponse(out, as_attachment=True, filename=file_name(kind.key, fmt))


def file_name(kind: str, fmt: str) -> str:
    return f"{kind}-{localdate():%Y-%m-%d}.{fmt}"


def may_export(request: HttpRequest, model: type[Model]) -> bool:
    return kind_of(model) is not None and policy_for(model).may_ever(request.user, "export")


def offers_of_list(request: HttpRequest, model: type[Model]) -> list[ListOffer]:
    """One button for each format, under lists the person may export."""
    kind = kind_of(model)
    if kind is None or not may_export(request, model):
        return []
    address = reverse("admin:imports_exportrecord_make", args=[kind.key])
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    labels = {"csv": "Export as CSV", "xlsx": "Export as workbook"}
    return [ListOffer(labels[fmt], f"{address}{query}", FORMAT, fmt) for fmt in FORMATS]


def offer_for(fmt: str, label: str) -> SelectionOffer:
    def act(screen: Any, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponseBase | None:
        kind = kind_of(screen.model)
        if kind is None or not may_export(request, screen.model):
            raise PermissionDenied
        try:
            return hand_over(request, kind, rows, fmt, request.GET.urlencode())
        except RuleBroken as broken:
            messages.error(request, broken.sentence)
            return None

    return SelectionOffer(f"export_selected_{fmt}", label, may_export, act)


list_offers.append(offers_of_list)
selection_offers += [
    offer_for("csv", "Export the chosen rows as CSV"),
    offer_for("xlsx", "Export the chosen rows as a workbook"),
]
