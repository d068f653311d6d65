"""A watched folder: one watcher at a time, complete files only, and no file ever lost or written over."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from django.utils import timezone

LOCK = ".backoffice-watch"
# What programs call files they have not finished writing.
UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".swp", ".lock", "~")
LONGEST_NAME = 150
Look = dict[Path, tuple[int, int]]


class FolderBusy(Exception):
    """Another watcher is at work in this folder."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A file that is in our hands: where it is now, and what it was called."""

    path: Path
    name: str


class WatchedFolder:
    """Files wait in the folder itself, are in `working` while something is done with them, and end in `done` or
    `failed` under a name that begins with the moment they were taken."""

    def __init__(self, path: Path, *, settle_seconds: float) -> None:
        self.path = path.resolve()
        self.settle_seconds = settle_seconds
        self.working, self.done, self.failed = (self.path / name for name in ("working", "done", "failed"))

    @contextmanager
    def held(self) -> Iterator[None]:
        """The folder for this watcher alone, until it is done or dead. Raises `FolderBusy`, or `OSError`."""
        for folder in (self.working, self.done, self.failed):
            folder.mkdir(exist_ok=True)
        with (self.path / LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FolderBusy from None
            yield

    def left_behind(self) -> list[Claimed]:
        """Files of a watcher that died with them in its hands."""
        return [Claimed(path, _own_name(path)) for path in sorted(_files_in(self.working))]

    def complete(self) -> list[Path]:
        """The files nobody writes to any more, the oldest first: their size and their time stand still."""
        before = self._look()
        if before:
            time.sleep(self.settle_seconds)
        after = self._look()
        still = [path for path, facts in after.items() if before.get(path) == facts]
        return sorted(still, key=lambda path: (after[path][1], path.name))

    def claim(self, path: Path) -> Claimed | None:
        """Takes the file, or answers None when it has gone in the meantime."""
        taken = self.working / f"{timezone.now():%Y%m%dT%H%M%SZ}-{token_hex(4)}-{_storable(path.name)}"
        try:
            path.rename(taken)
        except FileNotFoundError:
            return None
        return Claimed(taken, _own_name(taken))

    def place_of(self, claimed: Claimed, *, is_done: bool) -> Path:
        """Where the file ends. Its name is one nothing else has."""
        return (self.done if is_done else self.failed) / claimed.path.name

    def _look(self) -> Look:
        found: Look = {}
        for path in _files_in(self.path):
            try:
                facts = path.stat()
            except FileNotFoundError:
                continue
            found[path] = (facts.st_size, facts.st_mtime_ns)
        return found


def _files_in(folder: Path) -> Iterator[Path]:
    """Plain files; a link could lead to something that is not the feed's to give."""
    with os.scandir(folder) as entries:
        for entry in entries:
            is_finished = not entry.name.startswith((".", "~")) and not entry.name.lower().endswith(UNFINISHED)
            if is_finished and entry.is_file(follow_symlinks=False):
                yield Path(entry.path)


def _storable(name: str) -> str:
    """The name in letters every disk and the database can keep, its ending kept."""
    plain = "".join(char if char.isprintable() else "_" for char in name.encode("utf-8", "replace").decode())
    stem, dot, ending = plain.rpartition(".")
    return plain if len(plain.encode()) <= LONGEST_NAME else f"{stem[: LONGEST_NAME // 4]}{dot}{ending[-20:]}"


def _own_name(taken: Path) -> str:
    return taken.name.split("-", 2)[-1]
