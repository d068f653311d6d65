"""Modules of courses."""

from apps.catalog.models import Module
from imports.types.base import ImportKind
from imports.types.columns import Code, LongText, Reference, Text, WholeNumber, YesNo


class Modules(ImportKind):
    key = "modules"
    heading = "Modules"
    key_columns = ("course_code", "module_code")
    label_column = "title"
    made_up_code, code_within = "module_code", "course_code"
    made_up_order, order_within = "order", "course_code"
    is_fallen_into = True

    course_code = Reference("course", by="code", required_on_create=True, aliases=("course",), example="PY-101")
    module_code = Code("code", label="Module code", aliases=("code", "section_code"), example="m1")
    title = Text(required_on_create=True, aliases=("module_title", "name"), example="First steps")
    description = LongText()
    order = WholeNumber(aliases=("position", "sort_order"), example="1")
    duration_minutes = WholeNumber(aliases=("duration",))
    is_published = YesNo(aliases=("published",))

    class Meta:
        model = Module
