"""Who sees which reports: their owners, the roles they are shared with as far as the list is open, administrators.

Who has one sent, and administrators, see its schedule; those it is sent to see their own files."""

from typing import Any

from django.db.models import Q, QuerySet

from apps.access.models import Role
from apps.records.policy import VERBS, OwnRowsPolicy, policy
from apps.records.reasons import ByRole, Kind, Reason, listed
from apps.reports.models import Report, ReportRun, ReportSchedule
from apps.reports.sources import open_sources


def may_report(user: Any) -> bool:
    """Whether any list may be taken out by this person."""
    return next(open_sources(user), None) is not None


@policy(Report)
class ReportPolicy(OwnRowsPolicy):
    owner_path = "owner"
    own_verbs = ("view", "add", "change", "delete")

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb in ("view", "delete") and bool(user.is_superuser)

    def opens(self, user: Any, verb: str) -> bool:
        return verb in self.own_verbs and may_report(user)

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        """One's own stay, so that they can be deleted; where the list is closed nothing of it is shown any more."""
        own = super().beside_roles(user, verb)
        if not may_report(user):
            return own.none()
        if verb != "view":
            return own
        return self.everything().filter(Q(owner=user.pk) | Q(pk__in=shared(user).values("pk")))

    def because(self, user: Any, verb: str, record: Any) -> list[Reason | ByRole]:
        found = super().because(user, verb, record) if may_report(user) else []
        roles = [str(role) for role in roles_shared(user, record)] if verb == "view" else []
        words = f"The report is shared with {', '.join(roles)}, and {user} has that role."
        return [*found, Reason(Kind.RULE, words, facts=(record,))] if roles else found

    def because_new(self, user: Any, verb: str, place: Any) -> list[Reason | ByRole]:  # noqa: ARG002
        lists = listed([source.title.lower() for source in open_sources(user)])
        return [Reason(Kind.RULE, f"{user} may take out {lists}, and whoever may take out a list makes reports of it.")]

    def missing_new(self, user: Any, verb: str, place: Any) -> list[Reason | ByRole]:  # noqa: ARG002
        return [Reason(Kind.MISSING, f"{user} may take out no list, and reports are made of lists.")]


def shared(user: Any) -> QuerySet[Any]:
    """The reports shared with a role of this person, of the lists that are open to them."""
    keys = [source.key for source in open_sources(user)]
    return Report.objects.filter(source__in=keys, shared_with__in=roles_of(user)).order_by()


def roles_of(user: Any) -> QuerySet[Any]:
    """The roles that count for the person now."""
    return Role.objects.filter(is_active=True, user=user.pk)


def roles_shared(user: Any, report: Report) -> list[Any]:
    if not any(source.key == report.source for source in open_sources(user)):
        return []
    return list(roles_of(user).filter(pk__in=report.shared_with.values("pk")))


@policy(ReportRun)
class ReportRunPolicy(OwnRowsPolicy):
    """One's own files; administrators see who took what out. Whoever is sent them may have no more of them."""

    verbs = (*VERBS, "leave")
    owner_path = "requester"
    own_verbs = ("view", "leave")

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb == "view" and bool(user.is_superuser)

    def opens(self, user: Any, verb: str) -> bool:
        return verb in self.own_verbs and may_report(user)


@policy(ReportSchedule)
class ReportSchedulePolicy(OwnRowsPolicy):
    """Whoever has something sent, and administrators. It gives nobody a row: each is sent what is theirs."""

    verbs = ("view", "add", "change", "delete")
    owner_path = "owner"
    own_verbs = verbs

    def holds_everywhere(self, user: Any, verb: str) -> bool:  # noqa: ARG002
        return bool(user.is_superuser)

    def opens(self, user: Any, verb: str) -> bool:  # noqa: ARG002
        return may_report(user)

    def beside_roles(self, user: Any, verb: str) -> QuerySet[Any]:
        own = super().beside_roles(user, verb)
        return own if may_report(user) else own.none()

    def because(self, user: Any, verb: str, record: Any) -> list[Reason | ByRole]:
        return super().because(user, verb, record) if may_report(user) else []

    def because_new(self, user: Any, verb: str, place: Any) -> list[Reason | ByRole]:  # noqa: ARG002
        lists = listed([source.title.lower() for source in open_sources(user)])
        return [Reason(Kind.RULE, f"{user} may take out {lists}, and whoever may take out a list may have it sent.")]

    def missing_new(self, user: Any, verb: str, place: Any) -> list[Reason | ByRole]:  # noqa: ARG002
        return [Reason(Kind.MISSING, f"{user} may take out no list, and reports are made of lists.")]
