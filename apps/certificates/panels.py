"""What a certificate's page shows, how a template looks, and the certificates of an enrollment on its page."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse

from admin_theme.gate import gate, may_here
from admin_theme.tabs import Tab
from apps.accounts.masking import shows_email
from apps.catalog.admin.panels import ROWS, page_number
from apps.catalog.models import Course
from apps.certificates.looks import state_of
from apps.certificates.models import Certificate, CertificateTemplate
from apps.certificates.pdf import address_to_check
from apps.certificates.pdf.samples import SAMPLES
from apps.certificates.queries import with_what_decides
from apps.certificates.services.issuing import refusal_to_issue
from apps.certificates.states import CertificateState
from apps.enrollments.models import Enrollment

DRAWN = (CertificateState.VALID, CertificateState.EXPIRED)


def facts_panel(request: HttpRequest, certificate: Certificate) -> dict[str, Any]:  # noqa: ARG001
    standing = certificate.standing()
    return {
        "standing": standing,
        "is_revoked": standing == CertificateState.REVOKED,
        "is_drawn": standing in DRAWN,
        "is_genuine": certificate.is_genuine,
        "replacement": getattr(certificate, "replacement", None) if standing == CertificateState.REPLACED else None,
        "public_address": address_to_check(certificate.number),
        "pdf": reverse("admin:certificates_certificate_pdf", args=[certificate.pk]),
    }


def certificates_of(request: HttpRequest, enrollment: Enrollment) -> Any:
    return gate.scope(request.user, "view", Certificate).filter(enrollment=enrollment)


def certificates_panel(request: HttpRequest, enrollment: Enrollment) -> dict[str, Any]:
    rows: Any = list(certificates_of(request, enrollment).order_by("-issued_at", "-pk"))
    for certificate in rows:
        certificate.badge = state_of(certificate)
    may_issue = may_here(request, "add", Certificate) and may_here(
        request, "manage_students", Course, enrollment.course
    )
    decides = with_what_decides(Enrollment.with_archived.filter(pk=enrollment.pk)).get() if may_issue else None
    return {
        "certificates": rows,
        "may_issue": may_issue,
        "refusal": refusal_to_issue(decides) if decides else "",
        "issue": reverse("admin:certificates_certificate_issue", args=[enrollment.pk]),
    }


def of_course(request: HttpRequest, course: Course) -> Any:
    return gate.scope(request.user, "view", Certificate).filter(course=course)


def course_panel(request: HttpRequest, course: Course) -> dict[str, Any]:
    rows = of_course(request, course).select_related("user").order_by("-issued_at", "-pk")
    page: Any = Paginator(rows, ROWS).get_page(page_number(request))
    for certificate in page:
        certificate.badge = state_of(certificate)
    return {
        "rows": page,
        "shows_email": shows_email(request),
        "all_certificates": f"{reverse('admin:certificates_certificate_changelist')}?course__id__exact={course.pk}",
    }


def preview_panel(request: HttpRequest, template: CertificateTemplate) -> dict[str, Any]:
    chosen = request.GET.get("script", "")
    script = chosen if chosen in SAMPLES else template.language if template.language in SAMPLES else "en"
    return {
        "scripts": [(key, sample.script, key == script) for key, sample in SAMPLES.items()],
        "preview": reverse("admin:certificates_certificatetemplate_preview", args=[template.pk, script]),
    }


facts_tab = Tab(
    key="certificate", title="Certificate", place=10, template="certificates/facts_panel.html", context=facts_panel
)
preview_tab = Tab(
    key="preview", title="Preview", place=5, template="certificates/preview_panel.html", context=preview_panel
)
certificates_tab = Tab(
    key="certificates",
    title="Certificates",
    place=30,
    template="certificates/certificates_panel.html",
    context=certificates_panel,
    count=certificates_of,
    opens=lambda request, enrollment: may_here(request, "view", Certificate),  # noqa: ARG005
)
course_tab = Tab(
    key="certificates",
    title="Certificates",
    place=43,
    template="certificates/course_panel.html",
    context=course_panel,
    count=of_course,
    opens=lambda request, course: may_here(request, "view", Certificate),  # noqa: ARG005
)
