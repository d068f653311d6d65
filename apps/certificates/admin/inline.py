"""What one person was given, on their page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from admin_theme.console import ConsoleInline
from admin_theme.displays import relative_time
from admin_theme.tabs import tab_address
from apps.certificates.looks import state_of
from apps.certificates.models import Certificate


class CertificateInline(ConsoleInline):
    """The certificates of one person, newest first."""

    model = Certificate
    fk_name = "user"
    verbose_name_plural = "Certificates"
    fields = readonly_fields = ("certificate", "state_badge", "number_shown", "issued")
    ordering = ("-issued_at", "-pk")
    per_page = 10
    hide_title = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    @admin.display(description="course")
    def certificate(self, certificate: Certificate) -> SafeString:
        return format_html('<a class="text-link" href="{}">{}</a>', tab_address(certificate), certificate.course_title)

    @admin.display(description="state")
    def state_badge(self, certificate: Certificate) -> SafeString:
        return state_of(certificate)

    @admin.display(description="number")
    def number_shown(self, certificate: Certificate) -> str:
        return certificate.number

    @admin.display(description="issued")
    def issued(self, certificate: Certificate) -> SafeString:
        return relative_time(certificate.issued_at)
