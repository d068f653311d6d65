"""The screens of what people are told, in which words, and of the outbox; and their tab on a person's page."""

from apps.accounts.panels import people_tabs
from apps.notifications.admin.mail import MailAdmin
from apps.notifications.admin.notification import NotificationAdmin
from apps.notifications.admin.template import MailTemplateAdmin
from apps.notifications.person_tab import told_tab

__all__ = ["MailAdmin", "MailTemplateAdmin", "NotificationAdmin"]

people_tabs.append(told_tab)
