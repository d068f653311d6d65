"""Revoking a certificate, asking for that, and replacing one by another."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.audit.recording import change_set, count
from apps.certificates.models import Certificate
from apps.certificates.queries import default_templates, people_who_revoke
from apps.certificates.services.issuing import drawn_up, template_for
from apps.certificates.services.telling import REPLACED, REVOKED, tell_learners
from apps.certificates.states import CertificateState, transition_allowed
from apps.notifications.models import Notification
from apps.notifications.services import notify, settle_notifications
from apps.records.rules import RuleBroken

State = CertificateState
ASKED = "revocation_request"


def revoke_certificate(certificate: Certificate, *, by: Any, reason: str) -> Certificate:
    """Says for good that the certificate counts no more, and why."""
    with _changing(certificate, "Revoke", State.REVOKED, by=by, reason=reason):
        certificate.state = State.REVOKED
        certificate.revoked_at, certificate.revoked_by = timezone.now(), by
        certificate.revocation_reason = reason.strip()
        certificate.save()
        settle_notifications(address_of(certificate), kind=ASKED)
        tell_learners([certificate], REVOKED)
    return certificate


def reissue_certificate(certificate: Certificate, *, by: Any, reason: str) -> Certificate:
    """Issues another in its place, with a number of its own and the name and title of today; the old one says so."""
    with _changing(certificate, "Reissue", State.REPLACED, by=by, reason=reason):
        enrollment = certificate.enrollment
        if not enrollment.user.get_full_name():
            raise RuleBroken("The learner has no name. Add it on their page first.")
        replacement = drawn_up(enrollment, template_for(enrollment, default_templates()), now=timezone.now())
        replacement.completed_at, replacement.replaces = certificate.completed_at, certificate
        certificate.state = State.REPLACED
        certificate.save()
        replacement.save()
        tell_learners([replacement], REPLACED)
    return replacement


def ask_to_revoke(certificate: Certificate, *, by: Any, reason: str) -> int:
    """Tells everybody who may revoke it what somebody finds wrong with it, and says how many that are."""
    _refuse_without_reason(reason)
    with change_set(by=by, reason=reason, title=f"Ask to revoke: {certificate}"[:200]):
        certificate.refresh_from_db(from_queryset=Certificate.objects.select_for_update())
        _refuse_way(certificate, State.REVOKED)
        link = address_of(certificate)
        if Notification.objects.filter(kind=ASKED, link=link, read_at=None, dismissed_at=None).exists():
            raise RuleBroken("Somebody has asked for this already. It waits for an answer.")
        title = f"{by} asks to revoke the certificate of {certificate.learner_name}"
        told = [
            notify(person, kind=ASKED, title=title, text=reason.strip(), link=link) for person in people_who_revoke()
        ]
        if not any(told):
            raise RuleBroken("Nobody here may revoke certificates. Ask an administrator.")
        count("notifications.notification", "+", len(told))
    return len(told)


def address_of(certificate: Certificate) -> str:
    return reverse("admin:certificates_certificate_change", args=[certificate.pk])


@contextmanager
def _changing(certificate: Certificate, verb: str, state: str, *, by: Any, reason: str) -> Iterator[None]:
    """One change set around one change, read anew under a lock: of two people at once one comes second."""
    _refuse_without_reason(reason)
    with change_set(by=by, reason=reason, title=f"{verb}: {certificate}"[:200]):
        certificate.refresh_from_db(from_queryset=Certificate.objects.select_for_update())
        _refuse_way(certificate, state)
        yield


def _refuse_way(certificate: Certificate, state: str) -> None:
    now = certificate.standing()
    if not transition_allowed(now, state):
        raise RuleBroken(f"This certificate is {now.label.lower()} already, and that is for good.")


def _refuse_without_reason(reason: str) -> None:
    if not reason.strip():
        raise RuleBroken("Say why.")
