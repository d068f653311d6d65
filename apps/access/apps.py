"""The app's registration with Django: the gate of the console, its checks, and the roles every installation has."""

from django.apps import AppConfig, apps
from django.core.checks import Tags, register
from django.utils.module_loading import import_string

from admin_theme.gate import install_gate
from apps.records.seeding import seed_after_migrations


class AccessConfig(AppConfig):
    name = "apps.access"
    label = "access"

    def ready(self) -> None:
        install_gate(import_string("apps.access.gate.PolicyGate")())
        for check in ("check_settings", "check_screens"):
            register(import_string(f"apps.access.checks.{check}"), Tags.security)
        last = [config for config in apps.get_app_configs() if config.models_module][-1]
        seed_after_migrations(import_string("apps.access.roles.seed_roles"), sender=last, name="access.seed_roles")
