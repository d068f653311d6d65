"""Who sees certificates, issues and revokes them; what they say is changed by nobody."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet

from apps.catalog.policy import CoursePathPolicy
from apps.catalog.rights import STUDENTS, VIEW, on_courses
from apps.certificates.models import Certificate, CertificateBundle, CertificateNote, CertificateTemplate
from apps.enrollments.models import Enrollment
from apps.records.policy import VERBS, OwnRowsPolicy, RolePolicy, policy, policy_for


@policy(Certificate)
class CertificatePolicy(CoursePathPolicy):
    """`add` is issuing, by the rule; whoever may issue on a course asks for a revocation, and a role revokes."""

    verbs = (*VERBS, "revoke", "ask_to_revoke")
    rights_for: ClassVar[dict[str, tuple[str, ...]]] = {
        "view": (VIEW, STUDENTS),
        "add": (STUDENTS,),
        "ask_to_revoke": (STUDENTS,),
    }
    primary_verbs: ClassVar[frozenset[str]] = frozenset({"export"})
    by_role: ClassVar[frozenset[str]] = frozenset({"view", "add", "revoke", "import", "export"})

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb in self.by_role and super().holds_everywhere(user, verb)

    def issuable(self, user: Any) -> QuerySet[Enrollment]:
        """The enrollments whose certificates this person may issue."""
        if not self.is_staff_at_work(user):
            return Enrollment.with_archived.none()
        if self.holds_everywhere(user, "add"):
            return Enrollment.with_archived.all()
        return Enrollment.with_archived.filter(on_courses("course", self.course_keys(user, "add"), user))


def may_be_issued(user: Any, ids: Sequence[int]) -> list[int]:
    """Those of these enrollments whose certificates the person may issue now, in their order."""
    found = CertificatePolicy().issuable(user).only("pk").in_bulk(ids)
    return [pk for pk in ids if pk in found]


@policy(CertificateNote)
class CertificateNotePolicy(CoursePathPolicy):
    """Who manages the learners of a course reads them; they are exceptions to the rule, so a role writes them."""

    verbs = VERBS
    rights_for: ClassVar[dict[str, tuple[str, ...]]] = {"view": (STUDENTS,)}
    primary_verbs: ClassVar[frozenset[str]] = frozenset()


@policy(CertificateTemplate)
class CertificateTemplatePolicy(RolePolicy):
    """Templates belong to the platform, not to a course."""


@policy(CertificateBundle)
class CertificateBundlePolicy(OwnRowsPolicy):
    """One's own files; administrators see who took what."""

    owner_path = "requester"

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb == "view" and bool(user.is_superuser)

    def opens(self, user: Any, verb: str) -> bool:
        return verb == "view" and policy_for(Certificate).may_ever(user, "export")
