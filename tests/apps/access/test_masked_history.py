"""What is masked on a page is masked in its history."""

from collections.abc import Callable

from django.test import Client

from apps.accounts.models import User
from apps.accounts.services import save_person
from apps.audit.recording import change_set
from tests.support.people import person

SignedIn = Callable[[User], Client]


def test_the_history_of_a_person_shows_names_only_to_whoever_sees_names_only(
    moderator: User, administrator: User, signed_in: SignedIn
) -> None:
    learner = person("canary-old", User.Role.STUDENT)
    learner.email, learner.last_name = "canary-new@example.org", "Married"
    with change_set(by=administrator, reason="Asked for it."):
        save_person(learner)

    response = signed_in(moderator).get(f"/admin/accounts/user/{learner.pk}/history/")

    shown = response.content.decode()
    assert response.status_code == 200
    assert "Married" in shown
    assert "canary-new" not in shown
    assert "canary-old" not in shown
