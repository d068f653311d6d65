"""What can be done to a certificate; each for a reason."""

from collections.abc import Callable

from django.http import HttpRequest
from unfold.enums import ActionVariant

from admin_theme.actions import console_action
from apps.certificates import services
from apps.certificates.models import Certificate
from apps.certificates.states import TRANSITIONS, CertificateState


def may_become(state: CertificateState) -> Callable[[Certificate], bool]:
    return lambda certificate: state in TRANSITIONS[certificate.standing()]


class CertificateActions:
    """The actions of `CertificateAdmin`; each is one service."""

    @console_action(
        "Reissue",
        verb="add",
        ask_reason=True,
        icon="autorenew",
        confirm="The learner gets another with a new number and the names of today. The old one says so.",
        done="reissued",
        fits=may_become(CertificateState.REPLACED),
    )
    def reissue(self, request: HttpRequest, certificate: Certificate, reason: str) -> str:
        replacement = services.reissue_certificate(certificate, by=request.user, reason=reason)
        return f"{certificate.learner_name} has a new certificate: {replacement.number}."

    @console_action(
        "Revoke",
        verb="revoke",
        ask_reason=True,
        icon="block",
        variant=ActionVariant.DANGER,
        confirm="Everybody who checks it is told that it was revoked. This cannot be taken back.",
        done="revoked",
        fits=may_become(CertificateState.REVOKED),
    )
    def revoke(self, request: HttpRequest, certificate: Certificate, reason: str) -> str:
        services.revoke_certificate(certificate, by=request.user, reason=reason)
        return f"The certificate of {certificate.learner_name} is revoked."

    @console_action(
        "Ask to revoke",
        verb="ask_to_revoke",
        ask_reason=True,
        icon="outgoing_mail",
        confirm="Those who may revoke it are told what is wrong with it; until one of them does, it stays valid.",
        done="passed on",
        fits=may_become(CertificateState.REVOKED),
    )
    def ask_to_revoke(self, request: HttpRequest, certificate: Certificate, reason: str) -> str:
        told = services.ask_to_revoke(certificate, by=request.user, reason=reason)
        return f"{told} {'person was' if told == 1 else 'people were'} told."
