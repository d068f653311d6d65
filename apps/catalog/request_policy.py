"""Who sees requests for rights, and who decides on them."""

from typing import Any

from django.db.models import Q, QuerySet

from apps.catalog.models import AccessRequest, Course
from apps.catalog.rights import GRANT
from apps.records.policy import VERBS, OwnRowsPolicy, policy, policy_for, scope
from apps.records.reasons import ByRole, Kind, Reason


@policy(AccessRequest)
class AccessRequestPolicy(OwnRowsPolicy):
    """People see and withdraw their own; who gives rights on the course sees and decides, and administrators all.

    Nobody decides on their own. What no right on a course opens, and the right to give rights, is for administrators.
    """

    owner_path = "requester"
    verbs = (*VERBS, "decide", "withdraw")
    own_verbs = ("view", "withdraw")

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb == "view" and bool(user.is_superuser)

    def opens(self, user: Any, verb: str) -> bool:
        return super().opens(user, verb) or (verb == "decide" and policy_for(Course).may_ever(user, "grant"))

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        own = Q(requester=user.pk)
        if verb == "decide" and user.is_superuser:
            return self.everything().exclude(own)
        on_their_courses = Q(course__in=scope(user, "grant", Course).values("pk"))
        if verb == "view":
            return self.everything().filter(own | on_their_courses)
        if verb == "decide":
            return self.everything().filter(on_their_courses).exclude(own).exclude(right__in=("", GRANT))
        return super().beside_roles(user, verb)

    def because(self, user: Any, verb: str, record: Any) -> list[Reason | ByRole]:
        found = super().because(user, verb, record)
        return (
            [*found, *policy_for(Course).because(user, "grant", record.course)]
            if self.by_course(verb, record)
            else found
        )

    def missing(self, user: Any, verb: str, record: Any) -> list[Reason | ByRole]:
        if verb == "decide" and record.requester_id == user.pk:
            return [Reason(Kind.MISSING, f"{user} asked for it, and nobody decides on their own request.")]
        found = super().missing(user, verb, record)
        if not self.by_course(verb, record):
            return found
        return [*found, *policy_for(Course).missing(user, "grant", record.course)]

    def by_course(self, verb: str, record: Any) -> bool:
        """Whether giving rights on the course opens this request for this verb."""
        return record.course is not None and (verb == "view" or (verb == "decide" and record.right not in ("", GRANT)))
