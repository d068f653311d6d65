"""Who reaches which of two records of each kind by which verb, and what opens all of them: `reach.txt` has it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from apps.access.memory import remembering
from apps.records.policy import AdministratorPolicy, Policy, all_policies, scope
from apps.records.reasons import Holder, enough
from tests.apps.access.conftest import World
from tests.apps.access.two_of_each import records_of

Line = dict[str, set[str]]
Lines = dict[str, Line]

PARTS = {"AB": "all", "A": "A", "B": "B", "": "door"}
POLICIES = sorted(all_policies(), key=lambda one: one.model._meta.label)
AT_NO_WORK = {"AN", "ST", "SUS", "LRN"}


def table() -> dict[str, Lines]:
    """By model, verb and part of the line."""
    found: dict[str, Lines] = {}
    for text in Path(__file__).with_name("reach.txt").read_text().splitlines():
        if text.startswith("["):
            models = text.strip("[]").split()
            found |= {model: {} for model in models}
        elif text and not text.startswith("#"):
            verbs, _, parts = text.partition("  ")
            for model in models:
                found[model] |= {verb: line_from(parts, verb, model) for verb in verbs.split(", ")}
    return found


def line_from(text: str, verb: str, model: str) -> Line:
    app, _, kind = model.partition(".")
    line = {name.strip(): set(who.split()) for name, _, who in (part.partition(":") for part in text.split("|"))}
    if "by" in line:
        line["by"] = {by if "." in by else f"{app}.{verb if by == 'own' else by}_{kind}" for by in line["by"]}
    return line


TABLE = table()


@pytest.mark.parametrize("policy", POLICIES, ids=lambda one: one.model._meta.label)
def test_each_person_reaches_exactly_the_rows_of_the_table(
    policy: Policy, world: World, everybody: dict[str, Any]
) -> None:
    records = list(records_of(world, policy.model))

    found = {verb: Line() for verb in policy.verbs}
    for letters, user in everybody.items():
        with remembering():
            for verb in policy.verbs:
                rows = scope(user, verb, policy.model).filter(pk__in=[record.pk for record in records])
                keys = set(rows.values_list("pk", flat=True))
                reached = "".join(name for name, record in zip("AB", records, strict=True) if record.pk in keys)
                is_open = policy.may_ever(user, verb)
                if reached or is_open:
                    found[verb].setdefault(PARTS[reached] if is_open else f"shut {PARTS[reached]}", set()).add(letters)

    lines = TABLE[policy.model._meta.label_lower]
    assert found == {verb: expected(lines.get(verb, {}), everybody) for verb in policy.verbs}
    assert lines.keys() <= found.keys()


def expected(line: Line, everybody: dict[str, Any]) -> Line:
    people = {name: who for name, who in line.items() if name != "by"}
    if people.get("door") == {"others"}:
        people["door"] = everybody.keys() - AT_NO_WORK - set().union(*people.values())
    return people


def test_every_record_is_opened_by_exactly_the_permissions_of_the_table(world: World) -> None:
    codes = {f"{app}.{code}" for app, code in Permission.objects.values_list("content_type__app_label", "codename")}

    found = {
        policy.model._meta.label_lower: {
            verb: {"+".join(sorted(way)) for way in enough(asked(policy, verb), codes)} for verb in policy.verbs
        }
        for policy in POLICIES
        if isinstance(policy, AdministratorPolicy)
    }

    assert found == {
        model: {verb: TABLE[model].get(verb, {}).get("by", set()) for verb in verbs} for model, verbs in found.items()
    }


def asked(policy: Any, verb: str) -> Callable[[Holder], bool]:
    return lambda holder: policy.holds_everywhere(holder, verb)
