"""Who may do what to the catalog: roles everywhere, grants course by course and category by category."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet

from apps.access.memory import remembered
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
from apps.catalog.rights import (
    ANALYTICS,
    EDIT,
    EXPORT,
    GRANT,
    IMPORT,
    PUBLISH,
    RIGHTS,
    STUDENTS,
    categories_granted,
    courses_granted,
    ended_grants_on,
    grants_on,
    is_primary_anywhere,
    primary_courses,
    rights_held_anywhere,
    sentence_of,
)
from apps.records.policy import VERBS, RolePolicy, policy

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

    def courses(self, user: Any, verb: str) -> QuerySet[Course]:
        """The courses whose rows here are open to the person without a role that opens all."""
        if verb in self.primary_verbs:
            return primary_courses(user)
        if verb in self.rights_for:
            return courses_granted(user, self.rights_for[verb])
        return Course.with_archived.none()

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        courses = self.courses(user, verb)
        if not self.course_path:
            return courses
        return self.everything().filter(**{f"{self.course_path}__in": courses.values("pk")})

    def because(self, user: Any, verb: str, record: Model) -> list[str]:
        if (course := self.course_of(record)) is None:
            return []
        if verb in self.primary_verbs:
            if primary_courses(user).filter(pk=course.pk).exists():
                return [f"They are a primary instructor of {course.code}."]
            return []
        rights = self.rights_for.get(verb, ())
        return [sentence_of(grant, course) for grant in grants_on(user, rights, course)]

    def course_of(self, record: Model) -> Course | None:
        path = f"{self.course_path}__pk" if self.course_path else "pk"
        return (
            Course.with_archived.filter(pk__in=self.everything().filter(pk=record.pk).values(path))
            .select_related("category")
            .first()
        )

    def missing(self, user: Any, verb: str, record: Model) -> list[str]:
        role = super().missing(user, verb, record)
        if verb in self.primary_verbs:
            return ["They are no primary instructor of the course.", *role]
        if verb not in self.rights_for:
            return role
        rights, course = self.rights_for[verb], self.course_of(record)
        asked = "no right" if rights == RIGHTS else f"not the right {' or '.join(rights)}"
        ended = ended_grants_on(user, rights, course) if course else []
        return [
            f"They hold {asked} on the course, on a category above it or by a role.",
            *(
                f"Their right {grant.permission.codename} ended at {grant.expires_at:%Y-%m-%d %H:%M:%S} UTC."
                for grant in ended
            ),
            *role,
        ]


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
    door_verbs = ("add",)
    primary_verbs = frozenset({"price", "instructor", "archive", "delete"})
    money: ClassVar[frozenset[str]] = frozenset({"price", "discount_price", "discount_ends_at"})

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return super().holds_everywhere(user, verb) if verb != "add" else bool(user.is_superuser)

    def opens(self, user: Any, verb: str) -> bool:
        if verb == "add":
            return bool(user.has_perm("catalog.add_course"))
        if verb == "import" and user.has_perm("catalog.add_course"):
            return True
        return super().opens(user, verb)

    def courses(self, user: Any, verb: str) -> QuerySet[Course]:
        return primary_courses(user) if verb == "add" else super().courses(user, verb)

    def may_add_in(self, user: Any, category_id: int | None, *, verb: str = "add") -> bool:
        """Whether the person may start a course in this category, by hand (`add`) or from a file (`import`)."""
        if not self.is_staff_at_work(user):
            return False
        if user.has_perm("catalog.add_course") or (verb == "import" and self.holds_everywhere(user, verb)):
            return True
        if verb != "import" or category_id is None or IMPORT not in rights_held_anywhere(user):
            return False
        return category_id in categories_to_import_into(user)

    def must_teach(self, user: Any, category_id: int | None, *, verb: str = "add") -> bool:
        """Whether a course the person starts here has to have themselves as its primary instructor."""
        if self.holds_everywhere(user, verb):
            return False
        return category_id is None or verb != "import" or category_id not in categories_to_import_into(user)

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


@policy(Category)
class CategoryPolicy(RolePolicy):
    """Everybody who works on courses sees the tree; roles change it; `grant` is for those who hold it from above."""

    verbs = (*VERBS, "grant")

    def permission(self, verb: str) -> str:
        if verb in ("grant", "archive"):
            return "catalog.grant_access" if verb == "grant" else "catalog.change_category"
        return super().permission(verb)

    def opens(self, user: Any, verb: str) -> bool:
        held = rights_held_anywhere(user)
        return super().opens(user, verb) or (verb == "view" and bool(held)) or (verb == "grant" and GRANT in held)

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        if verb == "view" and rights_held_anywhere(user):
            return self.everything()
        return categories_granted(user, (GRANT,)) if verb == "grant" else self.everything().none()

    def because(self, user: Any, verb: str, record: Model) -> list[str]:
        if verb == "view" and rights_held_anywhere(user):
            return ["They hold a right on some course, and whoever works on courses sees the categories."]
        if verb == "grant" and categories_granted(user, (GRANT,)).filter(pk=record.pk).exists():
            return ["They hold the right grant_access on this category or on one above it."]
        return []


class GrantPolicy(CoursePathPolicy):
    """Rights on a course are seen and given by those who hold `grant_access` on it."""

    course_path = "content_object"
    rights_for = dict.fromkeys(("view", "add", "change", "delete"), (GRANT,))
    primary_verbs = frozenset()


@policy(CourseUserGrant)
class CourseUserGrantPolicy(GrantPolicy):
    pass


@policy(CourseGroupGrant)
class CourseGroupGrantPolicy(GrantPolicy):
    pass


class CategoryGrantPolicy(RolePolicy):
    """Rights on a category are seen and given by those who hold `grant_access` on it or above it."""

    given: ClassVar[frozenset[str]] = frozenset({"view", "add", "change", "delete"})

    def opens(self, user: Any, verb: str) -> bool:
        return super().opens(user, verb) or (verb in self.given and GRANT in rights_held_anywhere(user))

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        if verb not in self.given:
            return self.everything().none()
        return self.everything().filter(content_object__in=categories_granted(user, (GRANT,)).values("pk"))


@policy(CategoryUserGrant)
class CategoryUserGrantPolicy(CategoryGrantPolicy):
    pass


@policy(CategoryGroupGrant)
class CategoryGroupGrantPolicy(CategoryGrantPolicy):
    pass
