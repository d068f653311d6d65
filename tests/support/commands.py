"""Running our commands as a terminal would: what they print, and how they end."""

import io
import json
from dataclasses import dataclass
from typing import Any

from django.core.management import CommandError, call_command


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(*arguments: object) -> Ran:
    """The command in this process, with its exit status."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    try:
        call_command(*map(str, arguments), stdout=out, stderr=err)
    except CommandError as error:
        code = error.returncode
        err.write(str(error))
    except SystemExit as ended:
        code = int(ended.code or 0)
    return Ran(code, out.getvalue(), err.getvalue())


def seed_demo(**options: object) -> str:
    """A small demo platform of a fixed day; answers what the command says."""
    out = io.StringIO()
    call_command("seed_demo", stdout=out, **{"today": "2026-03-02", "scale": 0.03, **options})
    return out.getvalue()
