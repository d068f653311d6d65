"""The app's registration with Django."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Each app says which of its records are about a person."""
        autodiscover_modules("personal")
