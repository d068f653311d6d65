"""Issuing from the screens of enrollments: for the one at hand, and for those chosen in the list."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect

from admin_theme.actions import NAMES_SHOWN
from admin_theme.console.rights import as_key
from admin_theme.displays import counted
from admin_theme.gate import gate, leave_alone, may_here
from admin_theme.offers import SelectionOffer
from admin_theme.tabs import tab_address
from apps.certificates.models import Certificate
from apps.certificates.policy import may_be_issued
from apps.certificates.services import Issued, issue_certificate, issue_certificates
from apps.certificates.tasks import issue_chosen
from apps.enrollments.models import Enrollment
from apps.records.rules import RuleBroken

AT_ONCE = 2_000
MOST_CHOSEN = 50_000


def issue_for(request: HttpRequest, enrollment_id: int) -> HttpResponseBase:
    """The button on the page of an enrollment."""
    enrollment = gate.scope(request.user, "view", Enrollment).filter(pk=as_key(str(enrollment_id))).first()
    if enrollment is None:
        raise Http404
    if not may_be_issued(request.user, [enrollment.pk]):
        raise PermissionDenied
    try:
        certificate = issue_certificate(enrollment, by=request.user)
    except RuleBroken as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, f"{certificate.learner_name} has a certificate: {certificate.number}.")
    return HttpResponseRedirect(tab_address(enrollment, "certificates"))


def may_issue(request: HttpRequest, model: type[Model]) -> bool:
    return model is Enrollment and may_here(request, "add", Certificate)


def issue_selection(screen: Any, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponseBase | None:  # noqa: ARG001
    """For each of the chosen ones that earns one, at once or for very many in the background."""
    if not may_issue(request, rows.model):
        raise PermissionDenied
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[: MOST_CHOSEN + 1])
    if len(ids) > MOST_CHOSEN:
        messages.error(request, f"At most {MOST_CHOSEN:,} enrollments at a time. Narrow the list down.")
        return None
    allowed = may_be_issued(request.user, ids)
    if forbidden := len(ids) - len(allowed):
        words = f"{counted(Enrollment, forbidden)} of {len(ids):,} left alone."
        leave_alone(request, "add", Certificate, words)
        messages.warning(request, f"{counted(Enrollment, forbidden)} left alone: you may not issue their certificates.")
    if len(allowed) > AT_ONCE:
        title = f"Issue the certificates of {counted(Enrollment, len(allowed))}"
        issue_chosen.later(by=request.user, title=title, enrollments=allowed)
        messages.success(
            request, f"{counted(Enrollment, len(allowed))} are being looked at. The bell tells how it ends."
        )
    elif allowed:
        tell(request, issue_certificates(allowed, by=request.user))
    return None


def tell(request: HttpRequest, issued: Issued) -> None:
    """One sentence for what was issued, one for what was not and why."""
    if issued.certificates:
        messages.success(request, f"{counted(Certificate, len(issued.certificates))} issued.")
    if issued.refused:
        shown = " ".join(sentence for _, sentence in issued.refused[:NAMES_SHOWN])
        more = f" And {len(issued.refused) - NAMES_SHOWN:,} more." if len(issued.refused) > NAMES_SHOWN else ""
        messages.warning(request, f"{counted(Enrollment, len(issued.refused))} left alone. {shown}{more}")


issue_offer = SelectionOffer("issue_certificates", "Issue certificates", may_issue, issue_selection, Enrollment)
