"""Real processes of the program on the database of the tests: started, watched, killed and always ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

QUICK = {"JOB_LEASE_SECONDS": "2", "JOB_SWEEP_SECONDS": "1"}


def database_url() -> str:
    """The address of the database this test uses."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    person = quote(facts["USER"]) + (f":{quote(facts['PASSWORD'])}" if facts["PASSWORD"] else "")
    return f"postgres://{person}@{facts['HOST']}:{facts['PORT'] or 5432}/{facts['NAME']}"


@contextmanager
def program(*arguments: str, log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m …` as the leader of a process group, which is gone afterwards; what it says is in the log."""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "backoffice.settings",
        "DATABASE_URL": database_url(),
        "VAR_DIR": str(settings.VAR_DIR),
        **environment,
    }
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=settings.BASE_DIR,
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill_group(process)


@contextmanager
def worker(log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with the jobs made for tests, a lease of two seconds and a sweeper of one."""
    arguments = "celery --app backoffice --quiet worker --pool prefork --concurrency 1 --loglevel WARNING"
    quiet = "--without-gossip --without-mingle --without-heartbeat --include tests.support.job_probes"
    with program(*arguments.split(), *quiet.split(), log=log, **QUICK, **environment) as process:
        yield process


def kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.wait()


def wait_until(holds: Callable[[], bool], what: str, *, seconds: float = 90) -> None:
    """Looks every tenth of a second; fails with the words given."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"After {seconds} seconds still not: {what}.")
        time.sleep(0.1)


def descendants(pid: int) -> list[int]:
    """The processes below this one, as `ps` sees them."""
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout  # noqa: S607
    parents = {int(child): int(parent) for child, parent in (line.split() for line in listing.splitlines())}
    found = [pid]
    for known in found:
        found.extend(child for child, parent in parents.items() if parent == known)
    return found[1:]


def is_alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return status != "Z"
