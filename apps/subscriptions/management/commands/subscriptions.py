"""`manage.py subscriptions run-due [--dry-run] [--at MOMENT]`: does what is due now, or says what would be done."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.audit.recording import operation
from apps.subscriptions.services import due_in_words, run_due_changes
from apps.subscriptions.services.due import sentence


class Command(BaseCommand):
    help = "Does the scheduled changes of subscriptions that are due."

    def add_arguments(self, parser: CommandParser) -> None:
        asked = parser.add_subparsers(dest="asked", required=True)
        due = asked.add_parser("run-due", help="Does everything due and not done.")
        due.add_argument("--dry-run", action="store_true", help="Says what would be done, and changes nothing.")
        due.add_argument("--at", default="", help="With --dry-run: a moment to look ahead to, 2026-03-01T09:00 (UTC).")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        now = moment(options["at"]) if options["at"] else timezone.now()
        if options["dry_run"]:
            self.say(due_in_words(now), "would be done")
            return
        if options["at"]:
            raise CommandError("What is not due yet is not done. Look ahead with --dry-run.", returncode=2)
        with operation(channel="command"):
            self.say([sentence(change) for change, _is_done in run_due_changes(now)], "done")

    def say(self, sentences: list[str], ending: str) -> None:
        for one in sentences:
            self.stdout.write(one)
        number = len(sentences)
        self.stdout.write(f"{number:,} change{'s' * (number != 1)} {ending}." if number else "Nothing is due.")


def moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError("Write the moment like 2026-03-01T09:00.", returncode=2) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
