"""Files a command writes: complete, or not there at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.management import CommandError

from imports.command_line.choices import bad_argument


@contextmanager
def written(path: Path) -> Iterator[IO[Any]]:
    """A file that takes its name once it is complete; only its owner may read it, for it may hold personal data."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}-")
    except OSError as error:
        raise bad_argument(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
        Path(name).replace(path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=2) from error
    finally:
        Path(name).unlink(missing_ok=True)
