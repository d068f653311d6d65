"""Who writes announcements: those who manage the learners of the course, and roles that may for all courses."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from apps.announcements.models import Announcement
from apps.catalog.models import Course
from apps.catalog.policy import CoursePathPolicy
from apps.catalog.rights import STUDENTS
from apps.records.policy import policy


@policy(Announcement)
class AnnouncementPolicy(CoursePathPolicy):
    verbs = ("view", "add", "change", "send", "delete")
    rights_for: ClassVar[dict[str, tuple[str, ...]]] = dict.fromkeys(("view", "add", "change", "send"), (STUDENTS,))
    primary_verbs: ClassVar[frozenset[str]] = frozenset()

    def holds_everywhere(self, user: Any, verb: str) -> bool:
        return verb != "delete" and super().holds_everywhere(user, verb)

    def courses_to_write_to(self, user: Any) -> QuerySet[Course]:
        """The courses to whose learners this person may write."""
        if not self.is_staff_at_work(user):
            return Course.with_archived.none()
        return Course.objects.all() if self.holds_everywhere(user, "add") else self.courses(user, "add")
