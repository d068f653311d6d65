"""What lets people do something and what they lack, as each policy names it: `reasons.txt` has it for all of them."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Model
from django.utils.text import capfirst

from apps.access.memory import remembering
from apps.records.policy import Policy
from apps.records.reasons import ByRole, Reason
from tests.apps.access.conftest import World
from tests.apps.access.test_reach import POLICIES
from tests.apps.access.two_of_each import records_of
from tests.support.people import grant, person
from tests.support.reasons import answer_of

PEOPLE = ("IO", "NO", "CTG", "SU", "MO")
Told = dict[tuple[str, str], str]


def table() -> dict[str, Told]:
    """By model: what is said to somebody about a verb."""
    found: dict[str, Told] = defaultdict(dict)
    models: list[str] = []
    for text in Path(__file__).with_name("reasons.txt").read_text().splitlines():
        if text.startswith("["):
            models = text.strip("[]").split()
        elif text and not text.startswith("#"):
            who, verbs, words = text.split(None, 2)
            told = {(one, verb): words for one in who.split(",") for verb in verbs.split(",")}
            for model in models:
                found[model] |= told
    return found


TABLE = table()


def named(reason: Reason | ByRole) -> str:
    """The trail of a fact with the number of rows it rests on, or what is said where there is none to follow."""
    if isinstance(reason, ByRole):
        return f"a role with {' + '.join(sorted(reason.permissions))}: {reason.reach}"
    stops = " > ".join(f"{stop.text} ({stop.tab})" if stop.tab else stop.text for stop in reason.trail)
    return f"{reason.kind}: {stops or reason.text}{f' [{len(reason.facts)}]' if reason.facts else ''}"


def told_by(policy: Policy, record: Model, people: dict[str, Any], names: dict[str, str]) -> Told:
    meta = policy.model._meta
    told: Told = {}
    for letters in PEOPLE:
        with remembering():
            for verb in policy.verbs:
                _, reasons = answer_of(people[letters], verb, record)
                words = "; ".join(map(named, reasons))
                own = {f"{meta.app_label}.{verb}_{meta.model_name}": "{own}", str(people[letters]): "{who}"}
                for name, stands_for in {**names, **own}.items():
                    words = words.replace(name, stands_for)
                if words:
                    told[letters, verb] = words
    return told


@pytest.mark.parametrize("policy", POLICIES, ids=lambda one: one.model._meta.label)
def test_each_policy_names_what_allows_and_what_is_missing(policy: Policy, world: World) -> None:
    world.people["CTG"] = person("ctg")
    grant(world.people["CTG"], "grant_access", world.top)
    record, _ = records_of(world, policy.model)
    kind, kinds = str(policy.model._meta.verbose_name), str(policy.model._meta.verbose_name_plural)
    names = {f" > {capfirst(kind)} {record}": " > {it}", str(record): "{it}", str(world.a.category): "{category}"}
    names |= {f"all {kinds}": "all of them", f"wn {kind}:": "wn:"}

    told = told_by(policy, record, world.people, names)

    assert told == TABLE[policy.model._meta.label_lower]
