"""The states of a certificate and the ways from one to another."""

from django.db import models


class CertificateState(models.TextChoices):
    """`expired` is never stored: it is what a valid one is after its last moment."""

    VALID = "valid", "Valid"
    EXPIRED = "expired", "Expired"
    REPLACED = "replaced", "Replaced"
    REVOKED = "revoked", "Revoked"


class Ruling(models.TextChoices):
    """What is said about one person on one course, whatever the rule says."""

    ALWAYS = "always", "Always given one"
    NEVER = "never", "Never given one"


TRANSITIONS: dict[str, frozenset[str]] = {
    CertificateState.VALID: frozenset({CertificateState.REPLACED, CertificateState.REVOKED}),
    CertificateState.EXPIRED: frozenset({CertificateState.REPLACED, CertificateState.REVOKED}),
    CertificateState.REPLACED: frozenset(),
    CertificateState.REVOKED: frozenset(),
}
"""Who was told that a certificate is revoked or replaced is never told otherwise."""

STORED = (CertificateState.VALID, CertificateState.REPLACED, CertificateState.REVOKED)


def transition_allowed(before: str, after: str) -> bool:
    """Whether a certificate in the first state may enter the second."""
    return after in TRANSITIONS[before]
