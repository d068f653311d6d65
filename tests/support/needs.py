"""What a test needs from the machine: it is skipped without it, and fails where everything has to be there."""

import os
import socket
from typing import NoReturn
from urllib.parse import urlsplit

import pytest


def missing(what: str) -> NoReturn:
    """Skips the test with the reason; with CI_STRICT=1 the reason is a failure."""
    if os.environ.get("CI_STRICT") == "1":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


def answers(url: str) -> bool:
    """Whether anything listens at the host and port of this address."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), timeout=2).close()
    except OSError:
        return False
    return True


def answering(variable: str, standard: str) -> str:
    """The address in this variable, or the standard one; the test is skipped when nothing answers there."""
    url = os.environ.get(variable, standard)
    if not answers(url):
        missing(f"Nothing answers at {url}. Start it, or name another address in {variable}.")
    return url
