"""Keeping the series short: of days long gone only the last of each month that has one stays."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from apps.statistics.models import StatSnapshot

KEEP_DAYS = timedelta(days=120)


def prune_series(today: date) -> int:
    """Deletes rows of old days after which another of the same month exists; answers with how many."""
    deleted = 0
    for same in ({"course": OuterRef("course")}, {"instructor": OuterRef("instructor")}, {}):
        of_kind = Q(**{f"{name}__isnull": False for name in same}) if same else Q(course=None, instructor=None)
        later = StatSnapshot.objects.filter(of_kind, month=OuterRef("month"), day__gt=OuterRef("day"), **same)
        old = StatSnapshot.objects.filter(of_kind, Exists(later), day__lt=today - KEEP_DAYS)
        deleted += old.delete()[0]
    return deleted
