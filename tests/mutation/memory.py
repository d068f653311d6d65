"""What earlier runs found out: which functions a test reaches, kept on this machine, and which test noticed a change.

What noticed a change is kept with the tests, so that the next run, anywhere, begins with the test that will notice it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from heapq import merge
from itertools import accumulate
from pathlib import Path
from typing import Any

from tests.mutation.operators import Mutant
from tests.mutation.targets import TELLING

REACHED = Path("var/mutation.json")
NOTICED = Path(__file__).with_name("noticed.json")


@dataclass
class Run:
    """One test as it ran on the policy as it is."""

    seconds: float
    """Of the processor, so that a busy machine changes nothing."""
    reached: list[str]
    digest: str = ""


@dataclass
class Memory:
    """Wrong memories cannot hide a change: a test that noticed one is tried without any change in the same run."""

    runs: dict[str, Run] = field(default_factory=dict)
    killers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Memory":
        runs, killers = (json.loads(file.read_text()) if file.exists() else {} for file in (REACHED, NOTICED))
        return cls({name: Run(**run) for name, run in runs.items()}, killers)

    def write_reached(self) -> None:
        REACHED.parent.mkdir(exist_ok=True)
        REACHED.write_text(json.dumps({name: asdict(run) for name, run in self.runs.items()}))

    def write_noticed(self) -> None:
        NOTICED.write_text(json.dumps(self.killers, indent=0, sort_keys=True, ensure_ascii=False) + "\n")

    def note_run(self, test: str, run: Run) -> None:
        self.runs[test] = run
        run.digest = digest_of(test)

    def knows(self, test: str) -> bool:
        return test in self.runs and self.runs[test].digest == digest_of(test)

    def tests_for(self, mutant: Mutant, tests: set[str]) -> list[str]:
        """Those of these tests that reach what is changed, or for a constant anything of its module or tell of its app.

        The test that noticed this change before comes first; then, each for as long as the other, those likely by what
        was noticed before, and those that reach little else.
        """
        names = {name for name in tests if self.concerns(mutant, name)}
        last = self.killers.get(mutant.name)
        first = [last] if last in tests else []
        return list(dict.fromkeys([*first, *self.in_turn(self.likely(mutant, names), self.narrow(names))]))

    def concerns(self, mutant: Mutant, name: str) -> bool:
        within = place_of(mutant.path, mutant.function)
        if any(covers(within, one, mutant) for one in self.runs[name].reached):
            return True
        return mutant.is_declared and tells_of(mutant, name) > 0

    def likely(self, mutant: Mutant, names: set[str]) -> list[str]:
        """Those that noticed other changes of the function first, then those that tell of this policy, those that
        noticed others of the module, those that tell of the policies of its app, those of its app, those that noticed
        any with other parameters, then the quickest.
        """
        within = place_of(mutant.path, mutant.function)
        of_function, of_module, of_family = Counter[str](), Counter[str](), Counter[str]()
        for change, killer in self.killers.items():
            of_function[killer] += change.startswith((f"{within}: ", f"{within}."))
            of_module[killer] += change.startswith(f"{mutant.path}: ")
            of_family[family(killer)] += 1

        def order(name: str) -> tuple[Any, ...]:
            seconds = self.runs[name].seconds
            of_others = of_family[family(name)] / (seconds + 0.1)
            is_at_home = stands_in_app(mutant.path, name)
            tells = tells_of(mutant, name)
            noticed = (of_function[name], tells > 1, of_module[name], tells, is_at_home, of_others)
            return *(-number for number in noticed), seconds, name

        return sorted(names, key=order)

    def narrow(self, names: set[str]) -> list[str]:
        """Those first that reach the fewest functions."""
        return sorted(names, key=lambda name: (len(self.runs[name].reached), self.runs[name].seconds, name))

    def in_turn(self, *orders: list[str]) -> list[str]:
        """The names of several orders, from each for as many seconds as from the others."""

        def begun(names: list[str]) -> Iterator[tuple[float, str]]:
            return zip(accumulate((self.runs[name].seconds for name in names), initial=0.0), names, strict=False)

        return [name for _, name in merge(*map(begun, orders))]


def family(test: str) -> str:
    return test.partition("[")[0]


def place_of(path: str, function: str) -> str:
    return f"{path}: {function}"


def covers(within: str, reached: str, mutant: Mutant) -> bool:
    return reached.startswith(mutant.path) if mutant.is_declared else reached == within


def tells_of(mutant: Mutant, test: str) -> int:
    """Whether the test is about a policy of the app in which this stands; 2 when about one called like its class."""
    if not test.startswith(TELLING) or f"[{app_of(mutant.path)}." not in test:
        return 0
    kind = mutant.function.partition(".")[0].removesuffix("Policy")
    return 1 + (bool(kind) and kind in test.rpartition(".")[2])


def stands_in_app(path: str, test: str) -> bool:
    """Whether the test is one of the app in which this module stands."""
    return f"/{app_of(path)}/" in test.partition("::")[0]


def app_of(path: str) -> str:
    return path.removeprefix("apps/").partition("/")[0]


def digest_of(test: str) -> str:
    return _digest(test.partition("::")[0])


_digests: dict[str, str] = {}


def _digest(path: str) -> str:
    if path not in _digests:
        _digests[path] = hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]
    return _digests[path]
