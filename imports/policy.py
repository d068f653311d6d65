"""Who may upload files, and who sees what became of them: the uploader and administrators."""

from typing import Any

from django.contrib.auth import get_user_model

from apps.catalog.models import Category, Course, CourseInstructor, Lesson, Module, Resource
from apps.enrollments.models import Enrollment, LessonProgress
from apps.records.policy import VERBS, OwnRowsPolicy, policy, policy_for
from imports.models import ExportRecord, ImportJob, ImportMapping, ImportRow

IMPORTED_MODELS = (Course, Category, CourseInstructor, Module, Lesson, Resource, Enrollment, LessonProgress)


class UploaderPolicy(OwnRowsPolicy):
    """One's own uploads; administrators see all of them and may take one over."""

    owner_path = "uploader"
    verbs = (*VERBS, "apply", "undo")
    own_verbs = ("view", "add", "change", "delete", "apply", "undo")

    def holds_everywhere(self, user: Any, verb: str) -> bool:  # noqa: ARG002
        return bool(user.is_superuser)

    def opens(self, user: Any, verb: str) -> bool:  # noqa: ARG002
        return may_import_anything(user)


def may_import_anything(user: Any) -> bool:
    """Whether any kind of file may come from this person."""
    return any(policy_for(model).may_ever(user, "import") for model in (*IMPORTED_MODELS, get_user_model()))


@policy(ImportJob)
class ImportJobPolicy(UploaderPolicy):
    pass


@policy(ImportRow)
class ImportRowPolicy(UploaderPolicy):
    owner_path = "job__uploader"


@policy(ImportMapping)
class ImportMappingPolicy(UploaderPolicy):
    owner_path = "owner"


def may_export_anything(user: Any) -> bool:
    """Whether any kind of row may be taken out by this person."""
    return any(policy_for(model).may_ever(user, "export") for model in (*IMPORTED_MODELS, get_user_model()))


@policy(ExportRecord)
class ExportRecordPolicy(OwnRowsPolicy):
    """One's own exports; administrators see who took what."""

    owner_path = "requester"

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb == "view" and bool(user.is_superuser)

    def opens(self, user: Any, verb: str) -> bool:
        return verb == "view" and may_export_anything(user)
