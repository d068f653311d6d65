"""Saved reports and files made of them."""

from model_bakery.recipe import Recipe, foreign_key
from model_bakery.utils import seq

from apps.reports.models import Report, ReportRun
from tests.recipes.accounts import person

report = Recipe(
    Report, name=seq("Report "), source="courses", owner=foreign_key(person), columns=["code", "title"], period=""
)
report_run = Recipe(
    ReportRun,
    title="Courses",
    requester=foreign_key(person),
    format="csv",
    columns=["code"],
    definition={"source": "courses", "columns": ["code"]},
    sha256="0" * 64,
    request_id="",
)
