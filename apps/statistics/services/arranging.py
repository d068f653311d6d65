"""Keeping how somebody has arranged their overview. A matter of taste: it is no part of the audit."""

from typing import Any

from apps.statistics.models import Arrangement


def arrange(person: Any, **chosen: Any) -> None:
    """Writes what was chosen (`order`, `hidden`, `period`, `compare`) and leaves the rest as it is."""
    Arrangement.objects.update_or_create(user_id=person.pk, defaults=chosen)
