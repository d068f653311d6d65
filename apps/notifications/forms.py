"""How somebody wants to be told: a way for each kind, and when the digests come."""

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings

from apps.notifications.kinds import Kind, chosen_kinds
from apps.notifications.models import DigestTime
from apps.notifications.models.preference import Weekday

HOURS = [(hour, f"{hour}:00") for hour in range(24)]


def time_zones() -> list[tuple[str, str]]:
    named = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    platform = ("", f"That of the platform ({settings.TIME_ZONE})")
    return [platform, ("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in named)]


class WaysForm(forms.Form):
    """One choice for each kind this person is told of."""

    hour = forms.TypedChoiceField(label="Hour of the digests", choices=HOURS, coerce=int)
    weekday = forms.TypedChoiceField(label="Day of the weekly digest", choices=Weekday.choices, coerce=int)
    time_zone = forms.ChoiceField(label="Time zone", required=False)

    def __init__(self, data: Any, *, person: Any, chosen: dict[str, str], times: DigestTime) -> None:
        super().__init__(data, initial={"hour": times.hour, "weekday": times.weekday, "time_zone": times.time_zone})
        zone: Any = self.fields["time_zone"]
        zone.choices = time_zones()
        self.kinds = chosen_kinds(is_staff=person.is_staff)
        for kind in self.kinds:
            self.fields[f"way_{kind.key}"] = forms.ChoiceField(
                label=kind.title,
                choices=[(way, way.label) for way in kind.ways],
                initial=chosen.get(kind.key, kind.default),
                disabled=bool(kind.cannot_be_off),
            )

    @property
    def rows(self) -> list[tuple[Kind, forms.BoundField]]:
        return [(kind, self[f"way_{kind.key}"]) for kind in self.kinds]

    @property
    def groups(self) -> list[tuple[str, list[tuple[Kind, forms.BoundField]]]]:
        work = [row for row in self.rows if not row[0].is_for_learners]
        learning = [row for row in self.rows if row[0].is_for_learners]
        return [
            (title, rows) for title, rows in (("Your work and your account", work), ("As a learner", learning)) if rows
        ]

    @property
    def ways(self) -> dict[str, str]:
        """What was chosen, by kind, once the form is valid."""
        return {kind.key: self.cleaned_data[f"way_{kind.key}"] for kind in self.kinds}
