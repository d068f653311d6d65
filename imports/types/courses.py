"""Courses, with the person who teaches each of them first."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.text import get_text_list

from apps.accounts.models import User
from apps.assessments.models import Assessment, Question
from apps.catalog.models import Course, CourseInstructor, CourseUserGrant, Lesson, Module, Resource
from apps.catalog.queries import has_active_instructor, has_lessons
from apps.catalog.reasons import gain_refused
from apps.catalog.services import (
    enter_status,
    missing_before_publication,
    warnings_before_publication,
)
from apps.catalog.services.archiving import everything_below
from apps.records.policy import policy_for
from apps.records.rules import RuleBroken
from imports.codes import RowCode, WarningCode
from imports.readers import fold_header
from imports.types.archive_column import Archive
from imports.types.base import CLEAR, Chunk, Column, Draft, ImportKind, Written, give_slugs
from imports.types.columns import (
    Choice,
    Code,
    Day,
    LongText,
    Number,
    Reader,
    Reference,
    Text,
    WholeNumber,
    YesNo,
)
from imports.types.teaching import make_primary

NOT_PUBLISHED = "no"


class CourseStatusColumn(Choice):
    """A state; under the header `is_published` it is a yes or a no, and a no leaves a draft a draft."""

    def reader(self, header: str = "", chosen_format: str = "") -> Reader:  # noqa: ARG002
        if fold_header(header) not in {"is_published", "published"}:
            return self.read
        words = YesNo(label=self.label)
        return lambda cell: Course.Status.PUBLISHED.value if words.read(cell) else NOT_PUBLISHED


class Courses(ImportKind):
    key = "courses"
    heading = "Courses"
    key_columns = ("course_code",)
    label_column = "title"
    filled_when_present = ("price",)
    models_below = (CourseUserGrant, CourseInstructor)
    side_models = (Module, Lesson, Resource, Assessment, Question)
    ways_up: ClassVar = {
        Module: "course",
        Lesson: "course",
        Resource: "lesson__course",
        Assessment: "lesson__course",
        Question: "assessment__lesson__course",
    }

    course_code = Code("code", required_on_create=True, label="Course code", aliases=("code",), example="PY-101")
    title = Text(required_on_create=True, aliases=("course_title", "name"), example="Python in practice")
    subtitle = Text()
    description = LongText()
    category = Reference(
        "category",
        by="slug",
        verb="view",
        right="grant",
        lists_unknown=True,
        required_on_create=True,
        aliases=("category_slug",),
        example="programming",
    )
    instructor_email = Reference(
        "instructor_email",
        to=User,
        only=Q(is_staff=True, is_active=True),
        by="email",
        verb="view",
        right="instructor",
        aliases=("instructor",),
        help="Makes this person the primary instructor.",
        example="ada@example.org",
    )
    price = Number(right="price", example="49.00")
    currency = Text(right="price", example="USD")
    discount_price = Number(right="price", example="39.00")
    level = Choice(example="beginner")
    language = Choice(example="en")
    starts_on = Day(aliases=("start_date",), example="2026-03-01")
    duration_minutes = WholeNumber(aliases=("duration",))
    has_certificate = YesNo(aliases=("certificate",))
    is_featured = YesNo(aliases=("featured",))
    seats = WholeNumber()
    status = CourseStatusColumn(right="publish", aliases=("is_published", "published"), example="draft")
    archive = Archive()

    class Meta:
        model = Course

    def annotations(self) -> Mapping[str, Any]:
        primary = CourseInstructor.objects.filter(
            course=OuterRef("pk"),
            role=CourseInstructor.Role.PRIMARY,
            is_active=True,
            user__is_staff=True,
            user__is_active=True,
        ).order_by("-is_lead", "pk")
        return {
            "instructor_email": Subquery(primary.values("user__email")[:1]),
            "has_instructor": has_active_instructor(),
            "has_any_lesson": has_lessons(),
        }

    def facts(self, columns: frozenset[str]) -> Sequence[str]:
        facts = [
            "title",
            "description",
            "category_id",
            "status",
            "published_at",
            "archived_at",
            "price",
            "discount_price",
        ]
        return [*facts, "has_instructor", "has_any_lesson"] if "status" in columns else facts

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """A course that is not to be published stays what it is, or is taken out of the catalog."""
        for draft in drafts:
            if draft.given.get("status") == NOT_PUBLISHED:
                before = draft.current.get("status", Course.Status.DRAFT)
                draft.given["status"] = Course.Status.UNPUBLISHED if before == Course.Status.PUBLISHED else before

    def check(self, chunk: Chunk) -> None:
        self._check_moves(chunk)
        for draft in chunk.sound:
            course = Course(**{name: draft.field(name) for name in self.facts(frozenset()) if draft.has_field(name)})
            course.code = draft.key[0]
            self._check_category(draft, chunk.user)
            if "instructor_email" in draft.changes:
                draft.extra["instructor_email_id"] = draft.ids["instructor_email"]
            if "archive" in draft.extra:
                self._archive(draft, course, chunk)
            elif "status" in draft.given:
                self._enter_status(draft, course, chunk, draft.given["status"])
            try:
                course.clean()
            except ValidationError as error:
                for name, texts in error.message_dict.items():
                    draft.fault(RowCode.R_RULE, " ".join(texts), self._by_name.get(name))

    def _check_moves(self, chunk: Chunk) -> None:
        """Nobody moves a course to where they hold more rights on it than now."""
        moved = {draft.pk: draft for draft in chunk.sound if draft.pk is not None and "category_id" in draft.values}
        policy: Any = policy_for(Course)
        gained = policy.gained(chunk.user, {pk: draft.values["category_id"] for pk, draft in moved.items()})
        for pk, rights in gained.items():
            text = gain_refused(Course(title=moved[pk].field("title")), rights)
            moved[pk].fault(RowCode.R_DENIED, text, self.column("category"), moved[pk].given.get("category", ""))

    def _check_category(self, draft: Draft, user: Any) -> None:
        category = draft.values.get("category_id")
        if category is None:
            return
        policy: Any = policy_for(Course)
        if draft.is_new and policy.must_teach(user, category, verb="import"):
            draft.extra.setdefault("instructor_email_id", user.pk)
        if refusal := self.may_create(user, draft):
            draft.fault(RowCode.R_DENIED, refusal, self.column("category"), draft.given.get("category", ""))

    def may_create(self, user: Any, draft: Draft) -> str:
        """Courses are started, or moved, where the person may; those who start their own teach them themselves."""
        policy: Any = policy_for(Course)
        category = draft.values.get("category_id")
        if not policy.may_add_in(user, category, verb="import"):
            return "You may not import courses into this category."
        is_forced = draft.is_new and policy.must_teach(user, category, verb="import")
        if is_forced and draft.extra.get("instructor_email_id") != user.pk:
            return "A course you start has you as its primary instructor; leave that column blank."
        return ""

    def rights_used(self, values: Mapping[str, Any], extra: Mapping[str, Any]) -> set[str]:
        return super().rights_used(values, extra) | ({"instructor"} if "instructor_email_id" in extra else set())

    def _archive(self, draft: Draft, course: Course, chunk: Chunk) -> None:
        if "status" in draft.changes:
            text = "A course is archived, or it gets another state. Leave one of the two cells as it was."
            draft.fault(RowCode.R_RULE, text, self.column("archive"), "yes")
        else:
            course.archived_at = None
            self._enter_status(draft, course, chunk, Course.Status.ARCHIVED)

    def _enter_status(self, draft: Draft, course: Course, chunk: Chunk, wanted: Any) -> None:
        column = self.column("status")
        before = draft.current.get("status", Course.Status.DRAFT)
        if wanted is CLEAR or wanted == before:
            return
        course.status = before
        if wanted == Course.Status.PUBLISHED:
            teaches = bool(draft.current.get("has_instructor") or draft.extra.get("instructor_email_id"))
            if missing := missing_before_publication(course, has_instructor=teaches):
                needs = get_text_list(missing, "and")
                draft.fault(RowCode.R_RULE, f"{course} cannot be published yet: it needs {needs}.", column, wanted)
                return
            for warning in warnings_before_publication(course, has_lessons=draft.current.get("has_any_lesson", False)):
                draft.warn(WarningCode.W_RULE, f"It is published all the same: {warning}", column)
        try:
            enter_status(course, wanted, now=chunk.memory.setdefault("now", timezone.now()))
        except RuleBroken as broken:
            draft.fault(RowCode.R_RULE, broken.sentence, column, wanted)
            return
        draft.values |= {"status": str(course.status), "published_at": course.published_at}
        if course.archived_at is not None:
            draft.values |= {"archived_at": course.archived_at, "archived_by_id": chunk.user.pk}

    def below(self, ids: Sequence[int]) -> Sequence[QuerySet[Any]]:
        return everything_below(ids)

    def promises(self, user: Any, draft: Draft) -> dict[str, Any]:
        policy: Any = policy_for(Course)
        seats = draft.values.get("seats")
        facts = {"title": draft.values["title"], "seats": seats} if seats is not None else {}
        if user.is_superuser:
            return facts
        protected = [column for column in self.columns if column.right]
        rights = [column.right for column in protected if self.may_set_on_create(user, column, draft)]
        own = policy.must_teach(user, draft.values.get("category_id"), verb="import")
        return {**facts, "rights": rights, **({"own": True} if own else {})}

    def may_set_on_create(self, user: Any, column: Column, draft: Draft) -> bool:
        """Whoever starts a course teaches it first, and may say what its primary instructor may say."""
        if column.right == "grant":
            return True  # Where courses are started is asked by `may_create`.
        permissions = {"price": "catalog.set_price_course", "instructor": "catalog.set_instructor_course"}
        if user.is_superuser or user.has_perm(permissions.get(column.right, "catalog.publish_course")):
            return True
        policy: Any = policy_for(Course)
        return bool(policy.must_teach(user, draft.values.get("category_id"), verb="import"))

    def before_writing(self, created: list[dict[str, Any]], updated: list[dict[str, Any]]) -> None:  # noqa: ARG002
        """Makes the slugs of new courses."""
        give_slugs(Course.with_archived.all(), created, "title")

    def after_writing(self, written: Sequence[Written], user: Any) -> None:
        make_primary(
            {row.pk: row.extra["instructor_email_id"] for row in written if "instructor_email_id" in row.extra}, by=user
        )
