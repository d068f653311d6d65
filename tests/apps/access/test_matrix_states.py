"""The table again for people who have just lost what they had: they get what nobody gets, from the next request on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.utils import timezone

from apps.access.models import Role
from apps.access.services import withdraw_role
from apps.accounts.models import User
from apps.accounts.services import suspend_person
from apps.catalog.grants import end_grant
from apps.catalog.models import CourseInstructor, CourseUserGrant
from apps.catalog.services import save_instructor
from tests.apps.access.matrix.stage import Stage, a_client
from tests.apps.access.matrix.table import Line, table
from tests.apps.access.matrix.trying import ask, letter_of
from tests.support.people import person

pytestmark = pytest.mark.django_db

CO_INSTRUCTORS = ("CV", "CC", "CP", "CI", "CE")
WITH_ROLES = {"IO": "instructor", "MO": "moderator", "MA": "manager", "SU": "support"}
OWN = {
    "IO": ("instructors/instructorprofile/", "{instructor}"),
    "CI": ("{run}", "{waiting_run}", "{failed_run}", "{own_change}"),
    "CV": ("{notification}", "{request}", "{plain_request}", "{own_event}"),
    "MA": ("{session}", "{managers_sign_in}"),
}
"""What stays everybody's own, whatever rights they have: what they did, and where they are signed in."""

NOBODYS: dict[str, str] = {}
"""What a member of staff without any right gets, asked once."""


def pages() -> list[Line]:
    """What is looked at in the console, each address once."""
    seen: dict[str, Line] = {}
    for line in table():
        if line.is_read and line.address.startswith("/admin/") and not {"after", "leaves"} & set(line.words):
            seen.setdefault(line.address, line)
    return list(seen.values())


def revoke(stage: Stage, letters: str) -> None:
    """An administrator takes everything away, in a session of their own."""
    user, administrator = stage.world.people[letters], stage.world.people["AD"]
    for row in CourseInstructor.objects.filter(user=user):
        row.is_active = row.is_lead = False
        save_instructor(row, by=administrator)
    for given in CourseUserGrant.objects.filter(user=user):
        end_grant(given, by=administrator, reason="Not any more.")
    for role in Role.objects.filter(user=user):
        withdraw_role(user, role, by=administrator, reason="Changed teams.")


def let_expire(stage: Stage, letters: str) -> None:
    grants = CourseUserGrant.objects.filter(user=stage.world.people[letters])
    models.QuerySet.update(grants, expires_at=timezone.now() - timedelta(seconds=1))


def differences(stage: Stage, letters: str, wanted: Callable[[Line], str]) -> list[str]:
    found = []
    for line in pages():
        if any(key in line.address for key in OWN.get(letters, ())):
            continue
        letter, should = letter_of(ask(stage, line, letters, {})), wanted(line)
        if letter != should:
            found.append(f"{line}, {letters}: {letter}, not {should}")
    return found


def what_nobody_gets(stage: Stage) -> Callable[[Line], str]:
    """The answers for a member of staff without any right."""
    if NOBODYS:
        return lambda line: NOBODYS[line.address]
    client: Any = a_client(stage.world.people["NO"])
    stage.clients["NO"], stage.cookies["NO"] = client, client.cookies
    NOBODYS.update({line.address: letter_of(ask(stage, line, "NO", {})) for line in pages()})
    return lambda line: NOBODYS[line.address]


@pytest.mark.parametrize("letters", [*WITH_ROLES, *CO_INSTRUCTORS])
def test_whoever_lost_their_rights_a_second_ago_gets_what_nobody_gets(letters: str, stage: Stage) -> None:
    nobodys = what_nobody_gets(stage)

    revoke(stage, letters)

    assert [line for line in pages() if line.letters[letters] != nobodys(line)]
    assert differences(stage, letters, nobodys) == []


@pytest.mark.parametrize("letters", CO_INSTRUCTORS)
def test_whoever_has_rights_that_have_run_out_gets_what_nobody_gets(letters: str, stage: Stage) -> None:
    nobodys = what_nobody_gets(stage)

    let_expire(stage, letters)

    assert differences(stage, letters, nobodys) == []


@pytest.mark.parametrize("letters", ["IO", "CV", "MO", "MA", "SU", "AD"])
def test_whoever_is_deactivated_is_signed_out_of_every_page(letters: str, stage: Stage) -> None:
    second = person("second-administrator", User.Role.ADMINISTRATOR)

    suspend_person(stage.world.people[letters], by=second, reason="Left us.")

    assert differences(stage, letters, lambda line: line.letters["AN"]) == []
