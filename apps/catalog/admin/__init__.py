"""The catalog's screens, one file each."""

from apps.catalog.admin.category import CategoryAdmin
from apps.catalog.admin.course import CourseAdmin
from apps.catalog.admin.instructor import CourseInstructorAdmin
from apps.catalog.admin.lesson import LessonAdmin
from apps.catalog.admin.module import ModuleAdmin
from apps.catalog.admin.requests import AccessRequestAdmin
from apps.catalog.admin.resource import ResourceAdmin

__all__ = [
    "AccessRequestAdmin",
    "CategoryAdmin",
    "CourseAdmin",
    "CourseInstructorAdmin",
    "LessonAdmin",
    "ModuleAdmin",
    "ResourceAdmin",
]
