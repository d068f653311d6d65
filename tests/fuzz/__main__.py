"""`python -m tests.fuzz`: changes files at random and reads them, for some minutes; 1 where something was not borne."""

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from random import SystemRandom
from typing import Any

from tests.fuzz.reading import KINDS, keep, work

GRACE = 120


def main() -> int:
    parser = argparse.ArgumentParser(description="Reads files that were changed at random, in processes with limits.")
    parser.add_argument("only", nargs="*", help="Kinds of files; all of them without.")
    parser.add_argument("--seconds", type=int, default=600, help="For all kinds together.")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6), help="Makes a run repeat itself.")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    kinds = [kind for kind in KINDS if not asked.only or kind in asked.only]
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    print(f"Seed {asked.seed}, {asked.seconds} seconds, {', '.join(kinds)}; files are in {folder}.", flush=True)  # noqa: T201
    seconds = asked.seconds * asked.jobs / len(kinds)
    waiting = [(kind, asked.seed + at) for at, kind in enumerate(kinds)]
    running: list[Child] = []
    while waiting or running:
        while waiting and len(running) < asked.jobs:
            running.append(Child(*waiting.pop(0), seconds, folder))
        running = [child for child in running if not child.has_ended()]
        time.sleep(0.2)
    return tell(folder / "crashes", folder)


class Child:
    """A process for one kind of file, begun again when it had to stop early, and killed when it does not move."""

    def __init__(self, kind: str, seed: int, seconds: float, folder: Path) -> None:
        self.kind, self.seed, self.folder = kind, seed, folder / kind
        self.until = time.monotonic() + seconds
        self.process = self._begin()

    def _begin(self) -> Any:
        process = multiprocessing.get_context("fork").Process(
            target=_work, args=(self.kind, self.seed, self.until, self.folder)
        )
        process.start()
        return process

    def has_ended(self) -> bool:
        cases = list(self.folder.glob("case.*")) if self.folder.exists() else []
        is_stuck = bool(cases) and time.time() - cases[0].stat().st_mtime > GRACE
        if self.process.is_alive() and not is_stuck:
            return False
        died = self.process.exitcode not in (0, None)
        if is_stuck:
            self.process.kill()
        self.process.join()
        if (died or is_stuck) and cases:
            keep(cases[0], "Did not move any more.\n" if is_stuck else f"The process died ({self.process.exitcode}).\n")
        if time.monotonic() >= self.until:
            return True
        self.seed += 1_000_003
        for case in cases:
            case.unlink()
        self.process = self._begin()
        return False


def _work(kind: str, seed: int, until: float, folder: Path) -> None:
    number = work(kind, seed, until, folder)
    print(f"{kind}: {number:,} files.", flush=True)  # noqa: T201


def tell(crashes: Path, folder: Path) -> int:
    kept = sorted(crashes.glob("*.reason")) if crashes.exists() else []
    for reason in kept:
        print(f"\n{reason.with_suffix('')}\n{reason.read_text()[-1500:]}")  # noqa: T201
    if not kept:
        shutil.rmtree(folder)
    print(f"{len(kept)} kinds of crashes." if kept else "Everything was read or refused.")  # noqa: T201
    return 1 if kept else 0


if __name__ == "__main__":
    sys.exit(main())
