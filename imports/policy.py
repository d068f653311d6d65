"""Who may upload files, and who sees what became of them: the uploader and administrators."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.db.models import Model, Q, QuerySet

from apps.catalog.models import Category, Course, CourseInstructor, Lesson, Module, Resource
from apps.certificates.models import Certificate
from apps.enrollments.models import Enrollment, LessonProgress
from apps.records.policy import VERBS, OwnRowsPolicy, Policy, policy, policy_for
from apps.records.reasons import ByRole, Kind, Reason, listed
from apps.reviews.models import Review
from apps.subscriptions.models import Payment, Subscription
from imports.models import (
    ExportRecord,
    ImportApproval,
    ImportComment,
    ImportCorrection,
    ImportJob,
    ImportMapping,
    ImportRow,
)

IMPORTED_MODELS = (
    Course,
    Category,
    CourseInstructor,
    Module,
    Lesson,
    Resource,
    Enrollment,
    LessonProgress,
    Certificate,
    Review,
    Subscription,
    Payment,
)


class UploaderPolicy(OwnRowsPolicy):
    """One's own uploads; administrators see all of them and may take one over."""

    owner_path = "uploader"
    verbs: ClassVar[tuple[str, ...]] = (*VERBS, "apply", "undo")
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
    """Who was asked to approve a plan sees it and decides; nobody decides on their own."""

    verbs = (*UploaderPolicy.verbs, "decide")

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb != "decide" and super().holds_everywhere(user, verb)

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        asked = self.everything().filter(pk__in=ImportApproval.objects.filter(asked=user.pk).values("job"))
        if verb == "decide":
            return (self.everything() if user.is_superuser else asked).exclude(uploader=user.pk)
        own = super().beside_roles(user, verb)
        return self.everything().filter(Q(pk__in=own) | Q(pk__in=asked)) if verb == "view" else own

    def because(self, user: Any, verb: str, record: Any) -> list[Reason | ByRole]:
        found = super().because(user, verb, record)
        if verb not in ("view", "decide") or not record.approvals.filter(asked=user.pk).exists():
            return found
        if verb == "decide" and record.uploader_id == user.pk:
            return found
        return [*found, Reason(Kind.RULE, f"{user} was asked to approve the plan of this import.", facts=(record,))]

    def missing(self, user: Any, verb: str, record: Any) -> list[Reason | ByRole]:
        if verb != "decide":
            return super().missing(user, verb, record)
        if record.uploader_id == user.pk:
            return [Reason(Kind.MISSING, f"{user} uploaded it, and nobody approves their own plan.")]
        return [Reason(Kind.MISSING, f"{user} was not asked to approve the plan of this import.")]


class PartOfImportPolicy(Policy):
    """Seen by whoever sees the import; written by its services alone."""

    def rows(self, user: Any, verb: str) -> QuerySet[Any]:
        if verb != "view":
            return self.everything().none()
        return self.everything().filter(job__in=policy_for(ImportJob).scope(user, "view").values("pk"))

    def opens(self, user: Any, verb: str) -> bool:
        return verb == "view" and may_import_anything(user)

    def because(self, user: Any, verb: str, record: Any) -> list[Reason | ByRole]:
        return policy_for(ImportJob).because(user, verb, record.job)

    def missing(self, user: Any, verb: str, record: Any) -> list[Reason | ByRole]:
        return policy_for(ImportJob).missing(user, verb, record.job) if verb == "view" else []


@policy(ImportCorrection)
class ImportCorrectionPolicy(PartOfImportPolicy):
    key_paths = ("job__pk", "number", "at")


@policy(ImportApproval)
class ImportApprovalPolicy(PartOfImportPolicy):
    pass


@policy(ImportComment)
class ImportCommentPolicy(PartOfImportPolicy):
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
    return any(policy_for(model).may_ever(user, "export") for model in (*IMPORTED_MODELS, get_user_model()))


@policy(ExportRecord)
class ExportRecordPolicy(OwnRowsPolicy):
    """One's own exports; administrators see who took what."""

    owner_path = "requester"

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb == "view" and bool(user.is_superuser)

    def opens(self, user: Any, verb: str) -> bool:
        return verb == "view" and may_export_anything(user)
