"""What watched folders brought before, so that it is not done again."""

from django.db import models
from django.utils import timezone


class Feed(models.Model):
    """A watched folder with files of one kind: what it brought before is remembered, so that it is not done again."""

    folder = models.CharField(max_length=500)
    kind = models.CharField(max_length=40)
    used_at = models.DateTimeField("last file", default=timezone.now)

    class Meta:
        ordering = ["folder", "kind"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["folder", "kind"], name="one_feed_of_a_kind_in_a_folder")]

    def __str__(self) -> str:
        return f"{self.folder} ({self.kind})"


class FeedRow(models.Model):
    """The last row of a feed about one record: its fingerprint, and the version of the record it led to."""

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="rows")
    kind = models.CharField(max_length=40)
    mark = models.BigIntegerField(help_text="Of what the row says and how it is read.")
    object_id = models.BigIntegerField()
    version = models.BigIntegerField(help_text="History id of the record when the row was all done.")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["feed", "kind", "object_id"], name="one_feed_row_a_record")]
        indexes = [models.Index(fields=["feed", "kind", "mark"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
