"""Lessons of courses; without a module they go into the last one of their course, or into a new m1."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet

from apps.assessments.models import Assessment, Question
from apps.audit.recording import write_history
from apps.catalog.below import archived_with_lessons
from apps.catalog.codes import free_codes
from apps.catalog.models import Lesson, Module, Resource
from imports.types.archive_column import Archive
from imports.types.base import Chunk, ImportKind
from imports.types.columns import Choice, Code, LongText, Reference, Text, WebAddress, WholeNumber, YesNo


class Lessons(ImportKind):
    key = "lessons"
    heading = "Lessons"
    key_columns = ("course_code", "lesson_code")
    label_column = "title"
    made_up_code, code_within = "lesson_code", "course_code"
    made_up_order, order_within = "order", "module_code"
    side_models = (Module, Resource, Assessment, Question)
    ways_up: ClassVar = {Resource: "lesson", Assessment: "lesson", Question: "assessment__lesson"}

    course_code = Reference("course", by="code", required_on_create=True, aliases=("course",), example="PY-101")
    module_code = Reference(
        "module",
        by=("course__code", "code"),
        within=("course_code",),
        aliases=("module", "section", "section_code"),
        help="Left blank, the lesson goes into the last module of its course.",
        example="m1",
    )
    lesson_code = Code("code", label="Lesson code", aliases=("code",), example="l1")
    title = Text(required_on_create=True, aliases=("lesson_title", "lesson"), example="Variables and names")
    order = WholeNumber(aliases=("position", "sort_order"), example="1")
    type = Choice(aliases=("lesson_type",), example="video")
    activity_type = Choice()
    access_level = Choice(aliases=("access",), example="registered")
    content = LongText(aliases=("body", "text"))
    guest_content = LongText()
    registered_content = LongText()
    video_url = WebAddress(aliases=("video",), example="https://video.example.org/variables")
    transcript = LongText()
    duration_minutes = WholeNumber(aliases=("duration", "minutes"), example="12")
    is_free_preview = YesNo(aliases=("is_preview", "free_preview"))
    archive = Archive()

    class Meta:
        model = Lesson

    def below(self, ids: Sequence[int]) -> Sequence[QuerySet[Any]]:
        return archived_with_lessons(pk__in=ids)

    def check(self, chunk: Chunk) -> None:
        """Finds a module for new lessons that name none."""
        homeless = [draft for draft in chunk.sound if draft.is_new and "module_id" not in draft.values]
        last = last_modules({draft.values["course_id"] for draft in homeless}, chunk.pending)
        made = chunk.memory.setdefault("modules made", {})
        for draft in homeless:
            course = draft.values["course_id"]
            if course in last:
                draft.values["module_id"], code = last[course]
                draft.ids["module_code"] = draft.values["module_id"]
            else:
                code = made.setdefault(course, None) or made.update({course: first_module_code(course)}) or made[course]
                draft.extra["module_code"] = code
            draft.changes["module_code"] = ["", code]

    def before_writing(self, created: list[dict[str, Any]], updated: list[dict[str, Any]]) -> None:  # noqa: ARG002
        """Makes the first module of courses that have none."""
        homeless = [values for values in created if "module_id" not in values]
        wanted = {values["course_id"]: values["extra"]["module_code"] for values in homeless}
        if not wanted:
            return
        found = {course: pk for course, (pk, _) in last_modules(set(wanted)).items()}
        new = [
            Module(course_id=course, code=code, title="Module 1", order=1)
            for course, code in wanted.items()
            if course not in found
        ]
        Module.objects.bulk_create(new)
        write_history(new, "+")
        found |= {module.course_id: module.pk for module in new}
        for values in homeless:
            values["module_id"] = found[values["course_id"]]


def last_modules(course_ids: set[int], pending: Any = None) -> dict[int, tuple[int, str]]:
    """The id and the code of the last current module of each course that has one, new ones of the file included."""
    if not course_ids:
        return {}
    places = Module.objects.filter(course__in=course_ids).order_by("order", "pk")
    last = {course: place for course, *place in places.values_list("course", "order", "pk", "code")}
    for course, place in (pending.last_in(course_ids) if pending is not None else {}).items():
        if course not in last or place[0] >= last[course][0]:
            last[course] = place
    return {course: (pk, code) for course, (_, pk, code) in last.items()}


def first_module_code(course_id: int) -> str:
    taken = Module.with_archived.filter(course=course_id).values_list("code", flat=True)
    return next(free_codes("m", taken))
