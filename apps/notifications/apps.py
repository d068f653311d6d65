"""The app's registration with Django: kinds of news, first templates, and who is told of background work."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules, import_string


class NotificationsConfig(AppConfig):
    name = "apps.notifications"
    label = "notifications"

    def ready(self) -> None:
        from apps.accounts.mails import composers
        from apps.jobs.running import ended_hooks
        from apps.notifications.account_mails import compose
        from apps.notifications.services import tell_run_ended

        autodiscover_modules("news")
        if tell_run_ended not in ended_hooks:
            ended_hooks.append(tell_run_ended)
        if compose not in composers:
            composers.append(compose)
        seed = import_string("apps.notifications.first_templates.seed_templates")
        post_migrate.connect(seed, sender=self, dispatch_uid="notifications.seed_templates")
