"""The app's registration with Django, and the templates every installation begins with."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string


class CertificatesConfig(AppConfig):
    name = "apps.certificates"
    label = "certificates"

    def ready(self) -> None:
        seed = import_string("apps.certificates.standard.seed_templates")
        post_migrate.connect(seed, sender=self, dispatch_uid="certificates.seed_templates")
