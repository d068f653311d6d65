"""`manage.py enrollments explain EMAIL COURSE [LESSON]`: can they open it, and why."""

import json
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.catalog.models import Course, Lesson
from apps.enrollments.explaining import explain_access


class Command(BaseCommand):
    help = "Explains why a learner can or cannot open a course."

    def add_arguments(self, parser: CommandParser) -> None:
        asked = parser.add_subparsers(dest="asked", required=True)
        explained = asked.add_parser("explain", help="Says whether somebody can open a course or a lesson, and why.")
        explained.add_argument("email", help="Whose access is asked about.")
        explained.add_argument("course", help="The code of the course, for example PY-101.")
        explained.add_argument("lesson", nargs="?", default="", help="The code of one of its lessons, for example l1.")
        explained.add_argument("--json", action="store_true", help="Prints one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        person: Any = get_user_model()._base_manager.filter(email=options["email"].strip().lower()).first()
        if person is None:
            raise CommandError("Nobody has this address.", returncode=2)
        course = Course.with_archived.filter(code__iexact=options["course"]).first()
        if course is None:
            raise CommandError("There is no course with this code.", returncode=2)
        lesson = None
        if options["lesson"]:
            lesson = Lesson.with_archived.filter(course=course, code__iexact=options["lesson"]).first()
            if lesson is None:
                raise CommandError("This course has no lesson with this code.", returncode=2)
        answer = explain_access(person, course, lesson)
        if options["json"]:
            self.stdout.write(json.dumps({"open": answer.is_open, "because": answer.because}, ensure_ascii=False))
            return
        self.stdout.write("Open." if answer.is_open else "Closed.")
        for sentence in answer.because:
            self.stdout.write(f"- {sentence}")
