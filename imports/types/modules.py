"""Modules of courses."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet

from apps.assessments.models import Assessment, Question
from apps.catalog.below import archived_with_lessons
from apps.catalog.models import Lesson, Module, Resource
from imports.types.archive_column import Archive
from imports.types.base import ImportKind
from imports.types.columns import Code, LongText, Reference, Text, WholeNumber, YesNo


class Modules(ImportKind):
    key = "modules"
    heading = "Modules"
    key_columns = ("course_code", "module_code")
    label_column = "title"
    made_up_code, code_within = "module_code", "course_code"
    made_up_order, order_within = "order", "course_code"
    side_models = (Lesson, Resource, Assessment, Question)
    ways_up: ClassVar = {
        Lesson: "module",
        Resource: "lesson__module",
        Assessment: "lesson__module",
        Question: "assessment__lesson__module",
    }
    is_fallen_into = True

    course_code = Reference("course", by="code", required_on_create=True, aliases=("course",), example="PY-101")
    module_code = Code("code", label="Module code", aliases=("code", "section_code"), example="m1")
    title = Text(required_on_create=True, aliases=("module_title", "name"), example="First steps")
    description = LongText()
    order = WholeNumber(aliases=("position", "sort_order"), example="1")
    duration_minutes = WholeNumber(aliases=("duration",))
    is_published = YesNo(aliases=("published",))
    archive = Archive()

    class Meta:
        model = Module

    def below(self, ids: Sequence[int]) -> Sequence[QuerySet[Any]]:
        return (Lesson.with_archived.filter(module__in=ids), *archived_with_lessons(module__in=ids))
