"""The app's registration with Django: the rules every installation begins with."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string


class ReviewsConfig(AppConfig):
    name = "apps.reviews"
    label = "reviews"

    def ready(self) -> None:
        seed = import_string("apps.reviews.first_rules.seed_rules")
        post_migrate.connect(seed, sender=self, dispatch_uid="reviews.seed_rules")
