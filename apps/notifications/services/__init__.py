"""Telling people something, what they do about it, by which way they want it, and the mails that follow."""

from apps.notifications.services.at_once import mail_at_once, way_of
from apps.notifications.services.outbox import resend_mail, send_due_mails
from apps.notifications.services.preferring import choose_ways
from apps.notifications.services.reading import (
    dismiss_notification,
    read_all_notifications,
    read_notification,
    settle_notifications,
)
from apps.notifications.services.telling import News, notify, notify_learners, tell_many, tell_run_ended
from apps.notifications.services.templates import change_template, restore_template
from apps.notifications.services.writing import message_about, preview_of, write_due_mails

__all__ = [
    "News",
    "change_template",
    "choose_ways",
    "dismiss_notification",
    "mail_at_once",
    "message_about",
    "notify",
    "notify_learners",
    "preview_of",
    "read_all_notifications",
    "read_notification",
    "resend_mail",
    "restore_template",
    "send_due_mails",
    "settle_notifications",
    "tell_many",
    "tell_run_ended",
    "way_of",
    "write_due_mails",
]
