"""`python -m tests.mutation.anew PIPE PATH NUMBER TEST …`: loads the platform with one change and runs these tests.

Constants are read while the platform is loaded, which changing it later comes too late for.
"""

import os
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

import pytest

from tests.mutation.operators import Mutant, mutants_of

OPTIONS = ("-o", "addopts=--import-mode=importlib", "-q", "-p", "no:randomly", "-p", "no:cacheprovider")
COPIED, IN_PLACE = b"c", b"p"


def load_changed(mutant: Mutant) -> None:
    """From now on the changed module is loaded instead of its file."""
    path, as_it_is = str(Path(mutant.path).resolve()), SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, fullname: str) -> Any:
        if str(Path(loader.path).resolve()) == path:
            return compile(mutant.tree, path, "exec", dont_inherit=True)
        return as_it_is(loader, fullname)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign,assignment]


class Telling:
    """A pytest plugin that says into the pipe that everything was loaded, and which test failed."""

    def __init__(self, pipe: int) -> None:
        self.pipe = pipe
        os.write(pipe, COPIED)

    def pytest_collection_finish(self) -> None:
        os.write(self.pipe, IN_PLACE)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os.write(self.pipe, report.nodeid.encode()[:4000])
            os._exit(0)


def main(pipe: str, path: str, number: str, *tests: str) -> None:
    load_changed(mutants_of(Path(path).read_text(), path)[int(number)])
    pytest.main([*OPTIONS, *tests], [Telling(int(pipe))])


if __name__ == "__main__":
    main(*sys.argv[1:])
