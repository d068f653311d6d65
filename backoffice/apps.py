"""The project's registrations with Django: itself, and the admin with our own site."""

from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class BackofficeConfig(AppConfig):
    name = "backoffice"

    def ready(self) -> None:
        from backoffice.search.indexes import make_indexes

        last = apps.get_app_config("imports")  # of ours with tables; apps without models hear of no migration
        post_migrate.connect(make_indexes, sender=last, dispatch_uid="backoffice.make_indexes")


class ConsoleConfig(AdminConfig):
    default_site = "backoffice.site.ConsoleSite"
