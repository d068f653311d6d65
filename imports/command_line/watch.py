"""`manage.py imports watch FOLDER`: takes in what lands in a folder, once or for ever."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser, OutputWrapper
from django.core.validators import validate_email
from django.db import close_old_connections

from apps.accounts.models import User
from apps.audit.recording import operation
from imports.codes import FileCode, FileRefused
from imports.command_line.answers import CLEAN, PARTLY, REFUSED
from imports.command_line.choices import bad_argument
from imports.command_line.people import person_at_work
from imports.errors_file import errors_file_name, write_errors
from imports.models import Feed, ImportJob
from imports.types.composites import importable
from imports.watching import Fed, Feeding, FolderBusy, WatchedFolder, feed_for, mail_report, report_of
from imports.watching.folder import Claimed
from imports.words import faulty_rows

PlanFile = Callable[[dict[str, Any], User], ImportJob]


def add_watch_arguments(watch: CommandParser) -> None:
    watch.add_argument("folder", type=Path, metavar="FOLDER")
    watch.add_argument("--once", action="store_true", help="Takes in what is there, and ends.")
    watch.add_argument("--every", type=float, default=60, metavar="SECONDS", help="How long it waits in between.")
    watch.add_argument(
        "--settle", type=float, default=2, metavar="SECONDS", help="How long a file must stand still to be complete."
    )
    watch.add_argument(
        "--max-change-percent",
        type=int,
        default=settings.IMPORT_LARGE_CHANGE_PERCENT,
        metavar="N",
        help="A file that would change more of a table is not applied.",
    )
    watch.add_argument(
        "--mail-to", action="append", default=[], metavar="ADDRESS", help="Who gets the reports, if not --as."
    )
    watch.add_argument("--good-rows-only", action="store_true", help="Leaves faulty rows out.")


class Watch:
    """One folder being watched under the rights of one person, who is asked for anew each time."""

    def __init__(
        self, options: dict[str, Any], kind: str, plan: PlanFile, out: OutputWrapper, err: OutputWrapper
    ) -> None:
        _refuse_bad(options)
        self.options = options
        self.kind = kind
        self.plan = plan
        self.out = out
        self.err = err
        self.folder = WatchedFolder(options["folder"], settle_seconds=options["settle"])

    def run(self) -> int:
        while True:
            code = self._pass()
            if self.options["once"]:
                return code
            close_old_connections()
            time.sleep(self.options["every"])

    def _pass(self) -> int:
        """Everything that is complete now."""
        try:
            user = person_at_work(self.options["email"])
            if not importable(self.kind).may_import(user):
                raise FileRefused.because(FileCode.E_DENIED, f"{user} may not import {self.kind}.")
            with self.folder.held():
                return max((self._take_in(claimed, user) for claimed in self._files()), default=CLEAN)
        except FileRefused as refused:
            self.err.write(str(refused))
        except FolderBusy:
            self.err.write("Another watcher is at work in this folder.")
            return CLEAN
        except OSError as error:
            self.err.write(f"The folder cannot be watched: {error.strerror}.")
        return REFUSED

    def _files(self) -> Any:
        yield from self.folder.left_behind()
        for path in self.folder.complete():
            if (claimed := self.folder.claim(path)) is not None:
                yield claimed

    def _take_in(self, claimed: Claimed, user: User) -> int:
        feeding = Feeding(
            feed_for(self.folder, self.kind),
            lambda taken, feed: self._planned(taken, feed, user),
            by=user,
            most_percent=self.options["max_change_percent"],
            good_rows_only=self.options["good_rows_only"],
        )
        with operation(by=user, channel="command"):
            fed = feeding.take_in(claimed)
        if fed.is_open:
            self.err.write(f"{fed.name} is still being applied; it waits for the next time.")
            return PARTLY
        self._end(fed, claimed, user)
        return REFUSED if not fed.is_done else PARTLY if fed.is_partial else CLEAN

    def _planned(self, claimed: Claimed, feed: Feed, user: User) -> ImportJob:
        about = {"file": claimed.path, "name": claimed.name, "feed": feed, "feed_file": claimed.path.name}
        return self.plan({**self.options, **about}, user)

    def _end(self, fed: Fed, claimed: Claimed, user: User) -> None:
        """The report is written and sent before the file goes to its place: after a crash it comes again."""
        place = self.folder.place_of(claimed, is_done=fed.is_done)
        subject, text = report_of(fed, place, by=user)
        self.out.write(subject)
        private(place.with_name(f"{place.name}.report.txt")).write_text(f"{text}\n", encoding="utf-8")
        if fed.job is not None and fed.job.planned_at and faulty_rows(fed.job.counts):
            ending = Path(errors_file_name(fed.job)).suffix
            with private(place.with_name(f"{place.name}.errors{ending}")).open("w+b") as file:
                write_errors(fed.job, file)
        if why := mail_report(subject, text, self.options["mail_to"] or [user.email]):
            self.err.write(why)
        claimed.path.rename(place)


def private(path: Path) -> Path:
    """A new file only its owner may read, for it may hold personal data."""
    path.touch(mode=0o600)
    return path


def _refuse_bad(options: dict[str, Any]) -> None:
    """What could never work is said before any file is touched."""
    if not options["folder"].is_dir():
        raise bad_argument(f"{options['folder']} is no folder.")
    if options["settle"] < 0 or options["every"] <= 0:
        raise bad_argument("--every and --settle take seconds, such as 60 and 2.")
    if not 0 <= options["max_change_percent"] <= 100:
        raise bad_argument("--max-change-percent takes a number from 0 to 100.")
    for address in options["mail_to"]:
        try:
            validate_email(address)
        except ValidationError as wrong:
            raise bad_argument(f"--mail-to takes an e-mail address, not “{address}”.") from wrong
