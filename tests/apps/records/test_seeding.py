"""What an installation begins with is written when the tables of today stand, and not while migrations lead back."""

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.db.models.signals import post_migrate

from apps.certificates.models import CertificateTemplate
from apps.records.seeding import columns_of
from apps.reviews.models import ReviewRule

pytestmark = pytest.mark.django_db
BEFORE_THE_RULES = ("reviews", "0005_how_reviews_wait")


def test_nothing_is_written_into_tables_that_are_not_there_yet_or_no_more() -> None:
    ReviewRule.objects.all().delete()
    then = MigrationLoader(None).project_state(BEFORE_THE_RULES).apps
    reviews = apps.get_app_config("reviews")

    post_migrate.send(sender=reviews, app_config=reviews, apps=then, using="default")
    back = ReviewRule.objects.count()
    post_migrate.send(sender=reviews, app_config=reviews, apps=apps, using="default")

    assert columns_of(then) < columns_of(apps)
    assert back == 0
    assert ReviewRule.objects.count() > 5


def test_a_new_installation_begins_with_rules_and_templates() -> None:
    assert ReviewRule.objects.exists()
    assert CertificateTemplate.objects.exists()
