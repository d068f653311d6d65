"""The project's registrations with Django: itself, and the admin with our own site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class BackofficeConfig(AppConfig):
    name = "backoffice"


class ConsoleConfig(AdminConfig):
    default_site = "backoffice.site.ConsoleSite"
