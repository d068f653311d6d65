"""Certificates that go out as files: one at once, many in the background."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from admin_theme.displays import counted
from admin_theme.gate import gate, may_here
from admin_theme.offers import SelectionOffer
from apps.audit.downloads import note_download
from apps.certificates.files import MOST_IN_A_FILE, file_name
from apps.certificates.models import Certificate
from apps.certificates.pdf import draw_certificate
from apps.certificates.tasks import make_bundle
from apps.records.rules import RuleBroken


def one(request: HttpRequest, certificate: Certificate) -> HttpResponseBase:
    """The certificate as a file, written down as fetched; one that cannot be drawn says why."""
    try:
        drawn = draw_certificate(certificate)
    except RuleBroken as refused:
        messages.error(request, refused.sentence)
        return HttpResponseRedirect(reverse("admin:certificates_certificate_change", args=[certificate.pk]))
    name = file_name(certificate)
    note_download(request, certificate, name)
    return HttpResponse(
        drawn,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{ascii_of(name)}"'},
    )


def ascii_of(name: str) -> str:
    """A name that every browser takes; the number in it is enough to tell files apart."""
    plain = name.encode("ascii", "ignore").decode().lstrip("-")
    return plain or "certificate.pdf"


def may_bundle(request: HttpRequest, model: type[Model]) -> bool:
    return model is Certificate and may_here(request, "export", Certificate)


def bundle(screen: Any, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponseBase | None:  # noqa: ARG001
    """Begins to write the chosen ones to a file; select all of a narrowed list to take everything in it."""
    if not may_bundle(request, rows.model):
        raise PermissionDenied
    ids = list(
        gate.scope(request.user, "export", Certificate)
        .filter(pk__in=rows.order_by().values("pk"))
        .order_by("pk")
        .values_list("pk", flat=True)[: MOST_IN_A_FILE + 1]
    )
    if not ids:
        messages.error(request, "You may take out none of these certificates.")
        return None
    if len(ids) > MOST_IN_A_FILE:
        messages.error(request, f"At most {MOST_IN_A_FILE:,} certificates go into one file. Narrow the list down.")
        return None
    make_bundle.later(by=request.user, title=f"Write {counted(Certificate, len(ids))} to a file", certificates=ids)
    messages.success(request, f"{counted(Certificate, len(ids))} are being drawn. The file will stand here.")
    return HttpResponseRedirect(reverse("admin:certificates_certificatebundle_changelist"))


bundle_offer = SelectionOffer(
    "certificates_as_files", "Write the chosen ones to a ZIP of PDFs", may_bundle, bundle, Certificate
)
