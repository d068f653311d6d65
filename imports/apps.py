"""The app's registration with Django, its check of the settings, and what it offers to reports."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.module_loading import import_string


class ImportsConfig(AppConfig):
    name = "imports"

    def ready(self) -> None:
        register(import_string("imports.checks.check_approval_kinds"), Tags.security)
        import_string("imports.reporting.offer_to_reports")()
