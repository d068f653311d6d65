"""How certificates look wherever they are shown."""

from django.utils.safestring import SafeString

from admin_theme.displays import Tone, badge, relative_time
from apps.certificates.models import Certificate

TONES: dict[str, Tone] = {"valid": "good", "expired": "warn", "replaced": "neutral", "revoked": "bad"}


def state_of(certificate: Certificate) -> SafeString:
    """What it is now; one whose fields no longer agree with its fingerprint says so whatever its state."""
    if not certificate.is_genuine:
        return badge("Altered", "bad", hint="What it says no longer agrees with its fingerprint.")
    standing = certificate.standing()
    return badge(standing.label, TONES[standing])


def until(certificate: Certificate) -> SafeString:
    return relative_time(certificate.valid_until, empty="No end")
