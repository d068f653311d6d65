"""What is done with announcements."""

from apps.announcements.services.changing import save_announcement, send_announcement, withdraw_announcement
from apps.announcements.services.delivering import begin_delivery, deliver, stop_delivery

__all__ = [
    "begin_delivery",
    "deliver",
    "save_announcement",
    "send_announcement",
    "stop_delivery",
    "withdraw_announcement",
]
