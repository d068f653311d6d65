"""Certificates: a list that stays quick with a million rows, and a page that says everything about one."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from admin_theme.displays import relative_time, two_lines
from admin_theme.filters import MomentRangeFilter
from admin_theme.gate import current_only, gate, may_here
from admin_theme.tabs import TabbedAdmin, linked
from apps.accounts.masking import shows_email
from apps.catalog.admin.panels import history_tab
from apps.catalog.models import Course
from apps.certificates import services
from apps.certificates.admin import issuing, pdf_files
from apps.certificates.admin.certificate_actions import CertificateActions
from apps.certificates.admin.filters import StandingFilter
from apps.certificates.forms import IssueForm
from apps.certificates.looks import state_of, until
from apps.certificates.models import Certificate
from apps.certificates.panels import facts_tab


@admin.register(Certificate)
class CertificateAdmin(CertificateActions, TabbedAdmin[Certificate]):
    tabs = (facts_tab, history_tab())
    verbs_asked = (*TabbedAdmin.verbs_asked, "add", "revoke", "ask_to_revoke")
    list_display = ("learner", "course_name", "state_badge", "number_shown", "issued", "ends")
    list_filter = (StandingFilter, ("issued_at", MomentRangeFilter), ("valid_until", MomentRangeFilter))
    list_filter_sheet = True
    lookups_allowed = ("course__id__exact", "user__id__exact", "enrollment__id__exact")
    list_select_related = ("user", "course")
    search_fields = ("number", "learner_name", "user__email", "course__code", "course_title")
    search_help_text = "Number, learner or course"
    ordering = ("-issued_at", "-pk")
    sortable_by = ("issued",)
    empty_title = "No certificates yet"
    empty_text = "Whoever completes a course that awards a certificate is given one by itself."
    empty_action = ("Issue a certificate", "admin:certificates_certificate_add")
    actions_detail = ("reissue", "revoke", "ask_to_revoke")
    actions = ("revoke", "ask_to_revoke", "reissue")

    class Media:
        css = {"all": ("certificates/certificates.css",)}

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Certificate]:
        rows: QuerySet[Certificate] = super().get_queryset(request)
        return rows.select_related("user", "course", "template", "revoked_by", "replaces")

    def first_step(self, request: HttpRequest) -> tuple[str, str] | None:
        return super().first_step(request) if may_here(request, "add", Certificate) else None

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = super().get_list_display(request)
        return ["learner_email" if name == "learner" and shows_email(request) else name for name in columns]

    @admin.display(description="learner", ordering="learner_name")
    def learner(self, certificate: Certificate) -> SafeString:
        return two_lines(certificate.learner_name)

    @admin.display(description="learner", ordering="learner_name")
    def learner_email(self, certificate: Certificate) -> SafeString:
        return two_lines(certificate.learner_name, certificate.user.email)

    @admin.display(description="course", ordering="course_title")
    def course_name(self, certificate: Certificate) -> SafeString:
        return two_lines(certificate.course_title, certificate.course.code)

    @admin.display(description="state", ordering="state")
    def state_badge(self, certificate: Certificate) -> SafeString:
        return state_of(certificate)

    @admin.display(description="number", ordering="number")
    def number_shown(self, certificate: Certificate) -> SafeString:
        return format_html('<code class="ce-number">{}</code>', certificate.number)

    @admin.display(description="issued", ordering="issued_at")
    def issued(self, certificate: Certificate) -> SafeString:
        return relative_time(certificate.issued_at)

    @admin.display(description="valid until", ordering="valid_until")
    def ends(self, certificate: Certificate) -> SafeString:
        return until(certificate)

    # The page

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """What a certificate says is never typed over; its actions change what becomes of it."""
        return False

    def headline(self, request: HttpRequest, record: Certificate) -> dict[str, Any]:  # noqa: ARG002
        return {
            "badge": state_of(record),
            "line": f"Issued on {date_format(localtime(record.issued_at), 'j F Y')}",
            "figures": [("Number", self.number_shown(record)), ("Valid until", until(record))],
        }

    def side_facts(self, request: HttpRequest, record: Certificate) -> list[tuple[str, SafeString | str]]:
        address = [("E-mail address", record.user.email)] if shows_email(request) else []
        return [
            ("Learner", linked(request, record.user, record.user.get_full_name() or "No name")),
            *address,
            ("Course", linked(request, record.course, str(record.course))),
            ("Enrollment", linked(request, record.enrollment, "Open", "certificates")),
        ]

    # Issuing one

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,
    ) -> "type[ModelForm[Any]]":
        if obj is None:
            kwargs["form"] = IssueForm
        form: type[ModelForm[Any]] = super().get_form(request, obj, change=change, **kwargs)
        if obj is None:
            course: Any = form.base_fields["taken_course"]
            course.queryset = current_only(gate.scope(request.user, "manage_students", Course)).order_by("title", "pk")
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("taken_course", "learner_email")})]
        return super().get_fieldsets(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002
        """Only adding comes here: the screen changes nothing."""
        issued = services.issue_certificate(form.enrollment, by=request.user)
        obj.__dict__.update(issued.__dict__)

    # Files

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:object_id>/file/", wrap(self.pdf), name="certificates_certificate_pdf"),
            path(
                "issue/<int:enrollment_id>/",
                wrap(require_POST(issuing.issue_for)),
                name="certificates_certificate_issue",
            ),
            *super().get_urls(),
        ]

    def pdf(self, request: HttpRequest, object_id: int) -> HttpResponseBase:
        return pdf_files.one(request, self.require_record(request, str(object_id)))
