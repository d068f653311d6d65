"""Resources beside lessons. A file cannot come in a spreadsheet; an address can."""

from apps.catalog.models import Resource
from imports.codes import RowCode
from imports.types.archive_column import Archive
from imports.types.base import Chunk, ImportKind
from imports.types.columns import (
    Choice,
    Code,
    KeyPart,
    LongText,
    Reference,
    Text,
    WebAddress,
    WholeNumber,
    YesNo,
)


class Resources(ImportKind):
    key = "resources"
    heading = "Resources"
    key_columns = ("course_code", "lesson_code", "resource_code")
    label_column = "title"
    made_up_code, code_within = "resource_code", "lesson_code"
    made_up_order, order_within = "order", "lesson_code"

    course_code = KeyPart(
        "lesson__course__code", label="Course", required_on_create=True, aliases=("course",), example="PY-101"
    )
    lesson_code = Reference(
        "lesson",
        by=("course__code", "code"),
        columns=("course_code", "lesson_code"),
        required_on_create=True,
        aliases=("lesson",),
        example="l1",
    )
    resource_code = Code("code", label="Resource code", aliases=("code",), example="r1")
    title = Text(required_on_create=True, aliases=("resource_title", "name"), example="Cheat sheet")
    order = WholeNumber(aliases=("position", "sort_order"), example="1")
    type = Choice(aliases=("resource_type",), example="link")
    url = WebAddress(aliases=("link", "address"), example="https://example.org/cheat-sheet")
    description = LongText()
    duration_minutes = WholeNumber(aliases=("duration",))
    is_premium = YesNo(aliases=("premium",))
    archive = Archive()

    class Meta:
        model = Resource

    def facts(self, columns: frozenset[str]) -> tuple[str, ...]:
        return ("file",) if "url" in columns else ()

    def check(self, chunk: Chunk) -> None:
        for draft in chunk.sound:
            if draft.values.get("url") and draft.current.get("file"):
                text = "This resource has a file; a resource is a file or an address, not both."
                draft.fault(RowCode.R_RULE, text, self.column("url"), draft.values["url"])
