"""The screens of figures, and the tab they put on the page of a course."""

from apps.catalog.tabs import course_tabs
from apps.statistics.admin.course import CourseStatsAdmin
from apps.statistics.admin.payout import PayoutAdmin
from apps.statistics.admin.people import InstructorStatsAdmin, LearnerStatsAdmin
from apps.statistics.admin.platform import PlatformStatsAdmin
from apps.statistics.panels import statistics_tab

__all__ = ["CourseStatsAdmin", "InstructorStatsAdmin", "LearnerStatsAdmin", "PayoutAdmin", "PlatformStatsAdmin"]

course_tabs.append(statistics_tab)
