"""Runs the tests once as they are, then for each mutant those that reach what changed, until one notices."""

import ast
import builtins
import importlib
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, takewhile
from pathlib import Path

import pytest
from django.db import connections

from tests.mutation.forks import Forks, Trial, Verdict, module_name
from tests.mutation.memory import Memory, Run, place_of
from tests.mutation.operators import Mutant, mutants_of, places
from tests.mutation.patching import living_functions, put_in_place
from tests.mutation.targets import MODULES

NOTE = "_reached_by_a_test"
FIRST_LOOK = 5
"""Seconds of tests after which the next change is tried; what is left then gets all of them."""
MORE_PATIENCE = 6
DOES_NOT_LOAD = "The platform does not load with it."


@dataclass
class Outcome:
    """What became of all mutants: `survived` holds those no test noticed."""

    killed: Counter[str] = field(default_factory=Counter)
    survived: list[Mutant] = field(default_factory=list)
    unreached: list[Mutant] = field(default_factory=list)
    too_slow: list[Mutant] = field(default_factory=list)
    killed_names: set[str] = field(default_factory=set)
    killers: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)


class MutationLoop:
    """A pytest plugin in the place of the ordinary run."""

    def __init__(self, paths: Sequence[str], *, jobs: int, budget: float, only_left: bool, memory: Memory) -> None:
        self.paths, self.jobs, self.budget, self.only_left, self.memory = paths, jobs, budget, only_left, memory
        self.outcome = Outcome()
        self.failed = False

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Tests with processes, browsers or several connections stay out: a fork has one connection to its own copy."""
        items[:] = [item for item in items if self.is_quick(item)]

    @staticmethod
    def is_quick(item: pytest.Item) -> bool:
        names = set(getattr(item, "fixturenames", ()))
        marked = item.get_closest_marker("django_db")
        return not (
            names & {"transactional_db", "live_server", "open_browser", "chromium"}
            or (marked and marked.kwargs.get("transaction"))
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        try:
            self.run_as_it_is(session)
        finally:
            self.memory.write_reached()
        connections.close_all()
        self.run_mutants(session)
        session._setupstate.teardown_exact(None)
        return True

    def run_as_it_is(self, session: pytest.Session) -> None:
        """Notes for each function of the policy which tests reach it; a test that fails now is of no use later."""
        running: set[str] = set()
        vars(builtins)[NOTE] = running.add
        living = living_functions()
        for path in MODULES:
            put_in_place(noting(Path(path).read_text(), path), importlib.import_module(module_name(path)), living)
        items = self.to_run(session.items)
        tell(f"{len(items)} of {len(session.items)} tests run on the policy as it is.")
        for number, item in enumerate(items):
            running.clear()
            self.failed, began = False, time.process_time()
            following = items[(number + 1) % len(items)]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                self.outcome.broken.append(f"Fails without any change: {item.nodeid}")
                self.memory.runs.pop(item.nodeid, None)
            else:
                self.memory.note_run(item.nodeid, Run(time.process_time() - began, sorted(running)))

    def to_run(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """What no earlier run remembers, and of each folder one test: forks are quicker from a program that has run."""
        seconds = {name: run.seconds for name, run in self.memory.runs.items()}
        slowest_first = sorted(items, key=lambda item: -seconds.get(item.nodeid, 0))
        warming = {item.path.parent: item for item in slowest_first}
        return [item for item in items if not self.memory.knows(item.nodeid) or warming[item.path.parent] is item]

    def mutants(self) -> list[Mutant]:
        found = [mutant for path in self.paths for mutant in mutants_of(Path(path).read_text(), path)]
        found.sort(key=lambda mutant: mutant.is_declared)
        return [mutant for mutant in found if mutant.name not in self.memory.killers] if self.only_left else found

    def run_mutants(self, session: pytest.Session) -> None:
        mutants = self.mutants()
        tell(f"{len(mutants)} changes are tried.")
        tests = {item.nodeid for item in session.items} & self.memory.runs.keys()
        forks = Forks(session, self.jobs, {name: self.memory.runs[name].seconds for name in tests})
        session.config.pluginmanager.register(forks)
        for budget in (FIRST_LOOK, self.budget):
            self.outcome.survived = []
            for verdict in forks.verdicts(self.trials(mutants, tests, budget)):
                self.note(verdict)
            mutants = self.outcome.survived
            tell(f"{len(mutants)} were not noticed by tests of {budget} seconds.")
        for mutant in mutants:
            tell(f"Not noticed: {mutant.line}: {mutant.name}")
        alone, self.outcome.too_slow = self.outcome.too_slow, []
        forks.jobs = 1
        for verdict in forks.verdicts(self.trials(alone, tests, self.budget, MORE_PATIENCE)):
            self.note(verdict)
        forks.jobs = self.jobs
        for verdict in forks.verdicts(Trial(None, [name]) for name in sorted(self.outcome.killers)):
            if verdict.killer or verdict.is_slow or verdict.is_broken:
                self.outcome.broken.append(f"Fails in a fork without any change: {verdict.trial.tests[0]}")
        session.config.pluginmanager.unregister(forks)

    def trials(self, mutants: list[Mutant], tests: set[str], budget: float, patience: int = 1) -> Iterator[Trial]:
        for mutant in mutants:
            if names := self.memory.tests_for(mutant, tests):
                yield Trial(mutant, self.within(budget, names), patience)
            else:
                self.outcome.unreached.append(mutant)

    def within(self, budget: float, names: list[str]) -> list[str]:
        spent = accumulate(self.memory.runs[name].seconds for name in names[1:])
        return names[: 1 + len(list(takewhile(lambda seconds: seconds <= budget, spent)))]

    def note(self, verdict: Verdict) -> None:
        mutant, outcome = verdict.trial.mutant, self.outcome
        assert mutant is not None
        if verdict.is_broken:
            outcome.broken.append(f"Could not be tried: {mutant.name}")
            tell(outcome.broken[-1])
        elif verdict.is_slow:
            outcome.too_slow.append(mutant)
            tell(f"Too slow: {mutant.name}")
        elif verdict.killer or verdict.does_not_load:
            outcome.killed[mutant.path] += 1
            outcome.killed_names.add(mutant.name)
            outcome.killers |= {verdict.killer} - {""}
            self.memory.killers[mutant.name] = verdict.killer or DOES_NOT_LOAD
            self.memory.write_noticed()
        else:
            outcome.survived.append(mutant)


def tell(words: str) -> None:
    sys.stderr.write(f"{words}\n")


def noting(source: str, path: str) -> ast.Module:
    """The module with a note at the beginning of each function that it was reached."""
    tree = ast.parse(source)
    for place in list(places(tree)):
        if isinstance(place.node, ast.FunctionDef):
            place.node.body.insert(0, ast.parse(f"{NOTE}({place_of(path, place.function)!r})").body[0])
    return ast.fix_missing_locations(tree)
