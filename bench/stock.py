"""The stock library as its documentation shows it: a resource, previewed as a dry run and then confirmed."""

import time
from pathlib import Path
from typing import Any

import tablib
from django.db import connection
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget

from apps.accounts.models import User
from apps.audit.recording import change_set, operation
from apps.catalog.models import Course, Lesson, Module
from apps.enrollments.models import Enrollment


class ModuleWidget(ForeignKeyWidget):
    def get_queryset(self, value: Any, row: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        return Module.objects.filter(course__code=row["course_code"])


class LessonResource(ModelResource):
    course = Field("course", "course_code", ForeignKeyWidget(Course, "code"))
    module = Field("module", "module_code", ModuleWidget(Module, "code"))
    code = Field("code", "lesson_code")

    class Meta:
        model = Lesson
        import_id_fields = ("course", "code")
        fields = ("course", "module", "code", "title", "order", "content", "duration_minutes", "is_free_preview")


class EnrollmentResource(ModelResource):
    user = Field("user", "student_email", ForeignKeyWidget(User, "email"))
    course = Field("course", "course_code", ForeignKeyWidget(Course, "code"))

    class Meta:
        model = Enrollment
        import_id_fields = ("user", "course")
        fields = ("user", "course", "status", "progress_percent", "enrolled_at")


# It compares codes as they are typed; our own indexes are for codes compared without case.
INDEXES = {"catalog_course": "code", "catalog_module": "course_id, code", "catalog_lesson": "course_id, code"}
RESOURCES: dict[str, Any] = {"lessons": LessonResource, "enrollments": EnrollmentResource}


def run(path: Path, kind: str) -> dict[str, Any]:
    """Preview and confirm, as its admin does them: the whole import twice, the first time rolled back."""
    with connection.cursor() as cursor:
        for table, columns in INDEXES.items():
            cursor.execute(f"CREATE INDEX stock_{table} ON {table} ({columns})")
    resource = RESOURCES[kind]()
    content = path.read_text(encoding="utf-8").replace(",yes\r\n", ",1\r\n").replace(",no\r\n", ",0\r\n")
    started = time.perf_counter()
    with operation(channel="command"):
        for is_preview in (True, False):
            dataset = tablib.Dataset().load(content, format="csv")
            with change_set(title="Stock import"):
                result = resource.import_data(dataset, dry_run=is_preview, raise_errors=False)
            faults = [str(error.error) for _, errors in result.row_errors() for error in errors][:3]
            assert not faults
            assert not result.has_validation_errors()
    return {"seconds": time.perf_counter() - started, "counts": dict(result.totals)}
