"""The app's registration with Django: finds every job and gives the scheduled ones their rows."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "apps.jobs"
    label = "jobs"

    def ready(self) -> None:
        from apps.jobs.schedules import create_missing_schedules, show_as_job

        autodiscover_modules("tasks")
        apps.get_app_config("django_celery_beat").verbose_name = "Schedules"
        show_as_job()
        post_migrate.connect(create_missing_schedules, sender=self, dispatch_uid="jobs.create_missing_schedules")
