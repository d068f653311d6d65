"""Who sees instructors and decides on them: roles on everybody but themselves; each instructor sees their own."""

from dataclasses import replace
from typing import Any, ClassVar

from django.db.models import Model, QuerySet

from apps.access.memory import remembered
from apps.accounts.models import User
from apps.instructors.models import InstructorProfile
from apps.records.policy import VERBS, OwnRowsPolicy, policy
from apps.records.reasons import ByRole, Kind, Reason


@policy(InstructorProfile)
class InstructorProfilePolicy(OwnRowsPolicy):
    """`add` is entering an application, `apply` sending a rejected one in again; nobody decides about themselves."""

    owner_path = "user"
    verbs = (*VERBS, "apply", "decide", "suspend", "verify")
    own_verbs = ("view", "change", "apply")
    permission_names: ClassVar[dict[str, str]] = {"apply": "add_instructorprofile"}
    door_verbs: ClassVar[tuple[str, ...]] = ("decide", "suspend", "verify")
    by_role: ClassVar[frozenset[str]] = frozenset({"view", "add", "change", "apply"})

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb in self.by_role and super().holds_everywhere(user, verb)

    def decides(self, user: Any, verb: str) -> bool:
        return verb in self.door_verbs and bool(user.has_perm(self.permission(verb)))

    def opens(self, user: Any, verb: str) -> bool:
        if self.holds_everywhere(user, verb) or self.decides(user, verb):
            return True
        return verb in self.own_verbs and is_instructor(user)

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        if self.decides(user, verb):
            return self.everything().exclude(user=user.pk)
        return super().beside_roles(user, verb)

    def because(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        own = f"{user} is this instructor."
        found = super().because(user, verb, record)
        found = [one if isinstance(one, ByRole) else replace(one, text=own) for one in found]
        return [*found, self.by_deciding(verb)] if self.decides(user, verb) else found

    def missing(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        if self.decides(user, verb):
            return [Reason(Kind.MISSING, f"{user} is this instructor, so somebody else decides.")]
        if verb in self.door_verbs:
            return [self.by_deciding(verb)]
        own = [Reason(Kind.MISSING, f"{user} is not this instructor.")] if verb in self.own_verbs else []
        return [*own, *(one for one in super().missing(user, verb, record) if isinstance(one, ByRole))]

    def by_deciding(self, verb: str) -> ByRole:
        return ByRole(frozenset({self.permission(verb)}), "all instructors but themselves")


def is_instructor(user: Any) -> bool:
    """Whether the person is one by their account, or has a profile although they work here as something else."""
    return user.role == User.Role.INSTRUCTOR or remembered(
        ("has instructor profile", user.pk), lambda: InstructorProfile.objects.filter(user=user.pk).exists()
    )
