"""Uploads, their rows, saved mappings, and exports."""

from django.utils import timezone
from model_bakery.recipe import Recipe, foreign_key
from model_bakery.utils import seq

from imports.models import (
    ExportRecord,
    Feed,
    FeedRow,
    ImportApproval,
    ImportComment,
    ImportCorrection,
    ImportJob,
    ImportMapping,
    ImportRow,
)
from tests.recipes.accounts import person

import_job = Recipe(
    ImportJob,
    kind="courses",
    uploader=foreign_key(person),
    token=seq("token"),
    original_name="courses.csv",
    sha256="0" * 64,
    format="csv",
    encoding="utf-8",
    delimiter=",",
    sheet="",
    headers=["code", "title"],
)
import_row = Recipe(ImportRow, job=foreign_key(import_job), number=seq(1), outcome=ImportRow.Outcome.CREATE)
import_correction = Recipe(ImportCorrection, job=foreign_key(import_job), number=seq(1), at=0, by=foreign_key(person))
import_approval = Recipe(
    ImportApproval,
    job=foreign_key(import_job),
    planned_at=timezone.now,
    asked_by=foreign_key(person),
    fingerprint="0" * 64,
)
import_comment = Recipe(ImportComment, job=foreign_key(import_job), author=foreign_key(person), text="Looks good.")
import_mapping = Recipe(ImportMapping, name=seq("Mapping "), kind="courses", owner=foreign_key(person))
feed = Recipe(Feed, folder=seq("/srv/feeds/"), kind="courses")
feed_row = Recipe(FeedRow, feed=foreign_key(feed), kind="courses", mark=seq(1), object_id=seq(1), version=1)
export_record = Recipe(ExportRecord, requester=foreign_key(person), kind="courses", format="csv", sha256="0" * 64)
