"""The templates every installation begins with: one for each language, without a signature."""

from apps.audit.recording import change_set, operation
from apps.audit.set_based import record_history
from apps.certificates.languages import PHRASES
from apps.certificates.models import CertificateTemplate


def seed_templates() -> None:
    """Creates them where there is no template at all; what was changed or put away since is left alone."""
    if CertificateTemplate.with_archived.exists():
        return
    with operation(channel="system"), change_set(title="Certificate templates of a new installation"):
        made = CertificateTemplate.with_archived.bulk_create(
            CertificateTemplate(
                name=f"Standard, {phrases.name}", language=language, organization="Our academy", is_default=True
            )
            for language, phrases in PHRASES.items()
        )
        record_history(CertificateTemplate, [template.pk for template in made], "+")
