"""The screens of reports and of their files."""

from apps.reports.admin import offers
from apps.reports.admin.report import ReportAdmin
from apps.reports.admin.run import ReportRunAdmin

__all__ = ["ReportAdmin", "ReportRunAdmin", "offers"]
