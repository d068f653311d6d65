"""The screens of reports, of their schedules and of their files."""

from apps.reports.admin import offers
from apps.reports.admin.report import ReportAdmin
from apps.reports.admin.run import ReportRunAdmin
from apps.reports.admin.schedule import ReportScheduleAdmin

__all__ = ["ReportAdmin", "ReportRunAdmin", "ReportScheduleAdmin", "offers"]
