"""Counting the figures of the platform; they follow from those of courses, learners and instructors."""

from typing import Any

from apps.statistics.figures import MONEY, PLATFORM
from apps.statistics.models import PlatformStats, StatSnapshot
from apps.statistics.services.fresh import held

SAME_NAMES = ("completed", "reviews", "rating_sum", "certificates", "monthly_minor")


def platform_values() -> dict[str, Any]:
    """Every figure of the platform, each source by one query."""
    values: dict[str, Any] = {}
    for source in PLATFORM.sources:
        found = source.rows().order_by().aggregate(**{f"figure_{one.name}": one.value for one in source.figures})
        values |= {one.name: found[f"figure_{one.name}"] or 0 for one in source.figures}
    return values | {name: money() for name, money in MONEY.items()}


def count_platform() -> None:
    """Always all of it: it is a handful of sums over rows that are counted already."""
    with held(PLATFORM.key) as now:
        values = platform_values()
        PlatformStats.objects.update_or_create(pk=PlatformStats.ONLY, defaults={**values, "as_of": now.moment})
        StatSnapshot.objects.update_or_create(
            course=None,
            instructor=None,
            day=now.day,
            defaults={
                "month": now.day.replace(day=1),
                "courses": values["courses"],
                "learners": values["enrollments"],
                "active_learners": values["active_enrollments"],
                **{name: values[name] for name in SAME_NAMES},
            },
        )
        now.done()
