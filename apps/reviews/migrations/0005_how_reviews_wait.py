"""Reviews that are there already wait since they were written; what their words are is worked out once."""

from typing import Any

from django.db import migrations
from django.db.models import F

from apps.reviews.words import digest_of

BATCH = 1_000


def fill(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    reviews = apps.get_model("reviews", "Review")._base_manager
    reviews.update(waits_since=F("created_at"))
    reviews.filter(reported_count__gt=0, state__in=("pending", "flagged")).update(is_reported_anew=True)
    last = 0
    while batch := list(reviews.filter(pk__gt=last).order_by("pk").only("pk", "text")[:BATCH]):
        for review in batch:
            review.text_digest = digest_of(review.text)
        reviews.bulk_update(batch, ["text_digest"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("reviews", "0004_the_desk")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
