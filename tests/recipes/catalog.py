"""Categories, courses, what they are made of, and who has which right on them."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Permission
from model_bakery.recipe import Recipe, foreign_key
from model_bakery.utils import seq

from apps.catalog.models import (
    AccessRequest,
    Category,
    CategoryGroupGrant,
    CategoryUserGrant,
    Course,
    CourseGroupGrant,
    CourseInstructor,
    CourseUserGrant,
    Lesson,
    Module,
    Resource,
)
from tests.recipes.access import role
from tests.recipes.accounts import person

category = Recipe(Category, name=seq("Category "), slug=seq("category-"), parent=None)
course = Recipe(
    Course,
    code=seq("C-"),
    slug=seq("course-"),
    title=seq("A course about things, part "),
    category=foreign_key(category),
    price=Decimal("49.00"),
)
course_instructor = Recipe(CourseInstructor, course=foreign_key(course), user=foreign_key(person))
module = Recipe(Module, course=foreign_key(course), code=seq("m"), title=seq("Module "), order=seq(0))


class LessonRecipe(Recipe[Lesson]):
    """A lesson lies in a module of its own course, whichever of the two is given."""

    def make(self, **attrs: Any) -> Any:  # type: ignore[override]
        place = {"course": attrs["course"]} if "course" in attrs else {}
        parent = attrs.pop("module", None) or module.make(**place)
        return super().make(**{**attrs, "module": parent, "course": parent.course})


lesson = LessonRecipe(Lesson, code=seq("l"), title=seq("Lesson "), order=seq(0), duration_minutes=12)
resource = Recipe(
    Resource, lesson=foreign_key(lesson), code=seq("r"), title=seq("Resource "), url="https://example.org/"
)


def on_course() -> Permission:
    return Permission.objects.get(codename="edit_content", content_type__model="course")


def on_category() -> Permission:
    return Permission.objects.get(codename="edit_content", content_type__model="category")


course_user_grant = Recipe(
    CourseUserGrant, user=foreign_key(person), content_object=foreign_key(course), permission=on_course
)
course_group_grant = Recipe(
    CourseGroupGrant, group=foreign_key(role), content_object=foreign_key(course), permission=on_course
)
category_user_grant = Recipe(
    CategoryUserGrant, user=foreign_key(person), content_object=foreign_key(category), permission=on_category
)
category_group_grant = Recipe(
    CategoryGroupGrant, group=foreign_key(role), content_object=foreign_key(category), permission=on_category
)

access_request = Recipe(
    AccessRequest,
    requester=foreign_key(person.extend(role="staff")),
    course=foreign_key(course),
    right="edit_content",
    wish=seq("change the lesson "),
    page="/admin/",
    decided_by=None,
)
