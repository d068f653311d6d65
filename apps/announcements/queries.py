"""Whom an announcement is for, what is due, and who has read it."""

from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from apps.announcements.models import Announcement
from apps.announcements.states import AnnouncementState
from apps.enrollments.models import Enrollment
from apps.notifications.models import Notification
from apps.notifications.queries import told_by, wants_nothing
from apps.notifications.states import MailState

KIND = "announcement"
FULL_KIND = f"learner.{KIND}"


def audience_of(announcement: Announcement) -> QuerySet[Enrollment]:
    """The enrollments it is for at this moment: of people who can sign in and want to hear such things."""
    rows = Enrollment.objects.filter(
        course=announcement.course_id,
        status__in=announcement.audience,
        progress_percent__gte=announcement.progress_from,
        progress_percent__lte=announcement.progress_to,
        user__is_active=True,
        user__archived_at=None,
    )
    return rows.exclude(wants_nothing(FULL_KIND, "user_id")).order_by("pk")


def announcements_due(now: datetime | None = None) -> QuerySet[Announcement]:
    """Everything that should be on its way and is not, or is and has not arrived."""
    due = Q(state=AnnouncementState.SCHEDULED, send_at__lte=now or timezone.now())
    return Announcement.objects.filter(due | Q(state=AnnouncementState.SENDING)).order_by("send_at", "pk")


def with_readers(announcements: QuerySet[Announcement]) -> QuerySet[Announcement]:
    """With how many have read each."""
    source = Concat(Value("announcements.announcement:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    read = Notification.objects.filter(source=source, read_at__isnull=False).order_by().values("source")
    return announcements.annotate(read_count=Coalesce(Subquery(read.annotate(n=Count("pk")).values("n")), 0))


def fate_of(announcement: Announcement) -> dict[str, Any]:
    """How many were told, have read it, were sent a mail, and were not because the mail server refused."""
    # The outbox forgets what was sent long ago; what waits or failed it keeps.
    went = Q(emailed_at__isnull=False) & (Q(mail=None) | Q(mail__state=MailState.SENT))
    return told_by(announcement.source).aggregate(
        told=Count("pk"),
        read=Count("pk", filter=Q(read_at__isnull=False)),
        mailed=Count("pk", filter=went),
        waiting=Count("pk", filter=Q(mail__state=MailState.WAITING)),
        refused=Count("pk", filter=Q(mail__state=MailState.FAILED)),
    )
