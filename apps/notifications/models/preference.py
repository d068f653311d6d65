"""By which way each person wants to be told what, and when their digests come."""

import zoneinfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from apps.audit.models import TrackedModel, tracked
from apps.notifications.kinds import kind_of
from apps.notifications.states import Way


class Weekday(models.IntegerChoices):
    MONDAY = 1, "Monday"
    TUESDAY = 2, "Tuesday"
    WEDNESDAY = 3, "Wednesday"
    THURSDAY = 4, "Thursday"
    FRIDAY = 5, "Friday"
    SATURDAY = 6, "Saturday"
    SUNDAY = 0, "Sunday"


class NotificationPreference(TrackedModel):
    """What one person chose for one kind; without a row the kind's own way holds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_preferences")
    kind = models.CharField(max_length=40)
    way = models.CharField(max_length=10, choices=Way)

    history = tracked()

    class Meta:
        verbose_name = "notification preference"
        ordering = ["user_id", "kind"]
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_preference_per_person_and_kind")]

    def __str__(self) -> str:
        return f"{kind_of(self.kind).title}: {self.get_way_display()}"


class DigestTime(TrackedModel):
    """When the digests of a person come, in their own time; without a row at the hour of the platform."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digest_time")
    hour = models.PositiveSmallIntegerField(default=7, validators=[MaxValueValidator(23)])
    weekday = models.PositiveSmallIntegerField("day of the weekly digest", choices=Weekday, default=Weekday.MONDAY)
    time_zone = models.CharField(max_length=63, blank=True, help_text="Empty means that of the platform.")

    history = tracked()

    class Meta:
        ordering = ["user_id"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(hour__lte=23) & Q(weekday__lte=6), name="digest_at_an_hour_of_a_weekday")
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()}, {self.hour}:00 {self.time_zone or settings.TIME_ZONE}"

    def clean(self) -> None:
        super().clean()
        if self.time_zone and self.time_zone not in zoneinfo.available_timezones():
            raise ValidationError({"time_zone": "There is no such time zone. Choose one from the list."})
