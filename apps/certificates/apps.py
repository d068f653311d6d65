"""The app's registration with Django, and the templates every installation begins with."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from apps.records.seeding import seed_after_migrations


class CertificatesConfig(AppConfig):
    name = "apps.certificates"
    label = "certificates"

    def ready(self) -> None:
        seed = import_string("apps.certificates.standard.seed_templates")
        seed_after_migrations(seed, sender=self, name="certificates.seed_templates")
