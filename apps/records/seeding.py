"""What every installation begins with is written after migrations that have led to the models of today."""

from collections.abc import Callable
from typing import Any

from django.apps import AppConfig
from django.apps import apps as today
from django.apps.registry import Apps
from django.db.models.signals import post_migrate


def seed_after_migrations(seed: Callable[[], None], *, sender: AppConfig, name: str) -> None:
    """Calls the function after each `migrate`, but not where that led back, or only half the way."""

    def receive(apps: Apps = today, **kwargs: Any) -> None:  # noqa: ARG001
        if columns_of(apps) >= columns_of(today):
            seed()

    post_migrate.connect(receive, sender=sender, dispatch_uid=name, weak=False)


def columns_of(apps: Apps) -> set[tuple[str, str | None]]:
    """The table and the name of every column of these models."""
    return {
        (model._meta.db_table, field.column)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_concrete_fields
    }
