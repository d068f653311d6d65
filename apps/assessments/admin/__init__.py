"""The screens of assessments and attempts, and what they put on the pages of courses, lessons and people."""

from apps.accounts.panels import people_tabs
from apps.assessments.admin.assessment import AssessmentAdmin
from apps.assessments.admin.attempt import AttemptAdmin
from apps.assessments.admin.question import QuestionAdmin
from apps.assessments.panels import course_tab, lesson_tab
from apps.assessments.person_tab import attempts_tab
from apps.catalog.tabs import course_tabs, lesson_tabs

__all__ = ["AssessmentAdmin", "AttemptAdmin", "QuestionAdmin"]

course_tabs.append(course_tab)
lesson_tabs.append(lesson_tab)
people_tabs.append(attempts_tab)
