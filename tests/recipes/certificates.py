"""Certificates, templates, notes about who is given one, files of many, and failed lookups."""

from typing import Any

from django.utils import timezone
from model_bakery.recipe import Recipe, foreign_key
from model_bakery.utils import seq

from apps.certificates.models import (
    Certificate,
    CertificateBundle,
    CertificateNote,
    CertificateTemplate,
    FailedLookup,
)
from apps.certificates.numbers import new_number
from apps.certificates.states import Ruling
from tests.recipes.accounts import person
from tests.recipes.catalog import course
from tests.recipes.enrollments import enrollment

certificate_template = Recipe(
    CertificateTemplate,
    name=seq("Template "),
    version="1.0",
    language="en",
    organization="Lantern Academy",
    archived_by=None,
)
certificate_note = Recipe(
    CertificateNote,
    course=foreign_key(course),
    user=foreign_key(person),
    ruling=Ruling.ALWAYS,
    reason="Examined by phone.",
)


class CertificateRecipe(Recipe[Certificate]):
    """A certificate is of the course and the learner of its enrollment, whichever of them is given."""

    def make(self, **attrs: Any) -> Any:  # type: ignore[override]
        place = {name: attrs.pop(name) for name in ("course", "user") if name in attrs}
        taken = attrs.pop("enrollment", None) or enrollment.make(**place)
        return super().make(**{**attrs, "enrollment": taken, "course": taken.course, "user": taken.user})


certificate = CertificateRecipe(
    Certificate,
    template=foreign_key(certificate_template),
    number=new_number,
    learner_name="Robin Marlow",
    course_title="A course about things",
    completed_at=timezone.now,
    issued_at=timezone.now,
    revoked_by=None,
    replaces=None,
)
certificate_bundle = Recipe(CertificateBundle, requester=foreign_key(person), sha256="0" * 64)
failed_lookup = Recipe(FailedLookup, address="198.51.100.7")
