"""The screens of enrollments, and what they put on the page of a course."""

from apps.catalog.seats import seats_changed
from apps.catalog.tabs import course_tabs
from apps.enrollments.admin.enrollment import EnrollmentAdmin
from apps.enrollments.admin.progress import LessonProgressAdmin
from apps.enrollments.panels import learners_tab
from apps.enrollments.services import give_free_seats

__all__ = ["EnrollmentAdmin", "LessonProgressAdmin"]

course_tabs.append(learners_tab)
seats_changed.append(lambda course, by: give_free_seats(course, by=by))
