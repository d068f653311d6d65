"""What people are told."""

from model_bakery.recipe import Recipe, foreign_key
from model_bakery.utils import seq

from apps.accounts.models import User
from apps.notifications.models import Notification
from tests.recipes.accounts import person

notification = Recipe(
    Notification, recipient=foreign_key(person.extend(role=User.Role.STAFF)), kind="test", title=seq("Something, part ")
)
