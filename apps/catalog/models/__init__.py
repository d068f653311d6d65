"""Categories, courses, their instructors, modules, lessons and resources, and who was granted what on them."""

from apps.catalog.models.category import Category
from apps.catalog.models.content import Lesson, Module, Resource
from apps.catalog.models.course import Course, CourseInstructor
from apps.catalog.models.grants import CategoryGroupGrant, CategoryUserGrant, CourseGroupGrant, CourseUserGrant
from apps.catalog.models.requests import AccessRequest

__all__ = [
    "AccessRequest",
    "Category",
    "CategoryGroupGrant",
    "CategoryUserGrant",
    "Course",
    "CourseGroupGrant",
    "CourseInstructor",
    "CourseUserGrant",
    "Lesson",
    "Module",
    "Resource",
]
