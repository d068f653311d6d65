"""What must hold of anything: tried on a few examples, and on TIMES as many where one asks for it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings

from apps.audit.models import HistoricalRow

TIMES = int(os.environ.get("TIMES", "1"))
NOT_COMPARED = {"audit", "imports", "jobs", "sessions", "django_celery_beat"}
Tables = dict[str, list[tuple[object, ...]]]


def tried(examples: int, *, steps: int = 20) -> settings:
    """`examples` in the ordinary run; a stateful test makes each of so many steps."""
    return settings(
        max_examples=examples * TIMES,
        stateful_step_count=steps,
        deadline=None,
        phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.filter_too_much,
        ],
    )


@contextmanager
def taken_back() -> Iterator[None]:
    """One example: the next one finds the tables as they were."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def every_table(*, but: str = "\0") -> Tables:
    """All rows of all tables, but for the history, the ledgers and what tells of the work itself.

    The moment of the last change is left out, and columns whose name holds `but`.
    """
    return {
        model._meta.label: list(
            model._base_manager.order_by("pk").values_list(
                *(
                    field.attname
                    for field in model._meta.concrete_fields
                    if field.name != "updated_at" and but not in field.name
                )
            )
        )
        for model in apps.get_models()
        if model._meta.app_label not in NOT_COMPARED and model._meta.managed and not issubclass(model, HistoricalRow)
    }
