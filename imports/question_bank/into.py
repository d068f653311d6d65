"""The lesson whose assessment takes the questions of a file."""

from dataclasses import dataclass
from typing import Any, Self

from django.db.models import QuerySet

from apps.catalog.models import Lesson
from apps.records.keys import fold_key
from apps.records.policy import scope
from apps.records.rules import RuleBroken
from imports.models import ImportJob

QUESTION_BANK = "question-bank"
MOST_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Target:
    course_code: str = ""
    lesson_code: str = ""

    def __bool__(self) -> bool:
        return bool(self.course_code and self.lesson_code)

    @classmethod
    def named(cls, text: str) -> Self:
        """From COURSE_CODE/LESSON_CODE. Raises `RuleBroken` for anything else."""
        course, _, lesson = (part.strip() for part in text.partition("/"))
        if not course or not lesson or "/" in lesson or max(len(course), len(lesson)) > MOST_CHARACTERS:
            raise RuleBroken("Name the lesson as COURSE_CODE/LESSON_CODE, for example PY-101/l1.")
        return cls(course, lesson)

    def as_constants(self) -> dict[str, str]:
        return {"course_code": self.course_code, "lesson_code": self.lesson_code}

    def lesson_for(self, user: Any) -> Lesson | None:
        """The lesson, if it is one this person may import into."""
        course, lesson = fold_key(self.course_code), fold_key(self.lesson_code)
        found = lessons_for(user).filter(course__code__iexact=course, code__iexact=lesson)
        return found.select_related("course", "assessment").first()


def target_of(job: ImportJob) -> Target:
    return Target(job.constants.get("course_code", ""), job.constants.get("lesson_code", ""))


def lessons_for(user: Any) -> QuerySet[Lesson]:
    """The lessons this person may import into, without those that are archived."""
    return scope(user, "import", Lesson).filter(archived_at=None)
