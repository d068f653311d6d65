"""`explain` never disagrees with the policy: everybody, every verb, every kind of record, and each reason is true."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model

from apps.access.explain import Explanation, explain_record
from apps.access.memory import remembering
from apps.access.models import Role
from apps.accounts.models import User
from apps.catalog.models import CourseInstructor
from apps.catalog.rights import GRANT_TABLES
from apps.records.policy import all_policies, policy_for
from apps.records.reasons import Kind
from tests.apps.access.conftest import World
from tests.apps.access.two_of_each import records_of
from tests.recipes import RECIPES
from tests.support.people import give_role, grant, person

ALLOWS = {Kind.ADMINISTRATOR, Kind.ROLE, Kind.GRANT, Kind.INSTRUCTOR, Kind.OWNER}
REFUSES = {Kind.ACCOUNT, Kind.EXPIRED, Kind.INACTIVE, Kind.MISSING, Kind.NOBODY}
MODELS = sorted((one.model for one in all_policies() if one.model in RECIPES), key=lambda model: model._meta.label)


@pytest.fixture
def everybody(world: World) -> dict[str, User]:
    """All of the matrix, and somebody with a role and a right of their own."""
    world.people["SUE"] = give_role(person("sue"), "support")
    grant(world.people["SUE"], "edit_content", world.a)
    return {letters: user for letters, user in world.people.items() if letters != "AN"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_the_answer_is_that_of_the_policy_and_rests_on_what_it_names(
    model: type[Model], world: World, everybody: dict[str, User]
) -> None:
    records = list(records_of(world, model))

    wrong = [
        (letters, verb, str(record), answer.because)
        for letters, user in everybody.items()
        for record, verb, answer in answers(user, records)
        if not is_sound(answer, user, verb, record)
    ]

    assert wrong == []


def answers(user: User, records: list[Model]) -> Iterator[tuple[Model, str, Explanation]]:
    with remembering():
        for record in records:
            for verb in policy_for(type(record)).verbs:
                yield record, verb, explain_record(user, verb, record)


def is_sound(answer: Explanation, user: User, verb: str, record: Model) -> bool:
    """The policy says the same, a reason is named, and without what is named the answer would be no."""
    kinds = {reason.kind for reason in answer.chain}
    if answer.allowed != policy_for(type(record)).may(user, verb, record):
        return False
    if not answer.allowed:
        return bool(kinds & REFUSES)
    return bool(kinds & ALLOWS) and Kind.RULE not in kinds and is_no_without(answer.chain, user, verb, record)


class TakenBack(Exception):
    pass


def is_no_without(chain: list[Any], user: User, verb: str, record: Model) -> bool:
    """Takes every fact away that was named, asks again, and puts all of it back."""
    if any(reason.kind == Kind.OWNER for reason in chain):
        return True
    answer = True
    try:
        with remembering(), transaction.atomic():
            for reason in chain:
                take_away(reason, user)
            answer = policy_for(type(record)).may(User.with_archived.get(pk=user.pk), verb, record)
            raise TakenBack
    except TakenBack:
        return not answer


def take_away(reason: Any, user: User) -> None:
    if reason.kind == Kind.ADMINISTRATOR:
        User.with_archived.filter(pk=user.pk).update(is_superuser=False)
    if reason.kind == Kind.GRANT and not reason.facts:
        for table in GRANT_TABLES[::2]:
            table.objects.filter(user=user.pk).delete()
    for fact in reason.facts:
        if isinstance(fact, Role):
            user.groups.remove(fact)
        elif isinstance(fact, CourseInstructor):
            CourseInstructor.objects.filter(pk=fact.pk).update(is_active=False)
        else:
            type(fact)._base_manager.filter(pk=fact.pk).delete()
