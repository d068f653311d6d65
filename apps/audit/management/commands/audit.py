"""`manage.py audit export --since 2026-11-01`: everything the ledgers hold from then on, as JSON lines."""

import json
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from apps.audit.ledgers import entries_since


class Command(BaseCommand):
    help = "Hands the audit to a program that collects it."

    def add_arguments(self, parser: CommandParser) -> None:
        asked = parser.add_subparsers(dest="asked", required=True)
        exported = asked.add_parser(
            "export", help="Prints one JSON object a line: changes, refusals, sign-ins, exports."
        )
        exported.add_argument("--since", required=True, help="A day or a moment, in UTC where no zone is given.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        try:
            since = datetime.fromisoformat(options["since"])
        except ValueError as unread:
            words = "Say since when as 2026-11-01 or 2026-11-01T09:30:00+00:00."
            raise CommandError(words, returncode=2) from unread
        for entry in entries_since(since if since.tzinfo else since.replace(tzinfo=UTC)):
            self.stdout.write(json.dumps(entry, cls=DjangoJSONEncoder, ensure_ascii=False))
