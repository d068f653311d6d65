"""Templates: new versions, which one is used for new certificates, and putting one away."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.audit.recording import change_set
from apps.certificates.models import CertificateTemplate
from apps.records.rules import RuleBroken


def new_version(template: CertificateTemplate, version: str, *, by: Any, reason: str = "") -> CertificateTemplate:
    """A copy under another version, which may be changed until a certificate is made from it."""
    copied = {
        field.name: getattr(template, field.name)
        for field in CertificateTemplate._meta.concrete_fields
        if field.editable and not field.primary_key and field.name != "version"
    }
    made = CertificateTemplate(**copied, version=version.strip())
    made.clean_fields(exclude=["archived_by"])
    with change_set(by=by, reason=reason, title=f"New version: {made}"[:200]):
        try:
            with transaction.atomic():
                made.save()
        except IntegrityError:
            raise RuleBroken(f"There is a version {made.version} of {made.name} already. Choose another.") from None
    return made


def make_default(template: CertificateTemplate, *, by: Any, reason: str = "") -> CertificateTemplate:
    """Uses this template for new certificates of its language, in place of the one used so far."""
    with change_set(by=by, reason=reason, title=f"Use for new certificates: {template}"[:200]):
        used = CertificateTemplate.with_archived.select_for_update().filter(language=template.language).order_by("pk")
        for other in used:
            if other.is_default and other.pk != template.pk:
                other.is_default = False
                other.save()
        template.refresh_from_db(from_queryset=CertificateTemplate.with_archived.all())
        if template.is_archived:
            raise RuleBroken("This template is archived. Restore it first.")
        if template.is_default:
            raise RuleBroken(f"{template} is used for new certificates already.")
        template.is_default = True
        template.save()
    return template


def archive_template(template: CertificateTemplate, *, by: Any, reason: str = "") -> CertificateTemplate:
    """Puts a template away; certificates made from it look as before."""
    with change_set(by=by, reason=reason, title=f"Archive: {template}"[:200]):
        if template.is_archived:
            raise RuleBroken("This template is archived already.")
        if template.is_default:
            raise RuleBroken(f"{template} is used for new certificates. Choose another for its language first.")
        template.archived_at, template.archived_by = timezone.now(), by
        template.save()
    return template


def restore_template(template: CertificateTemplate, *, by: Any, reason: str = "") -> CertificateTemplate:
    """Brings a template back."""
    with change_set(by=by, reason=reason, title=f"Restore: {template}"[:200]):
        if not template.is_archived:
            raise RuleBroken("This template is not archived.")
        template.archived_at = template.archived_by = None
        template.save()
    return template
