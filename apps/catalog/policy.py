"""Who may do what to the catalog: roles everywhere, grants course by course and category by category."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django.db.models import Model, QuerySet

from apps.access.memory import remembered, remembering_at_least_here
from apps.catalog.models import (
    Category,
    CategoryGroupGrant,
    CategoryUserGrant,
    Course,
    CourseGroupGrant,
    CourseInstructor,
    CourseUserGrant,
    Lesson,
    Module,
    Resource,
)
from apps.catalog.reasons import (
    categories_to_fill,
    gain_refused,
    granted,
    held_anywhere,
    leading_to,
    leads,
    right_lacking,
    teaching_lacking,
)
from apps.catalog.rights import (
    ANALYTICS,
    EDIT,
    EXPORT,
    GRANT,
    IMPORT,
    PUBLISH,
    RIGHTS,
    STUDENTS,
    VERBS_OF_ROLES,
    categories_granted,
    course_keys,
    is_primary_anywhere,
    on_courses,
    primary_course_keys,
    rights_gained,
    rights_held_anywhere,
)
from apps.records.policy import VERBS, RolePolicy, policy
from apps.records.reasons import ByRole, Kind, Reason
from apps.records.rules import RuleBroken

COURSE_VERBS: tuple[str, ...] = (*VERBS, "publish", "grant", "manage_students", "view_analytics", "price", "instructor")

COURSE_PERMISSIONS = {
    "publish": "publish_course",
    "grant": "grant_access",
    "manage_students": "manage_students",
    "view_analytics": "view_analytics",
    "price": "set_price_course",
    "instructor": "set_instructor_course",
}


class CoursePathPolicy(RolePolicy):
    """Rows that belong to a course: a right on the course opens them, a role opens all."""

    course_path: ClassVar[str] = "course"
    verbs = COURSE_VERBS
    rights_for: ClassVar[dict[str, tuple[str, ...]]] = {
        "view": RIGHTS,
        "add": (EDIT,),
        "change": (EDIT,),
        "archive": (EDIT,),
        "import": (IMPORT,),
        "export": (EXPORT,),
        "publish": (PUBLISH,),
        "grant": (GRANT,),
        "manage_students": (STUDENTS,),
        "view_analytics": (ANALYTICS,),
    }
    primary_verbs: ClassVar[frozenset[str]] = frozenset({"price", "instructor"})

    def permission(self, verb: str) -> str:
        if verb in COURSE_PERMISSIONS:
            return f"catalog.{COURSE_PERMISSIONS[verb]}"
        codename = f"{verb}_{self.model._meta.model_name}"
        if verb == "archive" and codename not in dict(self.model._meta.permissions):
            codename = f"change_{self.model._meta.model_name}"
        return f"{self.model._meta.app_label}.{codename}"

    def opens(self, user: Any, verb: str) -> bool:
        if self.holds_everywhere(user, verb):
            return True
        if verb in self.primary_verbs:
            return is_primary_anywhere(user)
        if verb == "view" and user.has_perm("catalog.add_course"):
            return True  # Whoever may start a course finds the lists open, if empty.
        return not rights_held_anywhere(user).isdisjoint(self.rights_for.get(verb, ()))

    def course_keys(self, user: Any, verb: str) -> QuerySet[Any]:
        """The keys of the courses whose rows here are open to the person without a role that opens all."""
        if verb in self.primary_verbs:
            return primary_course_keys(user)
        return course_keys(user, self.rights_for[verb]) if verb in self.rights_for else Course.with_archived.none()

    def courses(self, user: Any, verb: str) -> QuerySet[Course]:
        return Course.with_archived.filter(on_courses("pk", self.course_keys(user, verb), user))

    @remembering_at_least_here()
    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        return self.everything().filter(on_courses(self.course_path or "pk", self.course_keys(user, verb), user))

    def because(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        on_course = self.because_of_course(user, verb, self.course_of(record))
        return [*super().because(user, verb, record), *(leading_to(record, reason) for reason in on_course)]

    def because_of_course(self, user: Any, verb: str, course: Course) -> list[Reason]:
        """What lets the person do the verb to the rows of this course."""
        if self.is_for_primary(verb):
            return leads(user, course)
        return granted(user, self.rights_for.get(verb, ()), course)

    def missing(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        return [*self.missing_on_course(user, verb, self.course_of(record)), *super().missing(user, verb, record)]

    def missing_on_course(self, user: Any, verb: str, course: Course) -> list[Reason]:
        if self.is_for_primary(verb):
            return teaching_lacking(user, course)
        return right_lacking(user, self.rights_for[verb], course) if verb in self.rights_for else []

    def is_for_primary(self, verb: str) -> bool:
        return verb in self.primary_verbs

    def place_for(self, key: Mapping[str, str]) -> Course | None:
        code = key.get(f"{self.course_path}__code", "")
        return Course.with_archived.filter(code__iexact=code).select_related("category").first()

    def may_new(self, user: Any, verb: str, place: Model | None) -> bool:
        if place is None or not self.is_staff_at_work(user):
            return False
        return self.holds_everywhere(user, verb) or self.courses(user, verb).filter(pk=place.pk).exists()

    def because_new(self, user: Any, verb: str, place: Any) -> list[Reason | ByRole]:
        return [*super().because_new(user, verb, place), *self.because_of_course(user, verb, place)]

    def missing_new(self, user: Any, verb: str, place: Any) -> list[Reason | ByRole]:
        if place is None:
            return [Reason(Kind.MISSING, "There is no course with this code.")]
        return [*self.missing_on_course(user, verb, place)]

    def course_of(self, record: Model) -> Course:
        """The course the record belongs to, looked up once in a request."""
        path = f"{self.course_path}__pk" if self.course_path else "pk"
        course: Course = remembered(
            ("course of", record._meta.label, record.pk),
            lambda: Course.with_archived.select_related("category").get(
                pk__in=self.everything().filter(pk=record.pk).values(path)
            ),
        )
        return course


def categories_to_import_into(user: Any) -> frozenset[int]:
    """The categories into which files of this person may bring courses."""
    return remembered(
        ("categories to import into", user.pk),
        lambda: frozenset(categories_granted(user, (IMPORT,)).values_list("pk", flat=True)),
    )


@policy(Course)
class CoursePolicy(CoursePathPolicy):
    """A course itself. Those who may start courses may add them for themselves only, or where a category is theirs."""

    course_path = ""
    primary_verbs = frozenset({"price", "instructor", "archive", "delete"})
    money: ClassVar[frozenset[str]] = frozenset({"price", "discount_price", "discount_ends_at"})
    # A category brings the rights that were given on it, so moving a course there is giving rights on the course.
    field_verbs: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("price", "discount_price", "discount_ends_at", "currency"), "price"),
        "category": "grant",
    }

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return super().holds_everywhere(user, verb) if verb != "add" else bool(user.is_superuser)

    def opens(self, user: Any, verb: str) -> bool:
        if verb == "add":
            return bool(user.has_perm("catalog.add_course"))
        if verb == "import" and user.has_perm("catalog.add_course"):
            return True
        return super().opens(user, verb)

    def course_keys(self, user: Any, verb: str) -> QuerySet[Any]:
        return primary_course_keys(user) if verb == "add" else super().course_keys(user, verb)

    def is_for_primary(self, verb: str) -> bool:
        return verb == "add" or super().is_for_primary(verb)

    def may_new(self, user: Any, verb: str, place: Model | None) -> bool:  # noqa: ARG002
        """Whether there is a category, or none, in which the person may start a course."""
        return self.may_ever(user, verb) and (
            self.may_add_in(user, None, verb=verb) or bool(categories_to_import_into(user))
        )

    def because_new(self, user: Any, verb: str, place: Any) -> list[Reason | ByRole]:  # noqa: ARG002
        own = [self.by_starting()] if user.has_perm("catalog.add_course") else []
        return [*self.by_roles(user, verb), *own, *(categories_to_fill(user) if verb == "import" else ())]

    def missing_new(self, user: Any, verb: str, place: Any) -> list[Reason | ByRole]:  # noqa: ARG002
        words = f"{user} does not hold the right to import on any category."
        return [*([Reason(Kind.MISSING, words)] if verb == "import" else ()), self.by_starting()]

    def by_starting(self) -> ByRole:
        return ByRole(frozenset({"catalog.add_course"}), "courses of their own, which they teach first")

    def may_add_in(self, user: Any, category_id: int | None, *, verb: str = "add") -> bool:
        """Whether the person may start a course in this category, by hand (`add`) or from a file (`import`)."""
        if not self.is_staff_at_work(user):
            return False
        if verb == "import" and (self.holds_everywhere(user, verb) or category_id in categories_to_import_into(user)):
            return True
        return bool(user.has_perm("catalog.add_course"))

    def must_teach(self, user: Any, category_id: int | None, *, verb: str = "add") -> bool:
        """Whether a course the person starts here has to have themselves as its primary instructor."""
        if self.holds_everywhere(user, verb):
            return False
        return verb != "import" or category_id not in categories_to_import_into(user)

    def gained(self, user: Any, moves: Mapping[int, int | None]) -> dict[int, list[str]]:
        """By the key of a course: the rights its move to a category would give the person, who does not hold them."""
        return rights_gained(user, moves, self.rights_without_roles(user))

    def rights_without_roles(self, user: Any) -> list[str]:
        """The rights that no role of theirs opens on every course."""
        return [right for right in RIGHTS if not self.holds_everywhere(user, VERBS_OF_ROLES[right])]

    def refuse_gain(self, user: Any, record: Any) -> None:
        if gained := self.gained(user, {record.pk: record.category_id}).get(record.pk):
            raise RuleBroken(gain_refused(record, gained))

    def masked_fields(self, user: Any) -> frozenset[str]:
        by_role_only = user.has_perm("catalog.view_course") and not user.has_perm("catalog.export_course")
        return self.money if by_role_only else frozenset()


@policy(Module)
class ModulePolicy(CoursePathPolicy):
    pass


@policy(Lesson)
class LessonPolicy(CoursePathPolicy):
    pass


@policy(Resource)
class ResourcePolicy(CoursePathPolicy):
    course_path = "lesson__course"


@policy(CourseInstructor)
class CourseInstructorPolicy(CoursePathPolicy):
    """Who teaches is for the primary instructor; a file may say it where the person may also choose instructors."""

    primary_verbs = frozenset({"add", "change", "archive", "delete", "price", "instructor"})

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return super().holds_everywhere(user, verb) and (
            verb != "import" or super().holds_everywhere(user, "instructor")
        )

    def rows(self, user: Any, verb: str) -> QuerySet[Any]:
        rows = super().rows(user, verb)
        return rows & super().rows(user, "instructor") if verb == "import" else rows

    def opens(self, user: Any, verb: str) -> bool:
        return super().opens(user, verb) and (verb != "import" or super().opens(user, "instructor"))

    def because_of_course(self, user: Any, verb: str, course: Course) -> list[Reason]:
        found = super().because_of_course(user, verb, course)
        return [also(reason, user, course) for reason in found] if verb == "import" else found

    def missing_on_course(self, user: Any, verb: str, course: Course) -> list[Reason]:
        found = super().missing_on_course(user, verb, course)
        if verb != "import":
            return found
        lacking = [] if super().because_of_course(user, verb, course) else found
        return lacking if self.chooses(user, course) else [*lacking, *teaching_lacking(user, course)]

    def may_new(self, user: Any, verb: str, place: Model | None) -> bool:
        may = super().may_new(user, verb, place)
        return may and (verb != "import" or super().may_new(user, "instructor", place))

    def chooses(self, user: Any, course: Course) -> bool:
        """Whether the person may say who teaches this course."""
        return super().holds_everywhere(user, "instructor") or bool(leads(user, course))


def also(reason: Reason, user: Any, course: Course) -> Reason:
    """A file may name instructors by a right to import only together with the right to choose them."""
    second = leads(user, course)
    text = second[0].text if second else f"a role of {user} may choose the instructors of all courses."
    return replace(
        reason,
        text=f"{reason.text.rstrip('.')}; and {text}",
        facts=(*reason.facts, *(second[0].facts if second else ())),
    )


@policy(Category)
class CategoryPolicy(RolePolicy):
    """Everybody who works on courses sees the tree; roles change it; `grant` is for those who hold it from above."""

    verbs = (*VERBS, "grant")
    permission_names: ClassVar[dict[str, str]] = {"grant": "grant_access", "archive": "change_category"}

    def gained(self, user: Any, moves: Mapping[int, int | None]) -> dict[int, list[str]]:
        """By the key of a category: the rights on its courses its move below another would give the person."""
        return rights_gained(user, moves, CoursePolicy().rights_without_roles(user), categories_granted)

    def refuse_gain(self, user: Any, record: Any) -> None:
        if gained := self.gained(user, {record.pk: record.parent_id}).get(record.pk):
            raise RuleBroken(gain_refused(record, gained))

    def opens(self, user: Any, verb: str) -> bool:
        held = rights_held_anywhere(user)
        return super().opens(user, verb) or (verb == "view" and bool(held)) or (verb == "grant" and GRANT in held)

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        if verb == "view" and rights_held_anywhere(user):
            return self.everything()
        return categories_granted(user, (GRANT,)) if verb == "grant" else self.everything().none()

    def because(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        found = super().because(user, verb, record)
        if verb == "view":
            return [*found, *held_anywhere(user)]
        return [*found, *granted(user, (GRANT,), record)] if verb == "grant" else found  # type: ignore[arg-type]

    def missing(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        if verb == "view":
            return [Reason(Kind.MISSING, f"{user} holds no right on any course or category.")]
        return [*right_lacking(user, (GRANT,), record)] if verb == "grant" else []  # type: ignore[arg-type]


class GrantPolicy(CoursePathPolicy):
    """Rights on a course are seen and given by those who hold `grant_access` on it."""

    course_path = "content_object"
    key_paths = ("content_object__code", "permission__codename", "user__email")
    rights_for = dict.fromkeys(("view", "add", "change", "delete"), (GRANT,))
    primary_verbs = frozenset()


@policy(CourseUserGrant)
class CourseUserGrantPolicy(GrantPolicy):
    pass


@policy(CourseGroupGrant)
class CourseGroupGrantPolicy(GrantPolicy):
    key_paths = ("content_object__code", "permission__codename", "group__name")


class CategoryGrantPolicy(RolePolicy):
    """Rights on a category are seen and given by those who hold `grant_access` on it or above it."""

    key_paths = ("content_object__slug", "permission__codename", "user__email")
    given: ClassVar[frozenset[str]] = frozenset({"view", "add", "change", "delete"})

    def opens(self, user: Any, verb: str) -> bool:
        return super().opens(user, verb) or (verb in self.given and GRANT in rights_held_anywhere(user))

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        if verb not in self.given:
            return self.everything().none()
        return self.everything().filter(content_object__in=categories_granted(user, (GRANT,)).values("pk"))

    def because(self, user: Any, verb: str, record: Any) -> list[Reason | ByRole]:
        by_grant = granted(user, (GRANT,), record.content_object)
        return [*super().because(user, verb, record), *(leading_to(record, way) for way in by_grant)]

    def missing(self, user: Any, verb: str, record: Any) -> list[Reason | ByRole]:
        return [*right_lacking(user, (GRANT,), record.content_object)] if verb in self.given else []

    def place_for(self, key: Mapping[str, str]) -> Category | None:
        return Category.with_archived.filter(slug__iexact=key.get("content_object__slug", "")).first()

    def may_new(self, user: Any, verb: str, place: Model | None) -> bool:
        if place is None or not self.is_staff_at_work(user):
            return False
        held = verb in self.given and categories_granted(user, (GRANT,)).filter(pk=place.pk).exists()
        return held or self.holds_everywhere(user, verb)

    def because_new(self, user: Any, verb: str, place: Any) -> list[Reason | ByRole]:
        return [*super().because_new(user, verb, place), *granted(user, (GRANT,), place)]

    def missing_new(self, user: Any, verb: str, place: Any) -> list[Reason | ByRole]:
        if place is None:
            return [Reason(Kind.MISSING, "There is no category with this slug.")]
        return [*right_lacking(user, (GRANT,), place)] if verb in self.given else []


@policy(CategoryUserGrant)
class CategoryUserGrantPolicy(CategoryGrantPolicy):
    pass


@policy(CategoryGroupGrant)
class CategoryGroupGrantPolicy(CategoryGrantPolicy):
    key_paths = ("content_object__slug", "permission__codename", "group__name")
