"""The screen of announcements, and their tab on the page of a course."""

from apps.announcements.admin.announcement import AnnouncementAdmin
from apps.announcements.panels import course_tab
from apps.catalog.tabs import course_tabs

__all__ = ["AnnouncementAdmin"]

course_tabs.append(course_tab)
