"""`manage.py seed_demo`: fills an empty database with the demo platform."""

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from backoffice.seed.platform import build_platform, is_empty
from backoffice.seed.writing import World


def day(text: object) -> date:
    """The day people typed, or today's."""
    try:
        return date.fromisoformat(str(text)) if text else timezone.localdate()
    except ValueError:
        raise CommandError(f"{text} is not a day. Write it as YYYY-MM-DD, for example 2026-03-02.") from None


class Command(BaseCommand):
    help = "Fills an empty database with a believable demo platform. The same day and seed make the same platform."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--today", default="", help="The day it is, as YYYY-MM-DD.")
        parser.add_argument("--seed", type=int, default=1, help="Another number makes another platform.")
        parser.add_argument("--scale", type=float, default=1.0, help="How much of it: 0.1 makes a tenth.")
        parser.add_argument("--if-empty", action="store_true", help="Do nothing, silently, when there is data already.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        if not is_empty():
            if options["if_empty"]:
                return
            raise CommandError("The database is not empty, so nothing was changed. The demo platform needs a new one.")
        self.stdout.write("Making the demo platform; this takes about half a minute.")
        world = World(day(options["today"]), options["seed"], options["scale"])
        with transaction.atomic():
            people = build_platform(world)
            file = Path(settings.VAR_DIR) / "demo-accounts.csv"
            people.write_accounts(file)
        width = max(len(email) for email, _, _ in people.passwords)
        for email, password, role in people.passwords:
            self.stdout.write(f"  {email:<{width}}  {password}  {role}")
        self.stdout.write(f"These accounts are kept in {file}. They are shown only this once.")
