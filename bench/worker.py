"""One measurement in a process of its own, which prints what it found as JSON."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from bench import (  # noqa: E402 - Django comes first
    bare,
    certificates,
    dashboard,
    data,
    desk,
    exports,
    figures,
    ours,
    scopes,
    scopes_data,
    search,
    stock,
)

MEASURED: dict[str, Callable[[str, Path], Any]] = {
    "seed": lambda _kind, _path: data.seed(),
    "fill": lambda kind, _path: scopes_data.seed(int(kind)),
    "lists": lambda kind, _path: scopes.run(int(kind)),
    "fill-desk": lambda kind, _path: desk.seed(int(kind)),
    "desk": lambda _kind, _path: desk.run(),
    "fill-exports": lambda _kind, _path: exports.seed(),
    "exports": lambda kind, _path: exports.run(kind),
    "fill-figures": lambda kind, _path: figures.seed(int(kind)),
    "figures": lambda _kind, _path: figures.run(),
    "fill-search": lambda kind, _path: search.seed(int(kind)),
    "search": lambda _kind, _path: search.run(),
    "fill-dashboard": lambda kind, _path: dashboard.seed(int(kind)),
    "dashboard": lambda _kind, _path: dashboard.run(),
    "stock": lambda kind, path: stock.run(path, kind),
    "workbook": lambda _kind, path: ours.run_workbook(path),
    "certificates": lambda kind, path: certificates.run(int(kind), int(str(path))),
    "bare": lambda kind, path: bare.run(path, kind),
    "ours": lambda kind, path: ours.run(path, kind, replan=False),
    "replan": lambda kind, path: ours.run(path, kind, replan=True),
}


def main() -> None:
    what, kind, path = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    print(json.dumps(MEASURED[what](kind, path) or {}, default=str))


main()
