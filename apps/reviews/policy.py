"""Who reads reviews and who decides on them; nobody adds one by hand or changes what a learner wrote."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet

from apps.catalog.policy import CoursePathPolicy
from apps.catalog.rights import EXPORT, RIGHTS
from apps.records.policy import VERBS, OwnRowsPolicy, RolePolicy, policy, policy_for
from apps.records.reasons import ByRole, Kind, Reason
from apps.reviews.models import BulkDecision, Review, ReviewReport, ReviewRule, Testimonial
from apps.reviews.queries import of_own_interest


@policy(Review)
class ReviewPolicy(CoursePathPolicy):
    """A right on the course reads, a role reads all; whoever decides does so on nothing they have a part in."""

    verbs = (*VERBS, "decide")
    rights_for: ClassVar[dict[str, tuple[str, ...]]] = {"view": RIGHTS, "export": (EXPORT,)}
    primary_verbs: ClassVar[frozenset[str]] = frozenset()
    door_verbs: ClassVar[tuple[str, ...]] = ("decide", "archive")

    def permission(self, verb: str) -> str:
        return f"reviews.{'decide' if verb in self.door_verbs else verb}_review"

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb in ("view", "export", "import") and super().holds_everywhere(user, verb)

    def opens(self, user: Any, verb: str) -> bool:
        return self.decides(user, verb) or super().opens(user, verb)

    def decides(self, user: Any, verb: str) -> bool:
        return verb in self.door_verbs and bool(user.has_perm(self.permission(verb)))

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        if self.decides(user, verb):
            return self.everything().exclude(of_own_interest(user))
        return super().beside_roles(user, verb)

    def masked_fields(self, user: Any) -> frozenset[str]:
        """What moderators tell each other is not for those who teach."""
        return frozenset() if user.has_perm("reviews.view_review") else frozenset({"moderator_note"})

    def because(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        found = super().because(user, verb, record)
        return [*found, self.by_deciding(verb)] if self.decides(user, verb) else found

    def missing(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        if self.decides(user, verb):
            words = f"{user} wrote this review or teaches its course, so somebody else decides on it."
            return [Reason(Kind.MISSING, words)]
        if verb in self.door_verbs:
            return [self.by_deciding(verb)]
        return super().missing(user, verb, record)

    def by_deciding(self, verb: str) -> ByRole:
        return ByRole(frozenset({self.permission(verb)}), "reviews they have no part in")


@policy(ReviewReport)
class ReviewReportPolicy(RolePolicy):
    """Who reported what is for those who see every review by their role."""

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb == "view" and super().holds_everywhere(user, verb)


@policy(ReviewRule)
class ReviewRulePolicy(RolePolicy):
    """Moderators read what they are shown; who keeps the rules is a matter of the role."""


@policy(BulkDecision)
class BulkDecisionPolicy(OwnRowsPolicy):
    """Whoever decides on reviews sees what they asked for themselves, and takes it back; a role sees all of it."""

    verbs = (*VERBS, "take_back")
    own_verbs = ("view", "take_back")

    owner_path = "requester"

    def opens(self, user: Any, verb: str) -> bool:
        return self.holds_everywhere(user, verb) or (
            verb in self.own_verbs and policy_for(Review).opens(user, "decide")
        )

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        own = super().beside_roles(user, verb)
        return own if self.opens(user, verb) else own.none()

    def missing(self, user: Any, verb: str, record: Model) -> list[Reason | ByRole]:
        return super().missing(user, verb, record) if self.opens(user, verb) else []


@policy(Testimonial)
class TestimonialPolicy(RolePolicy):
    """Who speaks for the platform chooses what is shown; showing and withdrawing is changing it."""

    verbs = (*VERBS, "show")
    permission_names: ClassVar[dict[str, str]] = {"show": "change_testimonial"}
