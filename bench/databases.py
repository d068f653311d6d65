"""Databases made for the run and thrown away: seeded once, copied fresh for every measurement."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from tests.support.answering import postgresql

ROOT = Path(__file__).resolve().parent.parent
SERVER, _ = postgresql()


class Engine:
    """One kind of database, in a folder of its own."""

    name = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / self.name
        self.folder.mkdir(parents=True, exist_ok=True)

    def url(self, name: str) -> str:
        raise NotImplementedError

    def make(self, name: str) -> None:
        """An empty database."""

    def copy(self, source: str, name: str) -> None:
        """A database like another one, in place of what had the name."""

    def drop(self) -> None:
        """Leaves nothing behind."""

    def measure(self, database: str, what: str, kind: str = "-", path: Path | str = "-") -> dict[str, Any]:
        """One measurement in a process of its own. Raises `RuntimeError` with what it said when it fails."""
        done = self._python(database, "-m", "bench.worker", what, kind, str(path))
        return dict(json.loads(done.strip().splitlines()[-1]))

    def migrate(self, database: str) -> None:
        self._python(database, "manage.py", "migrate", "--verbosity=0")

    def _python(self, database: str, *arguments: str) -> str:
        environment = {
            **os.environ,
            "DATABASE_URL": self.url(database),
            "DJANGO_SETTINGS_MODULE": "backoffice.settings",
            "DEBUG": "0",
            "SECRET_KEY": "only-for-measuring",
            "VAR_DIR": str(self.folder / "var"),
            "IMPORT_MAX_ROWS": "250000",
            "IMPORT_MAX_FILE_BYTES": "300000000",
        }
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-4000:])
        return done.stdout


class Postgres(Engine):
    name = "PostgreSQL"
    prefix = f"bench_{os.getpid()}_"

    def url(self, name: str) -> str:
        return f"{SERVER.rpartition('/')[0]}/{self.prefix}{name}"

    def make(self, name: str) -> None:
        self._ask(f"CREATE DATABASE {self.prefix}{name}")

    def copy(self, source: str, name: str) -> None:
        self._ask(f"DROP DATABASE IF EXISTS {self.prefix}{name} WITH (FORCE)")
        self._ask(f"CREATE DATABASE {self.prefix}{name} TEMPLATE {self.prefix}{source} STRATEGY file_copy")
        with suppress(psycopg.errors.InsufficientPrivilege):
            self._ask("CHECKPOINT")

    def drop(self) -> None:
        for name in ("seeded", "work", "lists", "empty", "desk", "figures", "dashboard", "search"):
            self._ask(f"DROP DATABASE IF EXISTS {self.prefix}{name} WITH (FORCE)")

    @staticmethod
    def is_there() -> bool:
        return bool(SERVER)

    @staticmethod
    def _ask(statement: str) -> None:
        with psycopg.connect(SERVER, autocommit=True) as connection:
            connection.execute(statement)


class Sqlite(Engine):
    name = "SQLite"

    def url(self, name: str) -> str:
        return f"sqlite:///{self.folder / name}.sqlite3"

    def copy(self, source: str, name: str) -> None:
        for ending in ("", "-wal", "-shm"):
            (self.folder / f"{name}.sqlite3{ending}").unlink(missing_ok=True)
            if (old := self.folder / f"{source}.sqlite3{ending}").exists():
                shutil.copyfile(old, self.folder / f"{name}.sqlite3{ending}")
