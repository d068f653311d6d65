"""`python -m tests.mutation [part of a path …]`: takes out each condition of the policy; lists what no test notices."""

import argparse
import os
import sys

import pytest

from tests.mutation.loop import MutationLoop, Outcome
from tests.mutation.targets import EQUIVALENT, MODULES, TESTS


def main() -> int:
    parser = argparse.ArgumentParser(description="Changes the policy in every way that matters and runs its tests.")
    parser.add_argument("only", nargs="*", help="Parts of the paths of modules; all of them without.")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--tests", nargs="*", default=TESTS)
    asked = parser.parse_args()
    paths = [path for path in MODULES if not asked.only or any(part in path for part in asked.only)]
    loop = MutationLoop(paths, asked.jobs)
    options = ["-o", "addopts=--import-mode=importlib", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
    code = pytest.main([*options, *asked.tests], [loop])
    return tell(loop.outcome) if code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) else int(code)


def tell(outcome: Outcome) -> int:
    """Says what became of the mutants; 1 when one survived, or when the table of equivalents is not true."""
    left = [mutant for mutant in [*outcome.survived, *outcome.unreached] if mutant.name not in EQUIVALENT]
    untrue = sorted(outcome.killed_names & EQUIVALENT.keys())
    for path, number in sorted(outcome.killed.items()):
        print(f"{path}: {number} noticed")  # noqa: T201
    for mutant in left:
        reached = "" if mutant in outcome.survived else " (no test reaches it)"
        print(f"{mutant.path}:{mutant.line}: {mutant.function}: {mutant.change}{reached}")  # noqa: T201
    for name in untrue:
        print(f"In the table of equivalents, but noticed: {name}")  # noqa: T201
    for name in outcome.broken_tests:
        print(f"Fails without any change: {name}")  # noqa: T201
    print(f"{sum(outcome.killed.values())} noticed, {len(left)} not, {len(EQUIVALENT)} equivalent.")  # noqa: T201
    return 1 if left or untrue or outcome.broken_tests else 0


if __name__ == "__main__":
    sys.exit(main())
