"""What people are told, by which way, in which words, and the mails that wait to be sent."""

from apps.notifications.models.mail import Mail
from apps.notifications.models.notification import Notification
from apps.notifications.models.preference import DigestTime, NotificationPreference
from apps.notifications.models.template import MailTemplate

__all__ = ["DigestTime", "Mail", "MailTemplate", "Notification", "NotificationPreference"]
