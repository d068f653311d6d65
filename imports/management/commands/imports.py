"""`manage.py imports kinds|presets|template|plan|watch|show|errors|correct|discussion|comment|ask|approve|decline|
withdraw|apply|undo`: for cron and terminals."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.accounts.models import User
from apps.audit.recording import operation
from apps.records.policy import scope
from apps.records.rules import RuleBroken
from imports import services
from imports.blank_workbooks import write_template
from imports.codes import FileCode, FileRefused, Message
from imports.command_line import answers
from imports.command_line.choices import bad_argument, chosen_lesson
from imports.command_line.corrections import corrected
from imports.command_line.discussing import SAID, add_discussion_arguments, discussion_answer, lines_of
from imports.command_line.files import written
from imports.command_line.people import person_at_work
from imports.command_line.reading import chosen_reading
from imports.command_line.watch import Watch, add_watch_arguments
from imports.errors_file import errors_file_name, write_errors
from imports.models import ImportJob, ImportRow
from imports.presets import PRESETS
from imports.types import KINDS
from imports.types.composites import COMPOSITES, Composite, importable
from imports.words import counted

Status = ImportJob.Status


class Command(BaseCommand):
    help = "Plans, applies and undoes imports, in this process and under the rights of one person."

    def add_arguments(self, parser: CommandParser) -> None:
        asked = parser.add_subparsers(dest="asked", required=True, metavar="COMMAND")

        kinds = asked.add_parser("kinds", help="Lists the kinds of files and their columns.")
        presets = asked.add_parser("presets", help="Lists the files of other platforms that are known.")
        template = asked.add_parser("template", help="Writes a workbook to start from.")
        template.add_argument("kind", metavar="KIND")
        template.add_argument("-o", "--output", required=True, type=Path, metavar="FILE.xlsx")

        plan = asked.add_parser("plan", help="Says what a file would do, and changes nothing.")
        plan.add_argument("file", type=Path, metavar="FILE")
        watch = asked.add_parser("watch", help="Takes in the files that land in a folder.")
        add_watch_arguments(watch)
        for command in (plan, watch):
            command.add_argument("--kind", default="", metavar="KIND", help="Needed unless there is a preset.")
            command.add_argument("--preset", default="", metavar="NAME", help="Whose way of writing files it follows.")
            command.add_argument(
                "--map", action="append", default=[], metavar="HEADER=COLUMN", help="Empty ignores it."
            )
            command.add_argument("--map-value", action="append", default=[], metavar="COLUMN:THEIRS=OURS")
            command.add_argument("--constant", action="append", default=[], metavar="COLUMN=VALUE")
            command.add_argument("--into", default="", metavar="COURSE/LESSON", help="Whose questions it holds.")
            command.add_argument("--encoding", default="", metavar="E")
            command.add_argument("--delimiter", default="", metavar="D")
            command.add_argument("--sheet", default="", metavar="S")
            command.add_argument("--mode", default=ImportJob.Mode.UPSERT, choices=ImportJob.Mode.values)

        show = asked.add_parser("show", help="Lists what a plan does, row by row.")
        show.add_argument("--outcome", default="", choices=ImportRow.Outcome.values)
        errors = asked.add_parser("errors", help="Writes the rows that failed, with what is wrong beside the cells.")
        errors.add_argument("-o", "--output", required=True, type=Path, metavar="FILE")

        apply = asked.add_parser("apply", help="Does what the plan says.")
        apply.add_argument("--good-rows-only", action="store_true", help="Leaves faulty rows out.")
        apply.add_argument("--confirm-large", action="store_true", help="Confirms a change of a large part of a table.")
        undo = asked.add_parser("undo", help="Takes an import back.")

        correct = asked.add_parser("correct", help="Writes cells of a plan anew, and makes the plan again.")
        correct.add_argument("--sheet", default="", metavar="S", help="Its sheet, where the file has several tables.")
        correct.add_argument("--line", type=int, metavar="N", help="The line of the file.")
        correct.add_argument("--set", dest="cells", action="append", default=[], metavar="COLUMN=VALUE")
        correct.add_argument("--from", dest="file", type=Path, metavar="FILE", help="The errors file, corrected.")

        discussion = asked.add_parser("discussion", help="Lists what was said about an import, and who approved it.")
        said = [asked.add_parser(name, help=words) for name, (words, _) in SAID.items()]
        for name, command in zip(SAID, said, strict=True):
            add_discussion_arguments(name, command)

        for command in (show, errors, apply, undo, correct, discussion, *said):
            command.add_argument("job", type=int, metavar="JOB")
        for command in (plan, watch, apply, undo, correct, *said):
            command.add_argument("--as", dest="email", required=True, metavar="EMAIL", help="Whose rights hold.")
        for command in (kinds, presets, plan, show, apply, undo, correct, discussion, *said):
            command.add_argument("--json", action="store_true", help="Prints one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        commands: dict[str, Callable[[dict[str, Any]], int]] = {
            "kinds": self.kinds,
            "presets": self.presets,
            "template": self.template,
            "plan": self.plan,
            "watch": self.watch,
            "show": self.show,
            "errors": self.errors,
            "correct": self.correct,
            "discussion": self.discussion,
            **dict.fromkeys(SAID, self.say),
            "apply": self.apply,
            "undo": self.undo,
        }
        if code := commands[options["asked"]](options):
            sys.exit(code)

    def kinds(self, options: dict[str, Any]) -> int:
        if options["json"]:
            answers.write_json(self.stdout, answers.kinds_answer())
            return answers.CLEAN
        for kind in KINDS.values():
            self.stdout.write(f"{kind.key}: {', '.join(column.name for column in kind.columns)}")
        for composite in COMPOSITES.values():
            self.stdout.write(f"{composite.key}: {', '.join(composite.kinds)} in one file")
        return answers.CLEAN

    def presets(self, options: dict[str, Any]) -> int:
        if options["json"]:
            answers.write_json(self.stdout, answers.presets_answer())
            return answers.CLEAN
        for preset in PRESETS.values():
            self.stdout.write(f"{preset.name}: {preset.title}, from {', '.join(preset.columns)}")
        return answers.CLEAN

    def template(self, options: dict[str, Any]) -> int:
        path: Path = options["output"]
        if path.suffix.lower() != ".xlsx":
            raise bad_argument("A template is a workbook: give -o a name that ends in .xlsx.")
        try:
            kind = importable(options["kind"])
        except LookupError as unknown:
            raise bad_argument(str(unknown.args[0])) from unknown
        if isinstance(kind, Composite) and not kind.sheets:
            raise bad_argument(f"There is no template of {kind.key}: it is read as it comes.")
        with written(path) as file:
            write_template(kind, file)
        self.stdout.write(f"{path} is ready to be filled in.")
        return answers.CLEAN

    def plan(self, options: dict[str, Any]) -> int:
        try:
            user = person_at_work(options["email"])
            with operation(by=user, channel="command"):
                job = self._planned({**options, "name": options["file"].name, "feed": None, "feed_file": ""}, user)
        except FileRefused as refused:
            return self._refused(options, refused.messages)
        except RuleBroken as broken:
            return self._refused(options, [Message(FileCode.E_DENIED, broken.sentence)])
        self._tell(options, answers.plan_answer(job), f"Import {job.pk}: {job.original_name}")
        return answers.plan_exit(job)

    def watch(self, options: dict[str, Any]) -> int:
        try:
            kind = chosen_reading(options).kind
        except FileRefused as refused:
            raise bad_argument(str(refused)) from refused
        return Watch(options, kind.key, self._planned, self.stdout, self.stderr).run()

    def _planned(self, options: dict[str, Any], user: User) -> ImportJob:
        """The import with its plan; one that was refused on the way says why itself."""
        path: Path = options["file"]
        reading = chosen_reading(options)
        into = chosen_lesson(reading.kind.key, options["into"])
        facts = {name: options[name] for name in ("name", "encoding", "delimiter", "sheet", "feed", "feed_file")}
        try:
            with path.open("rb") as file:
                job = services.upload_file(file, kind=reading.kind.key, by=user, into=into, **facts)
        except OSError as error:
            text = f"The file cannot be opened: {error.strerror}."
            raise FileRefused.because(FileCode.E_FILENAME, text, value=str(path)) from error
        if job.status == Status.REFUSED:
            return job
        services.configure(job, by=user, mode=options["mode"], **reading.choices(job))
        self._progress(f"Planning {counted(job.counts.get('rows', 0), 'row')} of {job.original_name} …")
        job = services.plan_now(job, by=user)
        if job.status not in (Status.PLANNED, Status.REFUSED):
            raise RuleBroken(job.run.outcome if job.run else "The plan could not be made.")
        return job

    def _refused(self, options: dict[str, Any], messages: list[Message]) -> int:
        self._tell(options, answers.refusal_answer(messages, kind=options["kind"]), "Refused")
        return answers.REFUSED

    def show(self, options: dict[str, Any]) -> int:
        job = self._job(options)
        answer = answers.shown_answer(job, options["outcome"])
        if options["json"]:
            answers.write_json(self.stdout, answer)
            return answers.CLEAN
        self.stdout.write(f"Import {job.pk}: {job.get_status_display()}, {answers.sentence_about(answer['counts'])}.")
        for row in answer["rows"]:
            sheet = f"{row['sheet']:<12} " if row.get("sheet") else ""
            self.stdout.write(f"{sheet}{row['line']:>7}  {row['outcome']:<9}  {row['key']}  {row['label']}")
            for column, (before, after) in row["changes"].items():
                self.stdout.write(f"         {column}: {before or '(nothing)'} → {after or '(nothing)'}")
            for message in row["messages"]:
                self.stdout.write(f"         {message['code']} {message['column']}: {message['message']}")
        return answers.CLEAN

    def errors(self, options: dict[str, Any]) -> int:
        job, path = self._job(options), options["output"]
        if not job.planned_at:
            raise bad_argument(f"Import {job.pk} has no plan, so there are no rows that failed.")
        ending = Path(errors_file_name(job)).suffix
        if path.suffix.lower() in {".csv", ".xlsx"} - {ending}:
            raise bad_argument(f"The rows are written as they were uploaded: give -o a name that ends in {ending}.")
        with written(path) as file:
            number = write_errors(job, file)
        self.stdout.write(f"{counted(number, 'row')} that failed in {path}.")
        return answers.CLEAN

    def correct(self, options: dict[str, Any]) -> int:
        def do(job: ImportJob, user: User) -> ImportJob:
            return corrected(job, options, user)

        return self._carry_out(options, do, answers.plan_answer, "Correcting")

    def discussion(self, options: dict[str, Any]) -> int:
        job = self._job(options)
        self._tell(options, discussion_answer(job), f"Import {job.pk}")
        return answers.CLEAN

    def say(self, options: dict[str, Any]) -> int:
        def do(job: ImportJob, user: User) -> ImportJob:
            SAID[options["asked"]][1](job, options, user)
            job.refresh_from_db()
            return job

        return self._carry_out(options, do, discussion_answer, "Discussing", lambda _: answers.CLEAN)

    def apply(self, options: dict[str, Any]) -> int:
        def do(job: ImportJob, user: User) -> ImportJob:
            return services.apply_now(
                job, by=user, good_rows_only=options["good_rows_only"], confirmed=options["confirm_large"]
            )

        return self._carry_out(options, do, answers.applied_answer, "Applying")

    def undo(self, options: dict[str, Any]) -> int:
        def do(job: ImportJob, user: User) -> ImportJob:
            return services.undo_now(job, by=user)

        return self._carry_out(options, do, answers.undone_answer, "Taking back")

    def _carry_out(
        self,
        options: dict[str, Any],
        do: Callable[[ImportJob, User], ImportJob],
        answer_of: Callable[[ImportJob], dict[str, Any]],
        doing: str,
        exit_of: Callable[[ImportJob], int] = answers.exit_of,
    ) -> int:
        try:
            user = person_at_work(options["email"])
            job = scope(user, "view", ImportJob).filter(pk=options["job"]).first()
            if job is None:
                raise RuleBroken(f"There is no import {options['job']}.")
            self._progress(f"{doing} import {job.pk} …")
            with operation(by=user, channel="command"):
                job = do(job, user)
        except (FileRefused, RuleBroken) as refused:
            answer = {"job": options["job"], "status": "failed", "counts": answers.no_counts(), "conflicts": []}
            self._tell(options, {**answer, "message": _sentence_of(refused)}, "Refused")
            return answers.REFUSED
        self._tell(options, answer_of(job), f"Import {job.pk}")
        return exit_of(job)

    def _job(self, options: dict[str, Any]) -> ImportJob:
        job = ImportJob.objects.filter(pk=options["job"]).first()
        if job is None:
            raise bad_argument(f"There is no import {options['job']}.")
        return job

    def _tell(self, options: dict[str, Any], answer: Mapping[str, Any], heading: str) -> None:
        if options["json"]:
            answers.write_json(self.stdout, answer)
            return
        self.stdout.write(f"{heading}: {answer['status']}, {answers.sentence_about(answer['counts'])}.")
        for line in lines_of(answer):
            self.stdout.write(line)
        if answer.get("message"):
            self.stderr.write(answer["message"])
        for message in [*answer.get("errors", ()), *answer.get("warnings", ())]:
            sheet = f"{message['sheet']}, " if message.get("sheet") else ""
            place = f"{sheet}line {message['line']}, " if message["line"] else sheet
            column = f"{message['column']}: " if message["column"] else ""
            self.stderr.write(f"{message['code']} {place}{column}{message['message']}")
        for left in answer.get("conflicts", ()):
            sheet = f"{left['sheet']}, " if left.get("sheet") else ""
            self.stderr.write(f"{sheet}line {left['line']}, {left['label'] or left['key']}: {left['message']}")

    def _progress(self, text: str) -> None:
        self.stderr.write(text, style_func=str)


def _sentence_of(refused: Exception) -> str:
    return refused.sentence if isinstance(refused, RuleBroken) else str(refused)
