"""What of notifications is about a person."""

from apps.accounts.about import Personal, about_people
from apps.notifications.models import Notification

about_people(Personal(model=Notification, path="recipient", goes=True))
