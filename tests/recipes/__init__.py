"""One recipe for each model: a believable row, made with `recipe.make(...)`."""

from typing import Any, cast

from django.db.models import Model
from model_bakery.recipe import Recipe

from tests.recipes import (
    access,
    accounts,
    announcements,
    assessments,
    audit,
    catalog,
    certificates,
    enrollments,
    imports,
    instructors,
    jobs,
    notifications,
    reports,
    reviews,
    statistics,
    subscriptions,
)

RECIPES: dict[type[Model], Recipe[Any]] = {
    cast(type[Model], recipe._model): recipe
    for module in (
        access,
        accounts,
        announcements,
        assessments,
        audit,
        catalog,
        certificates,
        enrollments,
        imports,
        instructors,
        jobs,
        notifications,
        reports,
        reviews,
        statistics,
        subscriptions,
    )
    for recipe in vars(module).values()
    if isinstance(recipe, Recipe)
}
