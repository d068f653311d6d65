"""One measurement in a process of its own, which prints what it found as JSON."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from bench import bare, certificates, data, desk, figures, ours, scopes, scopes_data, stock  # noqa: E402 - Django comes first


def main() -> None:
    what, kind, path = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    ways: dict[str, Callable[[], Any]] = {
        "seed": data.seed,
        "fill": lambda: scopes_data.seed(int(kind)),
        "lists": lambda: scopes.run(int(kind)),
        "fill-desk": lambda: desk.seed(int(kind)),
        "desk": desk.run,
        "fill-figures": lambda: figures.seed(int(kind)),
        "figures": figures.run,
        "stock": lambda: stock.run(path, kind),
        "workbook": lambda: ours.run_workbook(path),
        "certificates": lambda: certificates.run(int(kind), int(sys.argv[3])),
        "bare": lambda: bare.run(path, kind),
    }
    found = ways[what]() if what in ways else ours.run(path, kind, replan=what == "replan")
    print(json.dumps(found or {}, default=str))


main()
