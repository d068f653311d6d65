"""What stands behind the bell of a person, and whom a mail is due to."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django_celery_beat.tzcrontab import TzAwareCrontab

from apps.jobs.schedules import last_slot
from apps.notifications.kinds import FOR_LEARNERS, all_kinds
from apps.notifications.models import DigestTime, Mail, Notification, NotificationPreference
from apps.notifications.states import MailState, Way

# Staff who have not looked for this long are sent a mail; what is older than a day is no news any more.
MAILED_AFTER, MAILED_WITHIN = timedelta(minutes=15), timedelta(days=1)
DIGESTS = {Way.DAILY: "daily", Way.WEEKLY: "weekly"}


def is_shown() -> Q:
    """The condition under which a notification is still shown at this moment."""
    return Q(dismissed_at=None) & (Q(expires_at=None) | Q(expires_at__gt=timezone.now()))


def unread_notifications(person: Any) -> QuerySet[Notification]:
    return Notification.objects.filter(is_shown(), recipient=person.pk, read_at=None)


def wants_nothing(kind: str, person: str = "pk") -> Exists:
    """The condition that somebody switched this kind off; `person` leads to them."""
    return Exists(NotificationPreference.objects.filter(user=OuterRef(person), kind=kind, way=Way.NOTHING))


def chosen_way(kind: str = "kind", person: str = "recipient") -> Any:
    """The way a person is told something of a kind, as an expression."""
    chosen = NotificationPreference.objects.filter(user=OuterRef(person), kind=OuterRef(kind)).values("way")[:1]
    fixed = [one.key for one in all_kinds() if one.cannot_be_off]
    others = [When(Q((kind, one.key)), then=Value(one.default)) for one in all_kinds() if one.default != Way.AT_ONCE]
    first = Case(*others, default=Value(Way.AT_ONCE), output_field=CharField()) if others else Value(Way.AT_ONCE)
    return Case(
        When(Q((f"{kind}__in", fixed)), then=Value(Way.AT_ONCE)),
        default=Coalesce(Subquery(chosen, output_field=CharField()), first),
        output_field=CharField(),
    )


def unmailed() -> QuerySet[Notification]:
    """What is unread and in no mail yet, of people who get mails, with the way they chose."""
    rows = Notification.objects.filter(is_shown(), read_at=None, emailed_at=None, recipient__is_active=True)
    wanted = rows.exclude(recipient__profile__receive_email_notifications=False)
    return wanted.annotate(way=chosen_way())


def notifications_to_mail() -> QuerySet[Notification]:
    """Everything that is due in a mail of its own or in a digest at this moment.

    Learners are mailed at once and however late; staff when they have not looked at the bell for a while. A digest
    holds what came before its hour. Nothing but the notifications themselves says what was sent, so that a digest
    that was missed comes as soon as it can, and an hour that a clock change repeats or skips brings one.
    """
    now = timezone.now()
    missed = Q(created_at__gt=now - MAILED_WITHIN, created_at__lte=now - MAILED_AFTER, recipient__is_staff=True)
    due = Q(way=Way.AT_ONCE) & (missed | Q(kind__startswith=FOR_LEARNERS))
    for times, daily, weekly in digest_slots(now):
        due |= times & (Q(way=Way.DAILY, created_at__lte=daily) | Q(way=Way.WEEKLY, created_at__lte=weekly))
    return unmailed().filter(due)


def digest_slots(now: datetime) -> Iterator[tuple[Q, datetime, datetime]]:
    """For each hour, weekday and time zone somebody chose, who they are and when their last digests were due."""
    own = DigestTime.objects.order_by().values_list("hour", "weekday", "time_zone").distinct()
    for hour, weekday, zone in own:
        chosen = Q(
            recipient__digest_time__hour=hour,
            recipient__digest_time__weekday=weekday,
            recipient__digest_time__time_zone=zone,
        )
        yield chosen, *slots_of(DigestTime(hour=hour, weekday=weekday, time_zone=zone), now)
    yield Q(recipient__digest_time=None), *slots_of(DigestTime(), now)


def slots_of(times: DigestTime, now: datetime) -> tuple[datetime, datetime]:
    """The latest moments, up to now, at which the daily and the weekly digest were due."""
    zone = ZoneInfo(times.time_zone or settings.TIME_ZONE)
    daily = TzAwareCrontab(minute="0", hour=str(times.hour), tz=zone)
    weekly = TzAwareCrontab(minute="0", hour=str(times.hour), day_of_week=str(times.weekday), tz=zone)
    return last_slot(daily, now), last_slot(weekly, now)


def mails_to_send() -> QuerySet[Mail]:
    """Those that wait, are due and are in nobody's hands, the oldest first."""
    now = timezone.now()
    free = Q(taken_until=None) | Q(taken_until__lte=now)
    return Mail.objects.filter(free, state=MailState.WAITING, due_at__lte=now).order_by("due_at", "pk")


def told_by(source: str) -> QuerySet[Notification]:
    """Everything one source told people."""
    return Notification.objects.filter(source=source)


def ways_of(person: Any) -> dict[str, str]:
    """What somebody chose, by kind."""
    return dict(NotificationPreference.objects.filter(user=person.pk).values_list("kind", "way"))


def digest_time_of(person: Any) -> DigestTime:
    """When the digests of somebody come; not saved where they never chose."""
    return DigestTime.objects.filter(user=person.pk).first() or DigestTime(user_id=person.pk)
