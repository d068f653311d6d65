"""The process tree of `make run`: web, worker and scheduler, started together, kept alive, and ended together."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from backoffice.environment import BASE_DIR, var_dir

LOOK_SECONDS = 0.5
READY_SECONDS = 60
SLOWEST_RESTART_SECONDS = 30
HEALTHY_SECONDS = 10
# What a warm stop may take: requests and one chunk of a job end. What hangs is killed, and its lease runs out.
STOP_SECONDS = 15


@dataclass
class Child:
    """One program of the tree, in a process group of its own, so that the terminal's Ctrl-C reaches only us."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    wait_seconds: float = 0.5

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(self.command, cwd=BASE_DIR, start_new_session=True)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def keep_alive(self) -> None:
        """Starts it again when it died: soon the first time, ever later when it keeps dying."""
        now = time.monotonic()
        if self.process is None and now >= self.start_again_at:
            self.start()
        elif self.process is not None and not self.is_running:
            lasted = now - self.started_at > HEALTHY_SECONDS
            self.wait_seconds = 1.0 if lasted else min(self.wait_seconds * 2, SLOWEST_RESTART_SECONDS)
            say(f"The {self.name} ended by itself ({self.process.returncode}); it is started again.")
            self.kill_group()
            self.process, self.start_again_at = None, now + self.wait_seconds

    def ask_to_stop(self) -> None:
        if self.is_running and self.process:
            self.process.send_signal(signal.SIGTERM)

    def kill_group(self) -> None:
        """Ends whatever is left of its process group."""
        if self.process is not None:
            signal_group(self.process.pid, signal.SIGKILL)


def signal_group(group: int, number: int) -> bool:
    """Whether there still is such a process group."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


class Watcher:
    """A process that outlives us when we are killed without a chance to end the tree ourselves, and does it then.

    It reads from a pipe which groups there are; the pipe closes when we end, however we end.
    """

    def __init__(self) -> None:
        reading, writing = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(writing)
            self.watch(reading)
            os._exit(0)
        os.close(reading)
        self.pipe = os.fdopen(writing, "w", buffering=1)
        self.known: set[int] = set()

    @staticmethod
    def watch(reading: int) -> None:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        groups: set[int] = set()
        with os.fdopen(reading) as lines:
            for line in lines:
                groups = {int(group) for group in line.split()}
        for group in groups:
            signal_group(group, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while any(signal_group(group, 0) for group in groups) and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
        for group in groups:
            signal_group(group, signal.SIGKILL)

    def note(self, tree: Sequence[Child]) -> None:
        groups = {child.process.pid for child in tree if child.process}
        if groups != self.known:
            self.known = groups
            self.pipe.write(" ".join(str(group) for group in sorted(groups)) + "\n")

    def dismiss(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.pipe.close()


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def children(host: str, port: int, web_processes: int, worker_processes: int) -> list[Child]:
    """Web answers one request a process (unfold keeps request state on shared objects); the worker forks, so that its
    main process sweeps while jobs run; exactly one scheduler."""
    web = f"gunicorn backoffice.wsgi:application --bind {host}:{port} --worker-class gthread --threads 1"
    web += f" --workers {web_processes} --timeout 120 --graceful-timeout 10 --log-level warning --no-control-socket"
    worker = f"celery --app backoffice --quiet worker --pool prefork --concurrency {worker_processes}"
    worker += " --loglevel WARNING --without-gossip --without-mingle --without-heartbeat"
    scheduler = "celery --app backoffice --quiet beat --loglevel WARNING --pidfile="
    commands = {"web server": web, "worker": worker, "scheduler": scheduler}
    return [Child(name, [sys.executable, "-m", *command.split()]) for name, command in commands.items()]


def is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)
    except OSError:
        return False


def welcome(address: str) -> str:
    accounts = var_dir() / "demo-accounts.csv"
    shown = accounts.relative_to(Path.cwd()) if accounts.is_relative_to(Path.cwd()) else accounts
    demo = f"The accounts of the demo platform are in {shown}." if accounts.exists() else "Sign in with your account."
    return (
        f"\nBackoffice is running at {address}/admin/\n{demo}\nCtrl-C ends it; queued work goes on at the next start."
    )


class Supervisor:
    def __init__(self, tree: list[Child], address: str) -> None:
        self.tree = tree
        self.address = address
        self.is_stopping = self.is_hurried = False
        self.is_welcomed = False

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)
        began = time.monotonic()
        watcher = Watcher()
        try:
            while not self.is_stopping:
                for child in self.tree:
                    child.keep_alive()
                    watcher.note(self.tree)
                if not self.is_welcomed and answers(self.address):
                    self.is_welcomed = True
                    say(welcome(self.address))
                elif not self.is_welcomed and time.monotonic() - began > READY_SECONDS:
                    say(f"Nothing answers at {self.address} after {READY_SECONDS} seconds. The lines above say why.")
                    return 1
                time.sleep(LOOK_SECONDS)
        finally:
            self.end_all()
            watcher.dismiss()
        return 0

    def stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self.is_hurried = self.is_stopping
        self.is_stopping = True

    def end_all(self) -> None:
        """A warm stop for each, then the end of everything that is left; a second Ctrl-C does not wait."""
        say("\nStopping: requests are answered, jobs come to a safe point. Ctrl-C again does not wait for them.")
        for child in self.tree:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        while any(child.is_running for child in self.tree) and time.monotonic() < deadline and not self.is_hurried:
            time.sleep(0.05)
        for child in self.tree:
            child.kill_group()
            if child.process:
                child.process.wait()
        say("Backoffice has stopped.")


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs the console with its worker and its scheduler.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--web-processes", type=int, default=2)
    parser.add_argument("--worker-processes", type=int, default=2)
    options = parser.parse_args()
    if not is_free(options.host, options.port):
        say(f"Something else is using port {options.port}. Choose another one: make run PORT={options.port + 1}.")
        return 1
    shown = "127.0.0.1" if options.host in ("0.0.0.0", "::") else options.host  # noqa: S104 - compared, not bound
    tree = children(options.host, options.port, options.web_processes, options.worker_processes)
    return Supervisor(tree, f"http://{shown}:{options.port}").run()


if __name__ == "__main__":
    sys.exit(main())
