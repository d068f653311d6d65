"""Tries changes in forks, several at once: each has its copy of the database and stops when a test fails."""

import gc
import importlib
import io
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection

from tests.mutation.anew import COPIED, IN_PLACE
from tests.mutation.operators import Mutant
from tests.mutation.patching import living_functions, put_in_place
from tests.mutation.targets import MODULES

SECONDS, TIMES = 15, 10
"""A test may take so many seconds of the processor, and so many times what it takes without a change."""
WAITING = 20
"""Times as long by the clock, for a test that waits for what never comes."""
LOADED_ANEW = 300
"""Seconds by the clock for all tests of a change that is loaded anew."""
UNCHANGED = b"u"


@dataclass
class Trial:
    """Tests to be run with a change, or without any to see that they pass in a fork."""

    mutant: Mutant | None
    tests: list[str]
    patience: int = 1


@dataclass
class Verdict:
    """`killer` names the test that noticed; a change that cannot even be loaded is noticed by all."""

    trial: Trial
    said: bytes
    status: int

    @property
    def is_slow(self) -> bool:
        return os.WIFSIGNALED(self.status) and os.WTERMSIG(self.status) in (signal.SIGPROF, signal.SIGALRM)

    @property
    def does_not_load(self) -> bool:
        return self.said == COPIED and not self.is_slow

    @property
    def killer(self) -> str:
        return self.said[2:].decode()

    @property
    def is_broken(self) -> bool:
        """The fork itself went wrong, or nothing living was changed, which says nothing about the change."""
        return self.said[1:2] == UNCHANGED or (self.status != 0 and not (self.is_slow or self.does_not_load))


class Forks:
    """Runs trials, `jobs` at once."""

    def __init__(self, session: pytest.Session, jobs: int, seconds: dict[str, float]) -> None:
        self.session, self.jobs, self.seconds = session, jobs, seconds
        self.items = {item.nodeid: item for item in session.items}
        self.failed = False
        files = {str(Path(path).resolve()) for path in MODULES}
        self.living = [function for function in living_functions() if function.__code__.co_filename in files]
        gc.freeze()  # forks share what is here

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed

    def verdicts(self, trials: Iterator[Trial]) -> Iterator[Verdict]:
        running: dict[int, tuple[Trial, int, Path]] = {}
        waiting = True
        while waiting or running:
            while waiting and len(running) < self.jobs:
                trial = next(trials, None)
                waiting = trial is not None
                if trial:
                    pid, pipe, copy = self.fork(trial)
                    running[pid] = (trial, pipe, copy)
            if running:
                pid, status = os.wait()
                if pid in running:
                    yield self.verdict(*running.pop(pid), status)

    def verdict(self, trial: Trial, pipe: int, copy: Path, status: int) -> Verdict:
        with os.fdopen(pipe, "rb") as reading:
            said = reading.read()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{copy}{suffix}").unlink(missing_ok=True)
        return Verdict(trial, said, status)

    def fork(self, trial: Trial) -> tuple[int, int, Path]:
        """A process that runs the tests of a trial and says into a pipe how far it came and which one failed."""
        reading, writing = os.pipe()
        template = Path(str(connection.settings_dict["NAME"]))
        copy = template.with_name(f"{template.name}.{time.monotonic_ns()}")
        pid = os.fork()
        if pid:
            os.close(writing)
            return pid, reading, copy
        status = 1
        try:
            if trial.mutant and trial.mutant.is_declared:
                load_anew(trial.mutant, trial, writing)
            self.session.config.get_terminal_writer()._file = io.StringIO()
            shutil.copy(template, copy)
            connection.settings_dict["NAME"] = str(copy)
            os.write(writing, COPIED)
            os.write(writing, IN_PLACE if self.is_in_place(trial.mutant) else UNCHANGED)
            os.write(writing, self.first_failure(trial).encode()[:4000])
            status = 0
        finally:
            os._exit(status)

    def is_in_place(self, mutant: Mutant | None) -> bool:
        if mutant is None:
            return True
        return put_in_place(mutant.tree, importlib.import_module(module_name(mutant.path)), self.living)

    def first_failure(self, trial: Trial) -> str:
        items = [self.items[name] for name in trial.tests]
        self.session._setupstate.teardown_exact(items[0])
        for number, item in enumerate(items):
            self.failed = False
            seconds = trial.patience * (SECONDS + TIMES * self.seconds[item.nodeid])
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_PROF, seconds)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(WAITING * int(seconds))
            following = items[(number + 1) % len(items)]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                return item.nodeid
        return ""


def load_anew(mutant: Mutant, trial: Trial, pipe: int) -> None:
    """Becomes another program, which loads the change and says the same into the pipe."""
    os.set_inheritable(pipe, True)  # noqa: FBT003 - that is how it is called
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    signal.alarm(trial.patience * LOADED_ANEW)
    program = [sys.executable, "-m", "tests.mutation.anew", str(pipe), mutant.path, str(mutant.number)]
    os.execv(sys.executable, [*program, *trial.tests])  # noqa: S606 - our own program


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
