"""The app's registration with Django: finds every job and gives the scheduled ones their rows."""

from django.apps import AppConfig, apps
from django.utils.module_loading import autodiscover_modules

from apps.records.seeding import seed_after_migrations


class JobsConfig(AppConfig):
    name = "apps.jobs"
    label = "jobs"

    def ready(self) -> None:
        from apps.jobs.schedules import create_missing_schedules, show_as_job

        autodiscover_modules("tasks")
        apps.get_app_config("django_celery_beat").verbose_name = "Schedules"
        show_as_job()
        seed_after_migrations(create_missing_schedules, sender=self, name="jobs.create_missing_schedules")
