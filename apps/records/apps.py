"""The app's registration with Django: every app's policies are read once all models are there."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RecordsConfig(AppConfig):
    name = "apps.records"
    label = "records"

    def ready(self) -> None:
        autodiscover_modules("policy")
