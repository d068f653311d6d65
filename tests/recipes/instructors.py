"""Instructors, who have applied and wait for a decision."""

from model_bakery.recipe import Recipe, foreign_key

from apps.instructors.models import InstructorProfile
from tests.recipes.accounts import person

instructor_profile = Recipe(
    InstructorProfile,
    user=foreign_key(person),
    title="Data engineer",
    bio="Has built pipelines for ten years.",
    approved_by=None,
    verified_by=None,
)
