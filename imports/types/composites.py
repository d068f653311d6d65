"""Files that hold several kinds at once: which, in which order they depend on each other, and under which names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from imports.readers.headers import fold_header
from imports.types import KINDS, kind_for
from imports.types.base import ImportKind


@dataclass(frozen=True, slots=True)
class Composite:
    """Several kinds in one file, planned and written in this order, and taken back in the opposite one.

    `sheets` names the sheet of each kind where the file is a workbook.
    """

    key: str
    heading: str
    kinds: tuple[str, ...]
    sheets: Mapping[str, str] = field(default_factory=dict)

    def may_import(self, user: Any) -> bool:
        """Whether any of it may come from this person; what may not is refused row by row."""
        return any(KINDS[key].may_import(user) for key in self.kinds)

    @property
    def is_tree(self) -> bool:
        """Whether everything in it lies below a course."""
        return all(KINDS[key].key_columns[0] == "course_code" for key in self.kinds)

    def kind_of_sheet(self, name: str) -> str:
        """The kind whose rows a sheet of this name holds, or an empty string."""
        wanted = fold_header(name)
        spellings = ((key, (sheet, key, KINDS[key].heading)) for key, sheet in self.sheets.items())
        return next((key for key, names in spellings if wanted in map(fold_header, names)), "")


SHEETS = {
    "courses": "Courses",
    "course-instructors": "Instructors",
    "modules": "Modules",
    "lessons": "Lessons",
    "resources": "Resources",
    "assessments": "Assessments",
    "questions": "Questions",
    "answers": "Answers",
}
IN_COURSES = {key: sheet for key, sheet in SHEETS.items() if key in KINDS}

ZIPPED = ("canvas-sis", "oneroster")

COMPOSITES: dict[str, Composite] = {
    composite.key: composite
    for composite in (
        Composite("course-workbook", "Course workbook", tuple(IN_COURSES), IN_COURSES),
        Composite(
            "canvas-sis",
            "Files of Canvas (zip)",
            ("users", "categories", "courses", "course-instructors", "enrollments"),
        ),
        Composite("oneroster", "OneRoster (zip)", ("users", "courses", "course-instructors", "enrollments")),
        Composite("question-bank", "Question bank", ("assessments", "questions", "answers")),
    )
}


def importable(key: str) -> ImportKind | Composite:
    """What a file of this name holds. Raises `LookupError` for one that nothing has."""
    if key in COMPOSITES:
        return COMPOSITES[key]
    try:
        return kind_for(key)
    except LookupError:
        known = ", ".join([*KINDS, *COMPOSITES])
        raise LookupError(f"There is no kind called {key}. Choose one of {known}.") from None


def kinds_open_to(user: Any) -> list[tuple[str, str]]:
    """The kinds this person may import, by key and title."""
    every: list[ImportKind | Composite] = [*KINDS.values(), *COMPOSITES.values()]
    return [(kind.key, kind.heading) for kind in every if kind.may_import(user)]
