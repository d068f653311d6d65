"""`python -m tests.mutation [part of a path …]`: takes out each condition of the policy; lists what no test notices."""

import argparse
import os
import sys
import time

import pytest

from tests.mutation.anew import OPTIONS
from tests.mutation.loop import MutationLoop, Outcome
from tests.mutation.memory import Memory
from tests.mutation.targets import EQUIVALENT, MODULES, TESTS


def main() -> int:
    parser = argparse.ArgumentParser(description="Changes the policy in every way that matters and runs its tests.")
    parser.add_argument("only", nargs="*", help="Parts of the paths of modules; all of them without.")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--seconds", type=float, default=float("inf"), help="Of tests for each change, for a first look."
    )
    parser.add_argument("--left", action="store_true", help="Only what no test has noticed yet.")
    parser.add_argument("--anew", action="store_true", help="Use nothing that earlier runs remember.")
    parser.add_argument("--tests", nargs="*", default=TESTS)
    asked = parser.parse_args()
    began = time.monotonic()
    paths = [path for path in MODULES if not asked.only or any(part in path for part in asked.only)]
    memory = Memory() if asked.anew else Memory.read()
    loop = MutationLoop(paths, jobs=asked.jobs, budget=asked.seconds, only_left=asked.left, memory=memory)
    code = pytest.main([*OPTIONS, *asked.tests], [loop])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        return int(code)
    return tell(loop.outcome, paths, time.monotonic() - began)


def tell(outcome: Outcome, paths: list[str], seconds: float) -> int:
    """Says what became of the mutants; 1 when one survived, or when the table of equivalents is not true."""
    ends = {"": outcome.survived, " (no test reaches it)": outcome.unreached, " (too slow to tell)": outcome.too_slow}
    left = [(mutant, why) for why, mutants in ends.items() for mutant in mutants if mutant.name not in EQUIVALENT]
    untrue = sorted(outcome.killed_names & EQUIVALENT.keys())
    for path in paths:
        number = sum(mutant.path == path for mutant, _ in left)
        print(f"{path}: {outcome.killed[path]} noticed, {number} not")  # noqa: T201
    for mutant, why in left:
        print(f"{mutant.path}:{mutant.line}: {mutant.function}: {mutant.change}{why}")  # noqa: T201
    for name in untrue:
        print(f"In the table of equivalents, but noticed: {name}")  # noqa: T201
    for words in outcome.broken:
        print(words)  # noqa: T201
    equivalent = sum(mutant.name in EQUIVALENT for mutants in ends.values() for mutant in mutants)
    total = f"{sum(outcome.killed.values())} noticed, {len(left)} not, {equivalent} equivalent"
    print(f"{total}, in {seconds / 60:.0f} minutes.")  # noqa: T201
    return 1 if left or untrue or outcome.broken else 0


if __name__ == "__main__":
    sys.exit(main())
