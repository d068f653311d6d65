"""The settings of a test run: a folder of its own, gone afterwards, and passwords that are quick to check."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["VAR_DIR"] = str(Path(os.environ["VAR_DIR"]) / worker)
else:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="backoffice-tests-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
os.environ["DEBUG"] = "1"
os.environ["SECRET_KEY"] = "only-for-tests-" + "0" * 40
os.environ["EMAIL_URL"] = "memory://"

import structlog

from backoffice.settings import *  # noqa: F403 - the environment above decides what these settings are
from backoffice.settings import DATABASES, LOGGING, VAR_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "tests.sqlite3")}
# The colorful traceback of a mistake takes longer than everything the request does.
LOGGED: Any = LOGGING["formatters"]
LOGGED["line"]["processors"][-1] = structlog.dev.ConsoleRenderer(
    colors=False, exception_formatter=structlog.dev.plain_traceback
)
# Installations do not have pygments, which only tools of ours bring along: with it unfold colors what is kept as JSON.
sys.modules["pygments.formatters.html"] = None  # type: ignore[assignment]
# Each client of a test has the middleware made anew; without this every one of them would list all static files.
WHITENOISE_AUTOREFRESH = True
