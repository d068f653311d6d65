"""Files of reports: who made or was sent which, and the way to fetch one's own while it is kept."""

from django.contrib import admin
from django.core.files.storage import default_storage
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from admin_theme.actions import console_action
from admin_theme.console import ReadOnlyAdmin
from admin_theme.displays import number, quiet, relative_time, two_lines
from apps.audit.downloads import note_download
from apps.reports.keeping import file_name, is_kept, may_fetch
from apps.reports.models import ReportRun
from apps.reports.services import leave_schedule
from apps.reports.sources import SOURCES


@admin.register(ReportRun)
class ReportRunAdmin(ReadOnlyAdmin[ReportRun]):
    list_display = ("what", "rows", "who", "when", "fetch")
    list_filter = ("format", "requester")
    list_select_related = ("requester",)
    search_fields = ("title", "sha256")
    fields = (
        "fetch",
        "title",
        "requester",
        "list_shown",
        "columns_shown",
        "narrowed_shown",
        ("format", "row_count", "size_bytes"),
        "sha256",
        ("as_of", "made_at"),
    )
    readonly_fields = ("fetch", "list_shown", "columns_shown", "narrowed_shown")
    actions_detail = ("leave",)
    empty_title = "No report has been taken out yet"
    empty_text = "Every file of a report stands here with who, when and how many rows, and for a while to be fetched."

    @admin.display(description="Report", ordering="title")
    def what(self, run: ReportRun) -> SafeString:
        return two_lines(run.title, run.get_format_display())

    @admin.display(description="Rows", ordering="row_count")
    def rows(self, run: ReportRun) -> SafeString:
        return number(run.row_count)

    @admin.display(description="Who", ordering="requester__email")
    def who(self, run: ReportRun) -> str:
        return str(run.requester)

    @admin.display(description="When", ordering="made_at")
    def when(self, run: ReportRun) -> SafeString:
        return relative_time(run.made_at)

    @admin.display(description="File")
    def fetch(self, run: ReportRun) -> SafeString:
        if not run.is_own or not is_kept(run):  # type: ignore[attr-defined]
            return quiet("–")
        address = reverse("admin:reports_reportrun_file", args=[run.pk])
        return format_html('<a class="c-button" href="{}" download>Download</a>', address)

    @console_action(
        "Stop sending me this",
        verb="leave",
        icon="unsubscribe",
        confirm="You get no more of these files. Its owner can add you again.",
        fits=lambda run: run.schedule_number is not None,
    )
    def leave(self, request: HttpRequest, run: ReportRun, reason: str) -> str:
        schedule = leave_schedule(run, by=request.user, reason=reason)
        return f"“{schedule}” is not sent to you any more."

    @admin.display(description="list")
    def list_shown(self, run: ReportRun) -> str:
        source = SOURCES.get(run.what.source)
        return source.title if source else run.what.source

    @admin.display(description="columns")
    def columns_shown(self, run: ReportRun) -> str:
        source = SOURCES.get(run.what.source)
        known = source.columns if source else {}
        return ", ".join(known[name].label if name in known else name for name in run.columns)

    @admin.display(description="narrowed by")
    def narrowed_shown(self, run: ReportRun) -> str:
        parts = [run.what.listing, " ".join(filter(None, (run.what.period_column, run.what.period)))]
        return ", ".join(filter(None, parts)) or "Nothing"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReportRun]:
        own = ExpressionWrapper(Q(requester=request.user.pk), output_field=BooleanField())
        runs: QuerySet[ReportRun] = super().get_queryset(request).annotate(is_own=own)
        return runs

    def get_urls(self) -> list[URLPattern]:
        return [
            path("<int:object_id>/file/", self.file_or_nothing, name="reports_reportrun_file"),
            *super().get_urls(),
        ]

    def file_or_nothing(self, request: HttpRequest, object_id: int) -> HttpResponseBase:
        """To whoever may not have it the file does not exist, signed in or not."""
        if not (self.admin_site.has_permission(request) and self.has_view_permission(request)):
            raise Http404
        answer: HttpResponseBase = self.admin_site.admin_view(self.file)(request, object_id=object_id)
        return answer

    def file(self, request: HttpRequest, object_id: int) -> HttpResponseBase:
        """The file, as long as its owner may still take out everything in it."""
        run = self.require_record(request, str(object_id))
        if not may_fetch(run, request.user):
            raise Http404
        name = file_name(run.title, run.format)
        note_download(request, run, name)
        return FileResponse(default_storage.open(run.file), as_attachment=True, filename=name)
