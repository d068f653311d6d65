"""The app's registration with Django: whoever asked for background work is told how it ended."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "apps.notifications"
    label = "notifications"

    def ready(self) -> None:
        from apps.jobs.running import ended_hooks
        from apps.notifications.services import tell_run_ended

        if tell_run_ended not in ended_hooks:
            ended_hooks.append(tell_run_ended)
