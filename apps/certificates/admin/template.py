"""Templates: what certificates look like, shown as they will be drawn."""

from typing import Any

from csp.decorators import csp_replace
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.clickjacking import xframe_options_sameorigin
from unfold.enums import ActionVariant

from admin_theme.actions import console_action
from admin_theme.displays import badge, number, two_lines
from admin_theme.tabs import Tab, TabbedAdmin
from apps.catalog.admin.panels import history_tab
from apps.certificates import services
from apps.certificates.forms import VersionForm
from apps.certificates.models import Certificate, CertificateTemplate
from apps.certificates.panels import preview_tab
from apps.certificates.pdf.samples import SAMPLES, draw_sample


@admin.register(CertificateTemplate)
class CertificateTemplateAdmin(TabbedAdmin[CertificateTemplate]):
    tabs = (preview_tab, Tab(key="facts", title="What it says", place=10, has_fields=True), history_tab())
    list_display = ("template", "language", "used", "validity")
    list_filter = ("language", "is_default")
    search_fields = ("name", "organization")
    empty_title = "No templates"
    empty_text = "A template says what certificates look like. Add one, and choose it for new certificates."
    empty_action = ("Add a template", "admin:certificates_certificatetemplate_add")
    fields = (
        ("name", "version"),
        ("language", "valid_months"),
        ("organization", "color"),
        ("signatory_name", "signatory_title"),
    )

    class Media:
        css = {"all": ("certificates/certificates.css",)}

    actions_detail = (
        "make_default",
        "new_version",
        {"title": "More", "icon": "more_horiz", "items": ["archive"]},
        "restore",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[CertificateTemplate]:
        rows: QuerySet[CertificateTemplate] = super().get_queryset(request)
        return rows.annotate(has_certificates=Exists(Certificate.objects.filter(template=OuterRef("pk"))))

    def first_step(self, request: HttpRequest) -> tuple[str, str] | None:
        return super().first_step(request) if self.may(request, "add") else None

    @admin.display(description="template", ordering="name")
    def template(self, template: CertificateTemplate) -> SafeString:
        return two_lines(template, template.organization)

    @admin.display(description="used")
    def used(self, template: CertificateTemplate) -> SafeString:
        return use_of(template)

    @admin.display(description="valid for", ordering="valid_months")
    def validity(self, template: CertificateTemplate) -> SafeString:
        return number(template.valid_months, "months", empty="No end")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What certificates were made from stays as it was; another version may differ."""
        if obj is not None and (obj.is_archived or obj.is_used):
            return False
        return super().has_change_permission(request, obj)

    def offers_delete(self, record: CertificateTemplate) -> bool:
        return not (record.is_default or record.is_used)

    def headline(self, request: HttpRequest, record: CertificateTemplate) -> dict[str, Any]:  # noqa: ARG002
        is_fixed = not record.is_archived and record.is_used
        return {
            "badge": use_of(record),
            "line": f"{record.get_language_display()} · {record.organization}",
            "figures": [("Valid for", self.validity(record)), ("Color", swatch(record.color))],
            "warnings_title": "It stays as it is.",
            "warnings": ["Certificates were made from it. To change something, make a new version."] * is_fixed,
        }

    # Actions

    @console_action(
        "Use for new certificates",
        icon="check_circle",
        variant=ActionVariant.PRIMARY,
        confirm="New certificates in its language look like this. Those issued before stay as they are.",
        verb="add",
        fits=lambda template: not (template.is_default or template.is_archived),
    )
    def make_default(self, request: HttpRequest, template: CertificateTemplate, reason: str) -> str:
        services.make_default(template, by=request.user, reason=reason)
        return f"{template} is used for new certificates."

    @console_action(
        "New version",
        icon="content_copy",
        verb="add",
        form=VersionForm,
        leads_to="admin:certificates_certificatetemplate_changelist",
        confirm="A copy that you can change.",
    )
    def new_version(
        self, request: HttpRequest, template: CertificateTemplate, reason: str, data: dict[str, Any]
    ) -> str:
        return f"{services.new_version(template, data['version'], by=request.user, reason=reason)} is made."

    @console_action(
        "Archive",
        verb="archive",
        ask_reason=True,
        icon="archive",
        confirm="It disappears from lists. Certificates made from it stay as they are; Restore brings it back.",
        fits=lambda template: not (template.is_archived or template.is_default),
    )
    def archive(self, request: HttpRequest, template: CertificateTemplate, reason: str) -> str:
        services.archive_template(template, by=request.user, reason=reason)
        return f"{template} is archived."

    @console_action(
        "Restore",
        verb="archive",
        icon="unarchive",
        variant=ActionVariant.PRIMARY,
        confirm="It can be used again.",
        fits=lambda template: template.is_archived,
    )
    def restore(self, request: HttpRequest, template: CertificateTemplate, reason: str) -> str:
        services.restore_template(template, by=request.user, reason=reason)
        return f"{template} is back."

    # The preview

    def get_urls(self) -> list[URLPattern]:
        preview: Any = self.preview
        view = xframe_options_sameorigin(csp_replace({"frame-ancestors": ["'self'"]})(preview))
        return [
            path(
                "<int:object_id>/preview/<slug:script>/",
                self.admin_site.admin_view(view),
                name="certificates_certificatetemplate_preview",
            ),
            *super().get_urls(),
        ]

    def preview(self, request: HttpRequest, object_id: int, script: str) -> HttpResponseBase:
        """A made-up certificate; it is shown on the page of the template itself."""
        template = self.require_record(request, str(object_id))
        if script not in SAMPLES:
            raise Http404
        return HttpResponse(draw_sample(template, script), content_type="application/pdf")


def use_of(template: CertificateTemplate) -> SafeString:
    if template.is_archived:
        return badge("Archived")
    if template.is_default:
        return badge("For new certificates", "good")
    return badge("Used before", "info") if template.has_certificates else badge("Not used")  # type: ignore[attr-defined]


def swatch(color: str) -> SafeString:
    return format_html('<span class="ce-swatch" style="background:{}"></span>{}', color, color)
