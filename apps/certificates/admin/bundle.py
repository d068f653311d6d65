"""Files with many certificates: who made which, and the way to fetch one's own while it is kept."""

from django.contrib import admin
from django.core.files.storage import default_storage
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from admin_theme.console import ReadOnlyAdmin
from admin_theme.displays import counted, quiet, relative_time, two_lines
from apps.audit.downloads import note_download
from apps.certificates.files import may_fetch, oldest_kept
from apps.certificates.models import Certificate, CertificateBundle


@admin.register(CertificateBundle)
class CertificateBundleAdmin(ReadOnlyAdmin[CertificateBundle]):
    list_display = ("what", "who", "when", "fetch")
    list_filter = ("requester",)
    list_select_related = ("requester",)
    fields = ("requester", "number_of_certificates", "left_out_shown", "size_bytes", "sha256", "made_at")
    readonly_fields = ("left_out_shown",)
    empty_title = "No files yet"
    empty_text = "Choose certificates in their list and write them to a file. It stands here for a day."

    @admin.display(description="File", ordering="number_of_certificates")
    def what(self, bundle: CertificateBundle) -> SafeString:
        left = f"{len(bundle.left_out):,} could not be drawn" if bundle.left_out else ""
        return two_lines(counted(Certificate, bundle.number_of_certificates), left)

    @admin.display(description="Who", ordering="requester__email")
    def who(self, bundle: CertificateBundle) -> str:
        return str(bundle.requester)

    @admin.display(description="When", ordering="made_at")
    def when(self, bundle: CertificateBundle) -> SafeString:
        return relative_time(bundle.made_at)

    @admin.display(description="File")
    def fetch(self, bundle: CertificateBundle) -> SafeString:
        if not bundle.is_own or bundle.made_at < oldest_kept():  # type: ignore[attr-defined]
            return quiet("–")
        address = reverse("admin:certificates_certificatebundle_file", args=[bundle.pk])
        return format_html('<a class="c-button" href="{}" download>Download</a>', address)

    @admin.display(description="left out")
    def left_out_shown(self, bundle: CertificateBundle) -> str:
        return " ".join(bundle.left_out) or "None"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CertificateBundle]:
        own = ExpressionWrapper(Q(requester=request.user.pk), output_field=BooleanField())
        bundles: QuerySet[CertificateBundle] = super().get_queryset(request).annotate(is_own=own)
        return bundles

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<int:object_id>/file/",
                self.file_or_nothing,
                name="certificates_certificatebundle_file",
            ),
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
        bundle = self.require_record(request, str(object_id))
        if not may_fetch(bundle, request.user):
            raise Http404
        name = f"certificates-{localtime(bundle.made_at):%Y-%m-%d}.zip"
        note_download(request, bundle, name)
        return FileResponse(default_storage.open(bundle.file), as_attachment=True, filename=name)
