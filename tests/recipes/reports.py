"""Saved reports, files made of them, and when they are sent."""

from datetime import UTC, datetime

from model_bakery.recipe import Recipe, foreign_key
from model_bakery.utils import seq

from apps.reports.models import Report, ReportRun, ReportSchedule
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
report_schedule = Recipe(
    ReportSchedule,
    report=foreign_key(report),
    ready_key="",
    owner=foreign_key(person),
    time_zone="UTC",
    next_run_at=datetime(2026, 3, 30, 8, tzinfo=UTC),
)
