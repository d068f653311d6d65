"""The screens of background work: runs and schedules."""

from apps.jobs.admin.run import JobRunAdmin
from apps.jobs.admin.schedule import ScheduleAdmin

__all__ = ["JobRunAdmin", "ScheduleAdmin"]
