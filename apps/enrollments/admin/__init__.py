"""The screens of enrollments, and what they put on the pages of courses and people."""

from apps.accounts.panels import people_tabs, people_tellings
from apps.catalog.seats import seats_changed
from apps.catalog.tabs import course_tabs
from apps.enrollments.admin.enrollment import EnrollmentAdmin
from apps.enrollments.admin.progress import LessonProgressAdmin
from apps.enrollments.panels import learners_tab
from apps.enrollments.person_tabs import access_tab, learning_tab, telling
from apps.enrollments.services import give_free_seats

__all__ = ["EnrollmentAdmin", "LessonProgressAdmin"]

course_tabs.append(learners_tab)
people_tabs += [access_tab, learning_tab]
people_tellings.append(telling)
seats_changed.append(lambda course, by: give_free_seats(course, by=by))
