"""What people of the demo platform were told: announcements in each state, notifications, choices, and an outbox."""

import random
from datetime import datetime, timedelta

from apps.accounts.models import User
from apps.announcements.models import Announcement
from apps.announcements.queries import audience_of
from apps.announcements.services.delivering import facts_of
from apps.announcements.states import AnnouncementState
from apps.catalog.models import Course
from apps.notifications.models import DigestTime, Mail, Notification, NotificationPreference
from apps.notifications.services import preview_of
from apps.notifications.states import MailState, Way
from backoffice.seed.people import People
from backoffice.seed.writing import World, write_all

SENT = (
    ("The live session moves to Friday", "It begins at 18:00 as before. The recording is there on Saturday."),
    ("A corrected exercise in module 2", "The third exercise asked for what is explained later. Have another look."),
)
READ_SHARE, FAILED_SHARE = 0.35, 0.02
NO_BOX = "550 5.1.1 No such box here"


def make_telling(world: World, people: People, course: Course) -> None:
    dice = world.dice("telling")
    lead = course.instructors.get(is_lead=True).user
    for number, (title, text) in enumerate(SENT):
        at = world.now - timedelta(days=3 + 9 * number, hours=dice.randint(5, 9))
        make_sent(dice, course, lead, title, text, at)
    draft = Announcement(
        course=course,
        title="You have made a good start",
        text="The next module is the one most learners like best. The certificate waits at the end of the last one.",
        action_link="https://example.org/go-on",
        progress_from=20,
        created_at=world.now - timedelta(hours=3),
    )
    scheduled = Announcement(
        course=course,
        title="The autumn term begins",
        text="From now on there are office hours on Tuesdays.",
        state=AnnouncementState.SCHEDULED,
        sent_by=lead,
        send_at=world.now + timedelta(days=400),
        created_at=world.now - timedelta(hours=30),
    )
    write_all([scheduled, draft])
    make_choices(people)


def make_sent(dice: random.Random, course: Course, lead: User, title: str, text: str, at: datetime) -> None:
    """Everybody was told and mailed; some have read it, and some addresses exist no more."""
    announcement = Announcement(
        course=course,
        title=title,
        text=text,
        state=AnnouncementState.SENT,
        sent_by=lead,
        send_at=at,
        sent_at=at,
        created_at=at,
    )
    write_all([announcement])
    words = preview_of("learner.announcement", title=title, text=text, **facts_of(announcement))
    told: list[Notification] = []
    for enrollment in audience_of(announcement).select_related("user"):
        fails = dice.random() < FAILED_SHARE or not told
        mail = Mail(
            recipient=enrollment.user,
            to=enrollment.user.email,
            kind="learner.announcement",
            subject=words.subject,
            text=words.text if fails else "",
            state=MailState.FAILED if fails else MailState.SENT,
            error=NO_BOX if fails else "",
            attempts=1,
            created_at=at,
            due_at=at,
            sent_at=None if fails else at,
            message_id=f"<demo-{announcement.pk}-{enrollment.pk}@example.org>",
        )
        told.append(
            Notification(
                recipient=enrollment.user,
                kind="learner.announcement",
                title=title,
                text=text,
                source=announcement.source,
                created_at=at,
                emailed_at=at,
                mail=mail,
                read_at=at if dice.random() < READ_SHARE else None,
            )
        )
    Mail.objects.bulk_create([one.mail for one in told if one.mail])
    for one in told:
        one.mail_id = one.mail.pk if one.mail else None
    Notification.objects.bulk_create(told)
    Announcement.objects.filter(pk=announcement.pk).update(told_count=len(told))


def make_choices(people: People) -> None:
    """The manager reads a digest in the morning."""
    write = (
        NotificationPreference(user=people.manager, kind="job", way=Way.DAILY),
        NotificationPreference(user=people.manager, kind="import_comment", way=Way.WEEKLY),
        DigestTime(user=people.manager, hour=8, time_zone="Europe/Berlin"),
    )
    for row in write:
        row.save()
