"""An empty database with every migration done, made once for all runs until a migration changes."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from pytest_django.plugin import DjangoDbBlocker

FOLDER = Path(settings.BASE_DIR) / ".pytest_cache" / "migrated"


@pytest.fixture(scope="session")
def migrated_file(django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker) -> Path | None:
    """To be copied, where the run is on SQLite."""
    with django_db_blocker.unblock():
        return migrated() if connection.vendor == "sqlite" else None


@pytest.fixture(scope="session")
def django_db_keepdb(migrated_file: Path | None) -> bool:
    """The run starts with a copy; what follows every migration (permissions, roles, schedules) is made each time."""
    if migrated_file:
        shutil.copy(migrated_file, connection.settings_dict["TEST"]["NAME"])
    return migrated_file is not None


def migrated() -> Path:
    """The file of the database; of several processes one makes it, and the others wait for it."""
    path = FOLDER / f"{digest()}.sqlite3"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            for former in FOLDER.glob("*.sqlite3"):
                former.unlink(missing_ok=True)
            partial = path.with_suffix(f".{os.getpid()}")
            with connected_to(partial):
                executor = MigrationExecutor(connection)
                executor.migrate(executor.loader.graph.leaf_nodes())
            partial.replace(path)
    return path


def digest() -> str:
    """Of all migrations, those of the libraries too."""
    files = sorted(file for app in apps.get_app_configs() for file in Path(app.path, "migrations").glob("*.py"))
    return hashlib.sha256(b"".join(str(file).encode() + file.read_bytes() for file in files)).hexdigest()[:16]


@contextmanager
def connected_to(path: Path) -> Iterator[None]:
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
