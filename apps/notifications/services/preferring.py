"""By which way somebody wants to be told what."""

from collections.abc import Mapping
from typing import Any

from apps.audit.recording import change_set
from apps.notifications.kinds import chosen_kinds
from apps.notifications.models import DigestTime, NotificationPreference
from apps.notifications.queries import digest_time_of
from apps.records.rules import RuleBroken


def choose_ways(
    person: Any, ways: Mapping[str, str], *, by: Any, hour: int, weekday: int, time_zone: str = ""
) -> dict[str, NotificationPreference]:
    """Keeps what somebody chose for themselves, by kind, and when their digests come."""
    if by.pk != person.pk:
        raise RuleBroken("Only they themselves choose how they are told.")
    kinds = {kind.key: kind for kind in chosen_kinds(is_staff=person.is_staff)}
    for key, way in ways.items():
        if key not in kinds:
            raise RuleBroken("There is no such kind of notification. Open the page again.")
        if way not in kinds[key].ways:
            raise RuleBroken(f"“{kinds[key].title}” cannot come like that: {refusal_of(kinds[key])}")
    times = digest_time_of(person)
    chosen = {row.kind: row for row in NotificationPreference.objects.filter(user=person.pk)}
    with change_set(by=by, title="Change how they are told"):
        for key, way in ways.items():
            row = chosen.get(key) or NotificationPreference(user=person, kind=key, way=kinds[key].default)
            if row.way != way:
                row.way = way
                row.save()
                chosen[key] = row
        keep_times(times, hour, weekday, time_zone)
    return chosen


def keep_times(times: DigestTime, hour: int, weekday: int, time_zone: str) -> None:
    if (times.hour, times.weekday, times.time_zone) != (hour, weekday, time_zone):
        times.hour, times.weekday, times.time_zone = hour, weekday, time_zone
        times.full_clean(exclude=["user"])
        times.save()


def refusal_of(kind: Any) -> str:
    if kind.cannot_be_off:
        return str(kind.cannot_be_off)
    return "it waits for an answer, so it stands in the bell at least." if kind.waits else "choose another way."
