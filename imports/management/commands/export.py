"""`manage.py export DATASET -o FILE.{csv,xlsx} --as EMAIL`: rows out of the platform, under one person's rights."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.audit.recording import operation
from apps.records.rules import RuleBroken
from imports.codes import FileRefused
from imports.command_line.choices import bad_argument, chosen_filters
from imports.command_line.files import written
from imports.command_line.people import person_at_work
from imports.exporter import FORMATS, export_dataset, gift_file, workbook
from imports.exporter.course_workbook import WORKBOOK, export_courses
from imports.types import kind_for
from imports.words import counted_kind


class Command(BaseCommand):
    help = "Writes the rows one person may export to a CSV file or a workbook, which imports again as no change."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dataset", metavar="DATASET", help="A kind that `imports kinds` lists, or reviews.")
        parser.add_argument("-o", "--output", required=True, type=Path, metavar="FILE.{csv,xlsx,gift}")
        parser.add_argument("--as", dest="email", required=True, metavar="EMAIL", help="Whose rights hold.")
        parser.add_argument(
            "--filter",
            action="extend",
            nargs="+",
            default=[],
            metavar="FIELD=VALUE",
            help="Only rows with this value; `archived` takes yes, no or all.",
        )
        parser.add_argument("--columns", default="", metavar="a,b,c", help="Only these columns, in this order.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        path: Path = options["output"]
        fmt = path.suffix.lower().removeprefix(".")
        if fmt not in (*FORMATS, gift_file.FORMAT):
            raise bad_argument("The name after -o has to end in .csv or .xlsx, or for questions in .gift.")
        filters = chosen_filters(options["filter"])
        columns = [name.strip() for name in options["columns"].split(",") if name.strip()]
        try:
            kind = None if options["dataset"] == WORKBOOK.key else kind_for(options["dataset"])
            if kind is None and (fmt != workbook.FORMAT or columns):
                raise RuleBroken("A course workbook is an .xlsx file with all its columns.")
            if fmt == gift_file.FORMAT and (options["dataset"] != "questions" or columns):
                raise RuleBroken("Only questions are written as GIFT, with all that is said of them.")
            user = person_at_work(options["email"])
            with operation(by=user, channel="command"), written(path) as file:
                if fmt == gift_file.FORMAT:
                    record = gift_file.export_gift(gift_file.assessment_of(user, filters), by=user, to=file)
                elif kind is None:
                    record = export_courses(by=user, to=file, filters=filters)
                else:
                    record = export_dataset(kind, by=user, fmt=fmt, to=file, columns=columns, filters=filters)
        except LookupError as unknown:
            raise bad_argument(str(unknown.args[0])) from unknown
        except FileRefused as refused:
            raise bad_argument(str(refused)) from refused
        except RuleBroken as broken:
            raise bad_argument(broken.sentence) from broken
        self.stdout.write(f"{counted_kind(record.kind, record.row_count)} in {path} (SHA-256 {record.sha256}).")
