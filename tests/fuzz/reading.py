"""One child: reads one changed file after the other within its limits, and keeps each that it could not bear."""

import hashlib
import io
import resource
import signal
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import FrameType

from imports.codes import FileRefused
from imports.questions import ParsedQuestion, QuestionFile, Unreadable, write_gift
from imports.questions.gift import read_gift
from imports.readers import open_table
from tests.fuzz.mutating import mutated
from tests.fuzz.seeds import seeds

# Of the processor, so that a busy machine is not taken for a slow reader.
SECONDS_A_FILE = 10
MEGABYTES = 500
ADDRESS_SPACE = 3 * 1024**3
KNOWN_HEADERS = ("course_code", "title", "price")
KINDS = ("csv", "xlsx", "gift", "aiken", "xml", "package")
ENDINGS = {"csv": ".csv", "xlsx": ".xlsx", "gift": ".txt", "aiken": ".txt", "xml": ".xml", "package": ".zip"}


class Hang(BaseException):
    """A file took longer than it may. No reader catches this one."""


def read_table(path: Path) -> None:
    table = open_table(path, filename=path.name, known_headers=KNOWN_HEADERS)
    width = len(table.shape.headers)
    for row in table.rows():
        if len(row.cells) != width:
            raise AssertionError(f"Line {row.number} has {len(row.cells)} cells, not {width}.")


def read_questions(path: Path) -> None:
    """Every question has a verdict, and one that was read is the same when it is written as GIFT and read again."""
    for verdict in QuestionFile(path).verdicts():
        if isinstance(verdict, Unreadable):
            if not verdict.reason.endswith(".") or verdict.line < 1:
                raise AssertionError(f"No reason or no line: {verdict}")
            continue
        again = list(read_gift(io.StringIO("".join(write_gift([verdict])))))
        if again != [verdict]:
            raise AssertionError(f"Not the same again: {verdict} and {again}")
        if not isinstance(verdict, ParsedQuestion):
            raise TypeError(f"No verdict: {verdict!r}")


def work(kind: str, seed: int, until: float, folder: Path) -> int:
    """How many files were read by then; stops early when memory grew beyond what it may."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    signal.signal(signal.SIGPROF, _interrupt)
    random = Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    start = seeds(kind, folder)
    path = folder / f"case{ENDINGS[kind]}"
    number = 0
    while time.monotonic() < until:
        path.write_bytes(start[number] if number < len(start) else mutated(kind, start, random))
        number += 1
        reader = read_table if kind in ("csv", "xlsx") else read_questions
        if (fault := fault_of(reader, path)) and fault.startswith("Too much memory"):
            break
    return number


def fault_of(reader: Callable[[Path], None], path: Path) -> str:
    """What went wrong with a file, which is then kept with the reason; nothing where it was read or refused."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS_A_FILE)
    fault = ""
    try:
        reader(path)
    except FileRefused:
        pass
    except Hang:
        fault = f"Longer than {SECONDS_A_FILE} seconds.\n{traceback.format_exc()}"
    except Exception:  # noqa: BLE001 - whatever it is, it is what we look for
        fault = traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if not fault and used > MEGABYTES:
        fault = f"Too much memory: {used} MB.\n"
    if fault:
        keep(path, fault)
    return fault


def keep(path: Path, fault: str) -> None:
    """One file for each place in the code at which something goes wrong."""
    content = path.read_bytes()
    name = hashlib.sha256(fault.splitlines()[-1][:60].encode() + fault.encode()[-400:-200]).hexdigest()[:12]
    kept = path.parent.parent / "crashes" / f"{name}{path.suffix}"
    kept.parent.mkdir(exist_ok=True)
    if not kept.exists() or kept.stat().st_size > len(content):
        kept.write_bytes(content)
        kept.with_name(f"{kept.name}.reason").write_text(fault)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise Hang
