"""Who sees which figures: a right to the figures of a course, one's own courses taken together, or a role."""

from typing import Any, ClassVar

from django.db.models import Exists, Model, QuerySet

from apps.catalog.models import CourseInstructor
from apps.catalog.policy import CoursePathPolicy
from apps.catalog.rights import ANALYTICS, courses_granted, rights_held_anywhere
from apps.records.policy import VERBS, OwnRowsPolicy, RolePolicy, policy
from apps.records.reasons import ByRole, Kind, Reason
from apps.statistics.models import CourseStats, InstructorStats, LearnerStats, PlatformStats
from apps.subscriptions.policy import SEES_MONEY

REFRESHED: tuple[str, ...] = (*VERBS, "refresh")
"""Whoever sees figures may have them counted now."""


@policy(CourseStats)
class CourseStatsPolicy(CoursePathPolicy):
    """The right to see the figures of the course, or a role that sees those of all."""

    verbs = REFRESHED
    rights_for: ClassVar[dict[str, tuple[str, ...]]] = {"view": (ANALYTICS,), "refresh": (ANALYTICS,)}
    primary_verbs: ClassVar[frozenset[str]] = frozenset()
    by_role: ClassVar[frozenset[str]] = frozenset({"view", "refresh"})

    def permission(self, verb: str) -> str:
        return "statistics.view_coursestats" if verb == "refresh" else super().permission(verb)

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb in self.by_role and super().holds_everywhere(user, verb)


@policy(InstructorStats)
class InstructorStatsPolicy(OwnRowsPolicy):
    """One's own, as long as one may see the figures of every course in it: a sum tells what it is made of."""

    owner_path = "user"
    verbs = REFRESHED
    own_verbs = ("view", "refresh")
    permission_names: ClassVar[dict[str, str]] = {"refresh": "view_instructorstats"}

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb in self.own_verbs and super().holds_everywhere(user, verb)

    def opens(self, user: Any, verb: str) -> bool:
        if self.holds_everywhere(user, verb):
            return True
        return verb in self.own_verbs and ANALYTICS in rights_held_anywhere(user)

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        own = super().beside_roles(user, verb)
        return own.filter(~Exists(self.shut_courses(user))) if self.opens(user, verb) else own.none()

    def shut_courses(self, user: Any) -> QuerySet[CourseInstructor]:
        """Courses in the sum whose figures the person may not see."""
        taught = CourseInstructor.objects.filter(user=user.pk, is_active=True, course__archived_at=None)
        return taught.exclude(course__in=courses_granted(user, (ANALYTICS,)).order_by().values("pk"))

    def because(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        is_open = self.owner_of(record) != user or self.beside_roles(user, verb).exists()
        return super().because(user, verb, record) if is_open else [*self.by_roles(user, verb)]

    def missing(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        if verb in self.own_verbs and self.owner_of(record) == user:
            words = f"{user} may not see the figures of every course they teach, so not their sum either."
            return [Reason(Kind.MISSING, words)]
        return super().missing(user, verb, record)


@policy(LearnerStats)
class LearnerStatsPolicy(RolePolicy):
    """Those who look after learners everywhere."""

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb == "view" and super().holds_everywhere(user, verb)


@policy(PlatformStats)
class PlatformStatsPolicy(RolePolicy):
    verbs = REFRESHED
    permission_names: ClassVar[dict[str, str]] = {"refresh": "view_platformstats"}
    money: ClassVar[frozenset[str]] = frozenset({"monthly_minor", "received_minor"})

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb in ("view", "refresh") and super().holds_everywhere(user, verb)

    def masked_fields(self, user: Any) -> frozenset[str]:
        return frozenset() if user.has_perm(SEES_MONEY) else self.money
