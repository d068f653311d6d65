"""The app's registration with Django: after each migration the append-only tables are protected."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "apps.audit"
    label = "audit"

    def ready(self) -> None:
        from apps.audit.append_only import protect_tables

        post_migrate.connect(protect_tables, dispatch_uid="audit.protect_tables")
