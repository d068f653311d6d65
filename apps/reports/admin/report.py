"""Reports: the list with the ready-made ones above it, a page with the first rows, and the builder."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from admin_theme.displays import badge, quiet, relative_time, two_lines
from admin_theme.gate import may_here
from admin_theme.tabs import Tab, TabbedAdmin, tab_address
from apps.records.rules import RuleBroken
from apps.reports.admin.handing import hand_over
from apps.reports.admin.looks import preview
from apps.reports.admin.offers import schedules_tab, way_to_schedule_ready_made
from apps.reports.definition import Definition, narrowing
from apps.reports.forms import ReportForm
from apps.reports.making import table_for
from apps.reports.models import Report
from apps.reports.ready_made import READY, Ready, open_ready_made
from apps.reports.services import FORMATS, copy_ready_made
from apps.reports.sources import SOURCES, Source, open_sources, source_for

SOURCE = "source"
BUILD, RESULT = "build", "result"
LABELS = {"csv": "CSV", "xlsx": "Workbook", "pdf": "PDF"}


def result_context(request: HttpRequest, report: Report) -> dict[str, Any]:
    return shown(request, report.definition, reverse("admin:reports_report_make", args=[report.pk]))


def shown(request: HttpRequest, definition: Definition, address: str) -> dict[str, Any]:
    """The first rows and the buttons, or the sentence that says why there are none."""
    try:
        found = preview(table_for(definition, request.user))
    except RuleBroken as broken:
        return {"refusal": broken.sentence}
    formats = [(fmt, LABELS[fmt]) for fmt in FORMATS]
    return {"preview": found, "make_address": address, "formats": formats}


def around_builder(request: HttpRequest, source: Source, listing: str) -> dict[str, Any]:
    """Which rows the report is about, and the way to the list where that is chosen."""
    meta = source.model._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    found: dict[str, Any] = {
        "report_source": source,
        "preview_address": reverse("admin:reports_report_preview"),
        "list_address": f"{address}?{listing}" if listing else address,
    }
    try:
        table = table_for(Definition(source.key, listing=listing), request.user)
    except RuleBroken as broken:
        return found | {"builder_refusal": broken.sentence}
    return found | {"builder_filters": table.chips}


def may_build(request: HttpRequest, report: Report) -> bool:
    """Whoever may not take the list out any more keeps the report, to see it or to delete it."""
    source = SOURCES.get(report.source)
    return bool(source and source.is_open_to(request.user)) and may_here(request, "change", Report, report)


@admin.register(Report)
class ReportAdmin(TabbedAdmin[Report]):
    form = ReportForm
    change_form_template = "reports/page.html"
    list_display = ("report", "list_name", "shared", "whose", "updated")
    list_select_related = ("owner",)
    search_fields = ("name", "description")
    search_help_text = "Name"
    ordering = ("name", "pk")
    list_before_template = "reports/list_before.html"
    add_words = "Build a report"
    empty_title = "You have saved no reports yet"
    empty_text = "Open any list, narrow it down, and choose “Save as report” below it. Or begin here with a list."
    empty_action = ("Build a report", "admin:reports_report_add")
    tabs = (
        Tab(key=RESULT, title="Rows", place=10, template="reports/result.html", context=result_context),
        Tab(
            key=BUILD,
            title="Columns and filters",
            place=20,
            has_fields=True,
            opens=may_build,
        ),
        schedules_tab,
    )
    fieldsets = (
        (None, {"fields": ("name", "description", "listing")}),
        ("Columns", {"fields": ("columns",)}),
        ("Only some rows", {"fields": (("period_column", "period"),)}),
        ("Groups and figures", {"fields": (("group_1", "group_2", "group_3"), "figures")}),
        ("Order and sharing", {"fields": ("order", "shared_with")}),
    )

    class Media:
        css = {"all": ("admin_theme/pages.css", "reports/reports.css")}

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        rows: QuerySet[Report] = super().get_queryset(request)
        return rows.prefetch_related("shared_with") if request.resolver_match else rows

    @admin.display(description="report", ordering="name")
    def report(self, report: Report) -> SafeString:
        return two_lines(report.name, report.description)

    @admin.display(description="list", ordering="source")
    def list_name(self, report: Report) -> str:
        source = SOURCES.get(report.source)
        return source.title if source else report.source

    @admin.display(description="shared with")
    def shared(self, report: Report) -> SafeString:
        roles = ", ".join(str(role) for role in report.shared_with.all())
        return badge(roles, "info") if roles else quiet("Nobody")

    @admin.display(description="owner", ordering="owner__email")
    def whose(self, report: Report) -> str:
        return str(report.owner)

    @admin.display(description="updated", ordering="updated_at")
    def updated(self, report: Report) -> SafeString:
        return relative_time(report.updated_at)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        ready = [] if request.GET.get("q") else open_ready_made(request.user)
        return super().changelist_view(request, {**(extra_context or {}), "ready_made": ready})

    # The page

    def headline(self, request: HttpRequest, record: Report) -> dict[str, Any]:  # noqa: ARG002
        return {"line": record.description or f"From the list: {self.list_name(record)}"}

    def side_facts(self, request: HttpRequest, record: Report) -> list[tuple[str, SafeString | str]]:  # noqa: ARG002
        return [
            ("List", self.list_name(record)),
            ("Owner", str(record.owner)),
            ("Shared with", ", ".join(str(role) for role in record.shared_with.all()) or "Nobody"),
        ]

    def source_here(self, request: HttpRequest, report: Report | None) -> Source:
        """The list of the report, or the one a new report begins with. Raises `Http404` for none that is open."""
        try:
            return source_for(report.source if report else request.GET.get(SOURCE, ""), request.user)
        except RuleBroken:
            raise Http404 from None

    def get_form(self, request: HttpRequest, obj: Report | None = None, **kwargs: Any) -> Any:
        if not self.builds(request, obj):
            return super().get_form(request, obj, **kwargs | {"form": ModelForm, "fields": ()})
        form = super().get_form(request, obj, **kwargs | {"fields": None})
        return type("OpenForm", (form,), {"user": request.user, "list_source": self.source_here(request, obj)})

    def builds(self, request: HttpRequest, report: Report | None) -> bool:
        """Whether this is the page with the builder."""
        tab = self.current_tab(request, report)
        return tab is None or tab.has_fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fieldsets if self.builds(request, obj) else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"listing": narrowing(request.GET.get("listing", "")[:1000])}

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """The builder, or the lists one can begin with."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if SOURCE not in request.GET:
            return self.choose_list(request)
        answer: HttpResponseBase = super().add_view(request, form_url, extra_context)
        return answer

    def choose_list(self, request: HttpRequest) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Build a report",
            "opts": self.opts,
            "sources": list(open_sources(request.user)),
        }
        return TemplateResponse(request, "reports/choose_list.html", context)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        report = kwargs.get("obj")
        if self.builds(request, report):
            listing = report.listing if report else narrowing(request.GET.get("listing", ""))
            context |= around_builder(request, self.source_here(request, report), listing)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        obj.take(form.definition())
        if not change:
            obj.owner = request.user
        obj.save()

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:  # noqa: ARG002
        return HttpResponseRedirect(tab_address(obj))

    # What else there is

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("begin/<slug:key>/", wrap(require_POST(self.begin)), name="reports_report_begin"),
            path("preview/", wrap(require_POST(self.preview_view)), name="reports_report_preview"),
            path("ready/<slug:key>/", wrap(require_safe(self.ready_view)), name="reports_report_ready"),
            path("ready/<slug:key>/make/", wrap(require_POST(self.make_ready)), name="reports_report_make_ready"),
            path("ready/<slug:key>/copy/", wrap(require_POST(self.copy_ready)), name="reports_report_copy_ready"),
            path("<path:object_id>/make/", wrap(require_POST(self.make)), name="reports_report_make"),
            *super().get_urls(),
        ]

    def refuse_without_reports(self, request: HttpRequest, verb: str = "view") -> None:
        if not may_here(request, verb, Report):
            raise PermissionDenied

    def begin(self, request: HttpRequest, key: str) -> HttpResponseBase:
        """From a list to the builder: the address of the list is kept, nothing else."""
        self.refuse_without_reports(request, "add")
        try:
            source = source_for(key, request.user)
        except RuleBroken:
            raise Http404 from None
        asked = {SOURCE: source.key, "listing": narrowing(request.GET.urlencode())}
        return HttpResponseRedirect(f"{reverse('admin:reports_report_add')}?{urlencode(asked)}")

    def preview_view(self, request: HttpRequest) -> HttpResponseBase:
        """The first rows of what stands in the builder; nothing is saved."""
        self.refuse_without_reports(request, "add")
        source = self.source_here(request, None)
        form_class: Any = type("OpenForm", (ReportForm,), {"user": request.user, "list_source": source})
        form = form_class({**request.POST.dict(), **lists_of(request), "name": "-"}, instance=Report())
        context: dict[str, Any] = {"preview": None, "is_draft": True}
        if form.is_valid():
            context["preview"] = preview(form.table)
        else:
            context["refusal"] = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return TemplateResponse(request, "reports/rows.html", context)

    def make(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        report = self.require_record(request, unquote(object_id))
        facts: dict[str, Any] = {"title": report.name, "back": tab_address(report), "report": report.pk}
        return hand_over(request, report.definition, **facts)

    def ready_here(self, request: HttpRequest, key: str) -> Ready:
        self.refuse_without_reports(request)
        ready = READY.get(key)
        if ready is None or not ready.is_open_to(request.user):
            raise Http404
        return ready

    def ready_view(self, request: HttpRequest, key: str) -> HttpResponse:
        ready = self.ready_here(request, key)
        context = {
            **self.admin_site.each_context(request),
            **shown(request, ready.definition, reverse("admin:reports_report_make_ready", args=[key])),
            "title": ready.title,
            "ready": ready,
            "schedule_address": way_to_schedule_ready_made(key),
            "opts": self.opts,
        }
        return TemplateResponse(request, "reports/ready.html", context)

    def make_ready(self, request: HttpRequest, key: str) -> HttpResponseBase:
        ready = self.ready_here(request, key)
        back = reverse("admin:reports_report_ready", args=[key])
        return hand_over(request, ready.definition, title=ready.title, back=back, ready=key)

    def copy_ready(self, request: HttpRequest, key: str) -> HttpResponseBase:
        ready = self.ready_here(request, key)
        try:
            report = copy_ready_made(ready.key, by=request.user)
        except ValidationError as broken:
            messages.error(request, " ".join(broken.messages))
            return HttpResponseRedirect(reverse("admin:reports_report_ready", args=[key]))
        messages.success(request, "Saved as a report of your own. Change what you like.")
        return HttpResponseRedirect(tab_address(report, BUILD))


def lists_of(request: HttpRequest) -> dict[str, list[str]]:
    return {name: request.POST.getlist(name) for name in ("columns", "figures", "shared_with")}
