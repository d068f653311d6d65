"""Runs the tests once as they are, then once for each mutant in a fork, with only the tests that reach what changed."""

import ast
import builtins
import importlib
import io
import os
import shutil
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connection, connections

from tests.mutation.operators import Mutant, mutants_of, names_function, places
from tests.mutation.patching import put_in_place

LONGEST_SECONDS = 900
NOTE = "_reached_by_a_test"


@dataclass
class Outcome:
    """What became of all mutants: `survived` holds those no test noticed."""

    killed: Counter[str] = field(default_factory=Counter)
    survived: list[Mutant] = field(default_factory=list)
    unreached: list[Mutant] = field(default_factory=list)
    killed_names: set[str] = field(default_factory=set)
    broken_tests: list[str] = field(default_factory=list)


class MutationLoop:
    """A pytest plugin in the place of the ordinary run."""

    def __init__(self, paths: Sequence[str], jobs: int) -> None:
        self.paths, self.jobs = paths, jobs
        self.reached: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.seconds: dict[str, float] = {}
        self.killers: dict[str, Counter[str]] = defaultdict(Counter)
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
        tell(f"{len(session.items)} tests run on the policy as it is.")
        self.run_as_it_is(session)
        by_name = {item.nodeid: item for item in session.items if item.nodeid in self.seconds}
        connections.close_all()
        mutants = [mutant for path in self.paths for mutant in mutants_of(Path(path).read_text(), path)]
        tell(f"{len(mutants)} changes are tried.")
        self.run_mutants(session, mutants, by_name)
        session._setupstate.teardown_exact(None)
        return True

    def run_as_it_is(self, session: pytest.Session) -> None:
        """Notes for each function of the policy which tests reach it; a test that fails now is of no use later."""
        running = ""
        vars(builtins)[NOTE] = lambda path, function: self.reached[path, function].add(running)
        for path in self.paths:
            put_in_place(noting(Path(path).read_text(), path), importlib.import_module(module_name(path)))
        for number, item in enumerate(session.items):
            self.failed, began, running = False, time.monotonic(), item.nodeid
            following = session.items[(number + 1) % len(session.items)]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                self.outcome.broken_tests.append(item.nodeid)
            else:
                self.seconds[item.nodeid] = time.monotonic() - began

    def tests_for(self, mutant: Mutant) -> list[str]:
        """The tests that reach the function, or for a constant anything of the module; the most watchful first."""
        names = {
            name
            for (path, function), tests in self.reached.items()
            if path == mutant.path and (function == mutant.function or not names_function(mutant.function))
            for name in tests
            if name in self.seconds
        }
        names = names or (set() if names_function(mutant.function) else set(self.seconds))
        kills = self.killers[mutant.path]
        return sorted(names, key=lambda name: (-kills[name], self.seconds[name]))

    def run_mutants(self, session: pytest.Session, mutants: list[Mutant], by_name: dict[str, pytest.Item]) -> None:
        running: dict[int, tuple[Mutant, int, Path]] = {}
        waiting = list(reversed(mutants))
        while waiting or running:
            while waiting and len(running) < self.jobs:
                mutant = waiting.pop()
                if names := self.tests_for(mutant):
                    pid, pipe, copy = self.fork(session, mutant, [by_name[name] for name in names])
                    running[pid] = (mutant, pipe, copy)
                else:
                    self.outcome.unreached.append(mutant)
            if running:
                pid, status = os.wait()
                self.note_end(*running.pop(pid), status)

    def note_end(self, mutant: Mutant, pipe: int, copy: Path, status: int) -> None:
        killer = os.read(pipe, 10_000).decode()
        os.close(pipe)
        for suffix in ("", "-wal", "-shm"):
            Path(f"{copy}{suffix}").unlink(missing_ok=True)
        if status == 0:
            self.outcome.survived.append(mutant)
            tell(f"Not noticed: {mutant.name}")
            return
        self.outcome.killed[mutant.path] += 1
        self.outcome.killed_names.add(mutant.name)
        if killer:
            self.killers[mutant.path][killer] += 1

    def fork(self, session: pytest.Session, mutant: Mutant, items: list[pytest.Item]) -> tuple[int, int, Path]:
        """A process that runs these tests with the mutant until one fails; it ends with 0 when none does."""
        reading, writing = os.pipe()
        template = Path(str(connection.settings_dict["NAME"]))
        copy = template.with_name(f"{template.name}.{time.monotonic_ns()}")
        pid = os.fork()
        if pid:
            os.close(writing)
            return pid, reading, copy
        status = 1
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(min(LONGEST_SECONDS, 30 + 6 * int(sum(self.seconds[item.nodeid] for item in items))))
            session.config.get_terminal_writer()._file = io.StringIO()
            shutil.copy(template, copy)
            connection.settings_dict["NAME"] = str(copy)
            put_in_place(mutant.tree, importlib.import_module(module_name(mutant.path)))
            status = self.first_failure(session, items, writing)
        finally:
            os._exit(status)

    def first_failure(self, session: pytest.Session, items: list[pytest.Item], pipe: int) -> int:
        session._setupstate.teardown_exact(items[0])
        for number, item in enumerate(items):
            self.failed = False
            following = items[(number + 1) % len(items)]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                os.write(pipe, item.nodeid.encode()[:4000])
                return 1
        return 0


def tell(words: str) -> None:
    sys.stderr.write(f"{words}\n")


def noting(source: str, path: str) -> ast.Module:
    """The module with a note at the beginning of each function that it was reached."""
    tree = ast.parse(source)
    for place in list(places(tree)):
        if isinstance(place.node, ast.FunctionDef):
            place.node.body.insert(0, ast.parse(f"{NOTE}({path!r}, {place.function!r})").body[0])
    return ast.fix_missing_locations(tree)


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
