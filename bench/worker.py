"""One measurement in a process of its own, which prints what it found as JSON."""

import json
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from bench import bare, certificates, data, desk, ours, scopes, scopes_data, stock  # noqa: E402 - Django comes first


def main() -> None:
    what, kind, path = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    found: Any = {}
    if what == "seed":
        data.seed()
    elif what == "fill":
        scopes_data.seed(int(kind))
    elif what == "lists":
        found = scopes.run(int(kind))
    elif what == "fill-desk":
        desk.seed(int(kind))
    elif what == "desk":
        found = desk.run()
    elif what == "stock":
        found = stock.run(path, kind)
    elif what == "workbook":
        found = ours.run_workbook(path)
    elif what == "certificates":
        found = certificates.run(int(kind), int(sys.argv[3]))
    elif what == "bare":
        found = bare.run(path, kind)
    else:
        found = ours.run(path, kind, replan=what == "replan")
    print(json.dumps(found, default=str))


main()
