"""Our own way: upload, plan with its rows stored, and apply, through the services every door uses."""

import time
from pathlib import Path
from typing import Any

from django.db import connection, reset_queries

from apps.accounts.models import User
from apps.audit.recording import operation
from apps.catalog.models import Category
from bench.measuring import Queries, peak_megabytes, resident_megabytes
from bench.workbook import CATEGORY
from imports import services


def administrator() -> User:
    found = User.objects.filter(role=User.Role.ADMINISTRATOR).first()
    return found or User.objects.create_superuser("bench@example.org")


def run_workbook(path: Path) -> dict[str, Any]:
    """The same for whole courses, into the one category they name."""
    Category.objects.get_or_create(slug=CATEGORY, defaults={"name": "Measured"})
    return run(path, "course-workbook", replan=True)


def run(path: Path, kind: str, *, replan: bool = False) -> dict[str, Any]:
    """Seconds of each step, how many queries it took, and how far memory grew."""
    user = administrator()
    reset_queries()
    queries = Queries()
    with operation(by=user, channel="command"), path.open("rb") as file:
        job = services.upload_file(file, name=path.name, kind=kind, by=user)
        idle = resident_megabytes()
        with connection.execute_wrapper(queries):
            started = time.perf_counter()
            services.plan_now(job, by=user)
            planned = time.perf_counter()
            plan_queries = queries.number
            services.apply_now(job, by=user, confirmed=True)
            applied = time.perf_counter()
        result = {
            "plan_seconds": planned - started,
            "apply_seconds": applied - planned,
            "seconds": applied - started,
            "plan_queries": plan_queries,
            "queries": queries.number,
            "megabytes": peak_megabytes() - idle,
            "counts": job.counts,
            "status": job.status,
            "outcome": job.run.outcome if job.run else "",
        }
        if replan:
            file.seek(0)
            again = services.upload_file(file, name=path.name, kind=kind, by=user)
            started = time.perf_counter()
            services.plan_now(again, by=user)
            result["replan_seconds"] = time.perf_counter() - started
            result["replan_counts"] = again.counts
    return result
