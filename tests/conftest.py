"""What every test may ask for: a small platform, the people who work on it, and each of them signed in."""

import gc
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from tests.support.append_only import lift_append_only_for_resets
from tests.support.needs import answering

pytest_plugins = [
    "tests.support.migrated",
    "tests.support.people",
    "tests.support.platform",
    "tests.support.busy",
    "tests.support.browser",
    "tests.support.worker",
    "tests.apps.access.matrix.stage",
]

lift_append_only_for_resets()
gc.set_threshold(100_000, 50, 100)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs a server is tried once, where the rest runs on PostgreSQL as well; tests that commit are marked."""
    for item in items:
        if commits(item):
            item.add_marker("commits")
    if connection.vendor == "sqlite":
        left_out = [item for item in items if item.get_closest_marker("services")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def commits(item: pytest.Item) -> bool:
    """Whether a test writes for good, so that the tables are emptied after it."""
    asked = item.get_closest_marker("django_db")
    return bool({"transactional_db", "live_server"} & {*getattr(item, "fixturenames", ())}) or bool(
        asked and asked.kwargs.get("transaction")
    )


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it for garbage again and again takes a tenth of all time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    cache.clear()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files beside the project."""
    folder = Path(settings.BASE_DIR).parent / "shared"
    if not folder.is_dir():
        pytest.skip("The real files (../shared) are not on this machine.")
    return folder


@pytest.fixture
def var_dir() -> Path:
    """Where this run writes: a temporary folder."""
    return Path(settings.VAR_DIR)


@pytest.fixture(scope="session")
def redis_broker() -> str:
    return answering("REDIS_URL", "redis://127.0.0.1:6379/9")


@pytest.fixture(scope="session")
def rabbitmq_broker() -> str:
    return answering("RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//")
