"""People, their profiles and their sign-ins."""

from model_bakery.recipe import Recipe, foreign_key
from model_bakery.utils import seq

from apps.accounts.models import LoginEvent, Profile, User

person = Recipe(
    User,
    email=seq("person", suffix="@example.org"),
    username=None,
    first_name="Robin",
    last_name=seq("Marlow "),
    role=User.Role.STUDENT,
    status=User.Status.ACTIVE,
    archived_by=None,
)
profile = Recipe(Profile, user=foreign_key(person), city="Lisbon", bio="Learns on the train.")
login_event = Recipe(
    LoginEvent, user=foreign_key(person), email="robin@example.org", outcome=LoginEvent.Outcome.SUCCESS
)
