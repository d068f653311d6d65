"""What somebody is asked who builds a report, or has one sent."""

from apps.reports.forms.builder import ReportForm
from apps.reports.forms.schedule import ScheduleForm

__all__ = ["ReportForm", "ScheduleForm"]
