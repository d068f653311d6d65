"""The screens of instructors, and what they put on the page of a person."""

from apps.accounts.panels import people_tabs
from apps.instructors.admin.instructor import InstructorProfileAdmin
from apps.instructors.admin.person_tab import instructor_tab

__all__ = ["InstructorProfileAdmin"]

people_tabs.append(instructor_tab)
