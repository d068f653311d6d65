"""Who sees which figures: a right to the figures of a course, one's own courses taken together, or a role."""

from typing import Any, ClassVar

from django.db.models import Exists, Model, QuerySet

from apps.catalog.models import CourseInstructor
from apps.catalog.policy import CoursePathPolicy
from apps.catalog.rights import ANALYTICS, courses_granted, rights_held_anywhere
from apps.records.policy import VERBS, OwnRowsPolicy, RolePolicy, policy
from apps.records.reasons import ByRole, Kind, Reason
from apps.statistics.models import CourseStats, InstructorStats, LearnerStats, Payout, PlatformStats
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

    def permission(self, verb: str) -> str:  # noqa: ARG002
        return "statistics.view_coursestats"

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb in self.by_role and super().holds_everywhere(user, verb)


class OwnFiguresPolicy(OwnRowsPolicy):
    """One's own, as long as one may see the figures of every course in them: a sum tells what it is made of."""

    own_verbs = ("view", "refresh")
    shut_words: ClassVar[str]

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb in self.own_verbs and super().holds_everywhere(user, verb)

    def opens(self, user: Any, verb: str) -> bool:
        if self.holds_everywhere(user, verb):
            return True
        return verb in self.own_verbs and ANALYTICS in rights_held_anywhere(user)

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        own = super().beside_roles(user, verb)
        return self.shown(user, own) if self.opens(user, verb) else own.none()

    def shown(self, user: Any, own: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """Of these rows those made of nothing the person may not see."""
        return own.none()

    def because(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        is_open = self.beside_roles(user, verb).filter(pk=record.pk).exists()
        return super().because(user, verb, record) if is_open else [*self.by_roles(user, verb)]

    def missing(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        if verb in self.own_verbs and self.owner_of(record) == user:
            return [Reason(Kind.MISSING, self.shut_words.format(user=user))]
        return super().missing(user, verb, record)


@policy(InstructorStats)
class InstructorStatsPolicy(OwnFiguresPolicy):
    owner_path = "user"
    verbs = REFRESHED
    permission_names: ClassVar[dict[str, str]] = {"refresh": "view_instructorstats"}
    shut_words = "{user} may not see the figures of every course they teach, so not their sum either."

    def shown(self, user: Any, own: QuerySet[Any]) -> QuerySet[Any]:
        taught = CourseInstructor.objects.filter(user=user.pk, is_active=True, course__archived_at=None)
        return own.filter(~Exists(taught.exclude(course__in=seen_courses(user))))


@policy(Payout)
class PayoutPolicy(OwnFiguresPolicy):
    owner_path = "instructor"
    own_verbs = ("view", "export")
    shut_words = "{user} may not see the figures of this course, so not what they got for it either."

    def shown(self, user: Any, own: QuerySet[Any]) -> QuerySet[Any]:
        return own.filter(course__in=seen_courses(user))


def seen_courses(user: Any) -> QuerySet[Any]:
    """The keys of the courses whose figures the person may see."""
    return courses_granted(user, (ANALYTICS,)).order_by().values("pk")


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
