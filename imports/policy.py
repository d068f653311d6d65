"""Who may upload files, and who sees what became of them: the uploader and administrators."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model

from apps.catalog.models import Category, Course, CourseInstructor, Lesson, Module, Resource
from apps.enrollments.models import Enrollment, LessonProgress
from apps.records.policy import VERBS, OwnRowsPolicy, policy, policy_for
from apps.records.reasons import ByRole, Kind, Reason, listed
from apps.reviews.models import Review
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

    def because_new(self, user: Any, verb: str, place: Any) -> list[Reason | ByRole]:  # noqa: ARG002
        kinds = [model._meta.verbose_name_plural for model in importable_by(user)]
        return [Reason(Kind.RULE, f"{user} may import {listed(kinds)}, and whoever may import uploads files.")]

    def missing_new(self, user: Any, verb: str, place: Any) -> list[Reason | ByRole]:  # noqa: ARG002
        return [Reason(Kind.MISSING, f"{user} may not import anything: no courses, no learners, no people.")]


def may_import_anything(user: Any) -> bool:
    """Whether any kind of file may come from this person."""
    return any(importable_by(user))


def importable_by(user: Any) -> Iterator[type[Model]]:
    return (model for model in (*IMPORTED_MODELS, get_user_model()) if policy_for(model).may_ever(user, "import"))


@policy(ImportJob)
class ImportJobPolicy(UploaderPolicy):
    pass


@policy(ImportRow)
class ImportRowPolicy(UploaderPolicy):
    owner_path = "job__uploader"
    key_paths = ("job__pk", "part", "number")


@policy(ImportMapping)
class ImportMappingPolicy(UploaderPolicy):
    owner_path = "owner"


def may_export_anything(user: Any) -> bool:
    """Whether any kind of row may be taken out by this person."""
    return any(policy_for(model).may_ever(user, "export") for model in (*IMPORTED_MODELS, Review, get_user_model()))


@policy(ExportRecord)
class ExportRecordPolicy(OwnRowsPolicy):
    """One's own exports; administrators see who took what."""

    owner_path = "requester"

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb == "view" and bool(user.is_superuser)

    def opens(self, user: Any, verb: str) -> bool:
        return verb == "view" and may_export_anything(user)
