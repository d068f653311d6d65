"""The app's registration with Django: the rules every installation begins with."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from apps.records.seeding import seed_after_migrations


class ReviewsConfig(AppConfig):
    name = "apps.reviews"
    label = "reviews"

    def ready(self) -> None:
        seed = import_string("apps.reviews.first_rules.seed_rules")
        seed_after_migrations(seed, sender=self, name="reviews.seed_rules")
