"""Roles and who has them."""

from model_bakery.recipe import Recipe, foreign_key
from model_bakery.utils import seq

from apps.access.models import Role, RoleAssignment
from tests.recipes.accounts import person

role = Recipe(Role, name=seq("role-"), display_name=seq("Role "))
role_assignment = Recipe(RoleAssignment, user=foreign_key(person), role=foreign_key(role))
