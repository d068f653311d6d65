"""Enrollments and the progress in them."""

from model_bakery.recipe import Recipe, foreign_key

from apps.enrollments.models import Enrollment, LessonProgress
from tests.recipes.accounts import person
from tests.recipes.catalog import course, lesson

enrollment = Recipe(Enrollment, user=foreign_key(person), course=foreign_key(course))
lesson_progress = Recipe(LessonProgress, enrollment=foreign_key(enrollment), lesson=foreign_key(lesson))
