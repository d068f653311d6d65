"""The screens of enrollments, and the tab they put on the page of a course."""

from apps.catalog.tabs import course_tabs
from apps.enrollments.admin.enrollment import EnrollmentAdmin
from apps.enrollments.admin.progress import LessonProgressAdmin
from apps.enrollments.panels import learners_tab

__all__ = ["EnrollmentAdmin", "LessonProgressAdmin"]

course_tabs.append(learners_tab)
