"""The changes that `make mutate-policy` tries are those it says, and they reach the functions that are loaded."""

import ast
import importlib
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from tests.mutation.anew import load_changed
from tests.mutation.operators import mutants_of
from tests.mutation.patching import living_functions, put_in_place

SOURCE = """
from typing import TYPE_CHECKING, TypeAlias

VERBS = ("view", "change")
Key: TypeAlias = int | str
if TYPE_CHECKING:
    Base = int | str


def may(user, verb) -> bool:
    if verb not in VERBS:
        raise LookupError(verb)
    return user.is_active and user.is_staff


def rows(table):
    return table.filter(owner=1, open=True)


class Closed:
    def opens(self):
        return False


class Door(Closed):
    def opens(self):
        return self.unlocked or super().opens()
"""

TWICE = """
def may(user) -> bool:
    if user is None:
        return False
    return False
"""

CHANGES = {
    ": without `'view'`",
    ": without `'change'`",
    "may: if True",
    "may: if False",
    "may: the opposite",
    "may: left out",
    "may: return True",
    "may: return False",
    "may: without `user.is_active`",
    "may: without `user.is_staff`",
    "rows: without `owner=1`",
    "rows: without `open=True`",
    "Door.opens: without `self.unlocked`",
    "Door.opens: without `super().opens()`",
}


def test_the_same_change_at_two_places_has_two_names() -> None:
    names = [mutant.name for mutant in mutants_of(TWICE, "policy.py")]

    assert "policy.py: may: return True of `return False`" in names
    assert "policy.py: may: return True of `return False`, the 2." in names
    assert len(set(names)) == len(names)


def test_every_condition_is_changed_once() -> None:
    found = mutants_of(SOURCE, "policy.py")

    said = {f"{mutant.function}: {mutant.change.partition(' of ')[0]}" for mutant in found}
    assert said == CHANGES


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    path = tmp_path / "policy.py"
    path.write_text(SOURCE)
    module = ModuleType("imports.changed_for_this_test")
    module.__file__ = str(path)
    exec(compile(SOURCE, str(path), "exec"), vars(module))  # noqa: S102 - the lines above
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


def changed(policy: ModuleType, change: str) -> None:
    mutant = next(one for one in mutants_of(SOURCE, "policy.py") if one.change.startswith(change))
    assert put_in_place(mutant.tree, policy, living_functions())


class Suspended:
    is_active, is_staff = False, True


def test_a_condition_that_is_dropped_is_gone_from_the_function_others_hold(policy: ModuleType) -> None:
    may = policy.may
    before = may(Suspended, "view")

    changed(policy, "without `user.is_active`")

    assert (before, may(Suspended, "view")) == (False, True)


def test_a_constant_is_changed_before_anything_is_made_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a_policy_to_change.py"
    path.write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(SourceFileLoader, "get_code", SourceFileLoader.get_code)
    mutant = next(one for one in mutants_of(SOURCE, str(path)) if one.change.startswith("without `'view'`"))

    load_changed(mutant)

    policy = importlib.import_module(path.stem)
    assert (mutant.is_declared, policy.VERBS) == (True, ("change",))


@pytest.mark.parametrize("change", ["without `self.unlocked`", "without `super().opens()`"])
def test_a_method_loses_what_its_base_says_or_what_itself_adds(policy: ModuleType, change: str) -> None:
    door = policy.Door()
    door.unlocked = "super" in change

    changed(policy, change)

    assert door.opens() is door.unlocked


def test_a_module_that_is_the_same_changes_nothing(policy: ModuleType) -> None:
    assert not put_in_place(ast.parse(SOURCE), policy, living_functions())
