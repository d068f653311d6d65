"""`manage.py access explain EMAIL VERB MODEL KEY`: may they, and why."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.access.explain import explain


class Command(BaseCommand):
    help = "Explains who may do what."

    def add_arguments(self, parser: CommandParser) -> None:
        asked = parser.add_subparsers(dest="asked", required=True)
        explained = asked.add_parser("explain", help="Says whether somebody may do something, and why.")
        explained.add_argument("email", help="Whose rights are asked about.")
        explained.add_argument("verb", help="view, add, change, archive, delete, publish, import, export, grant …")
        explained.add_argument("model", help="For example catalog.course.")
        explained.add_argument("key", help="What people type, parts joined by a slash: PY-101/m1.")
        explained.add_argument(
            "--field", default="", help="Asks about seeing or changing this field alone, for example price."
        )
        explained.add_argument("--json", action="store_true", help="Prints one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        try:
            answer = explain(*(options[name] for name in ("email", "verb", "model", "key", "field")))
        except LookupError as unknown:
            raise CommandError(str(unknown.args[0]), returncode=2) from unknown
        if options["json"]:
            self.stdout.write(json.dumps(answer.as_json(), ensure_ascii=False))
            return
        self.stdout.write("Yes." if answer.allowed else "No.")
        for sentence in answer.because:
            self.stdout.write(f"- {sentence}")
        if answer.needed:
            self.stdout.write("What it would take:")
        for cure in answer.needed:
            self.stdout.write(f"- {cure.text}")
