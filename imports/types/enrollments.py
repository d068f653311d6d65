"""Who takes which course. Imported completions send nothing and issue nothing unless that is asked for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from apps.access.memory import remembered
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from apps.enrollments.queries import seats_and_waiting
from apps.enrollments.services import enter_status, refresh_counters, refusal_to_enroll
from apps.enrollments.states import SEATED, EnrollmentStatus
from apps.records.policy import policy_for, scope
from apps.records.rules import RuleBroken
from imports.codes import RowCode, WarningCode
from imports.provisional import is_provisional
from imports.types.base import CLEAR, Chunk, Column, Draft, ImportKind
from imports.types.columns import Choice, Moment, Reference, WholeNumber

WAITS = "waits"


class Enrollments(ImportKind):
    key = "enrollments"
    heading = "Enrollments"
    key_columns = ("student_email", "course_code")
    label_column = "student_email"

    student_email = Reference(
        "user",
        by="email",
        verb="view",
        label="Learner",
        required_on_create=True,
        aliases=("email", "student", "learner_email", "user_email"),
        example="sam@example.org",
    )
    course_code = Reference("course", by="code", required_on_create=True, aliases=("course",), example="PY-101")
    status = Choice(right="manage_students", aliases=("enrollment_status", "state"), example="active")
    enrolled_at = Moment(aliases=("enrolled_on", "enrollment_date"), example="2026-03-01 09:00")
    completed_at = Moment(aliases=("completed_on",))
    access_ends_at = Moment(aliases=("access_until", "expires_at"))
    progress_percent = WholeNumber(aliases=("progress", "percent"), example="40")

    class Meta:
        model = Enrollment

    def facts(self, columns: frozenset[str]) -> tuple[str, ...]:
        return ("status", "completed_at", "progress_percent", "course_id") if "status" in columns else ("course_id",)

    def new_values(self, user: Any) -> dict[str, Any]:  # noqa: ARG002
        return {"source": Enrollment.Source.IMPORT.value}

    def may_set_on_create(self, user: Any, column: Column, draft: Draft) -> bool:
        if user.is_superuser or draft.is_below_own:
            return True
        if is_provisional(draft.values.get("course_id")):
            policy: Any = policy_for(Course)
            return bool(policy.holds_everywhere(user, column.right))
        managed = remembered(
            ("courses whose learners may be managed", user.pk),
            lambda: frozenset(scope(user, "manage_students", Course).values_list("pk", flat=True)),
        )
        return draft.values.get("course_id") in managed

    def check(self, chunk: Chunk) -> None:
        for draft in chunk.sound:
            if "status" in draft.changes and draft.given["status"] is not CLEAR:
                self._enter_status(draft)
        self._seat(chunk)

    def _enter_status(self, draft: Draft) -> None:
        """A new enrollment may have any state, an old one goes its ways; both get what follows from it."""
        wanted = draft.values["status"]
        before = EnrollmentStatus.ACTIVE if draft.is_new else draft.current["status"]
        if wanted == before:
            return
        enrollment = Enrollment(
            status=before,
            completed_at=draft.field("completed_at"),
            progress_percent=draft.field("progress_percent") or 0,
        )
        if draft.is_new and wanted == EnrollmentStatus.WAITLISTED:
            return
        try:
            enter_status(enrollment, wanted, now=timezone.now())
        except RuleBroken as broken:
            draft.fault(RowCode.R_RULE, broken.sentence, self.column("status"), wanted)
            return
        draft.values.setdefault("completed_at", enrollment.completed_at)
        draft.values.setdefault("progress_percent", enrollment.progress_percent)

    def _seat(self, chunk: Chunk) -> None:
        """Courses with a limit take no more learners than they have seats; earlier rows of the file count.

        Who comes newly and is not said to be active waits where no seat is free; what the file asks for in words and
        cannot be is refused.
        """
        wanting = [draft for draft in chunk.sound if _takes_seat(draft)]
        places = {draft.field("course_id") for draft in wanting}
        courses = Course.with_archived.filter(pk__in=places).exclude(seats=None).in_bulk() if places else {}
        if chunk.pending is not None:
            facts = chunk.pending.facts_of([place for place in places if is_provisional(place)])
            new = {pk: fact for pk, fact in facts.items() if "seats" in fact}
            courses |= {pk: Course(pk=pk, title=fact["title"], seats=fact["seats"]) for pk, fact in new.items()}
        if not courses:
            return
        taken: Counter[int] = chunk.memory.setdefault("seats taken", Counter())
        unknown = courses.keys() - taken.keys()
        ahead: Counter[int] = chunk.memory.setdefault("learners who wait already", Counter())
        for pk, (in_use, waiting) in seats_and_waiting(unknown).items():
            taken[pk], ahead[pk] = in_use, waiting
        for draft in wanting:
            course = courses.get(draft.field("course_id"))
            if course is None:
                continue
            status = str(draft.field("status") or EnrollmentStatus.ACTIVE)
            may_wait = draft.is_new and "status" not in draft.values and not course.is_archived
            in_use = taken[course.pk] + (ahead[course.pk] if may_wait else 0)
            refusal = refusal_to_enroll(course, status=status, seats_in_use=in_use)
            if not refusal:
                taken[course.pk] += 1
            elif may_wait:
                draft.values["status"], draft.extra[WAITS] = EnrollmentStatus.WAITLISTED.value, True
                draft.warn(WarningCode.W_RULE, f"No seat of {course} is free, so the learner waits for one.")
            else:
                draft.fault(RowCode.R_RULE, refusal, self.column("course_code"), draft.given.get("course_code", ""))

    def rights_used(self, values: Mapping[str, Any], extra: Mapping[str, Any]) -> set[str]:
        """To wait for a seat is less than to have one, so that it takes no right of its own."""
        if extra.get(WAITS):
            values = {name: value for name, value in values.items() if name != "status"}
        return super().rights_used(values, extra)

    def before_writing(self, created: list[dict[str, Any]], updated: list[dict[str, Any]]) -> None:
        """Seats that somebody else took since the plan are not given twice: who comes newly waits for one."""
        wanting = [values for values in created if values.get("status", EnrollmentStatus.ACTIVE) in SEATED]
        ids = {values["id"] for values in updated if values.get("status") in SEATED}
        stay = dict(Enrollment.with_archived.filter(pk__in=ids).exclude(status__in=SEATED).values_list("pk", "course"))
        places = {values["course_id"] for values in wanting} | set(stay.values())
        courses = Course.with_archived.filter(pk__in=places).exclude(seats=None).order_by("pk").select_for_update()
        left = {course.pk: course.seats or 0 for course in courses}
        for pk, (in_use, _waiting) in seats_and_waiting(left).items():
            left[pk] -= in_use
        for values in [values for values in updated if stay.get(values["id"]) in left]:
            left[stay[values["id"]]] -= 1
            if left[stay[values["id"]]] < 0:
                for name in ("status", "completed_at", "progress_percent"):
                    values.pop(name, None)
        for values in [values for values in wanting if values["course_id"] in left]:
            left[values["course_id"]] -= 1
            if left[values["course_id"]] < 0:
                values["status"] = EnrollmentStatus.WAITLISTED.value

    def after_all(self, ids: Sequence[int]) -> None:
        self._count_learners(ids)

    def after_undo(self, ids: Sequence[int]) -> None:
        self._count_learners(ids)

    @staticmethod
    def _count_learners(ids: Sequence[int]) -> None:
        history: Any = Enrollment.history.model
        courses = history.objects.filter(id__in=ids).order_by().values_list("course_id", flat=True).distinct()
        refresh_counters(courses)


def _takes_seat(draft: Draft) -> bool:
    """Whether the row takes a seat that its learner does not have yet."""
    wanted = str(draft.values.get("status") or (EnrollmentStatus.ACTIVE if draft.is_new else ""))
    return wanted in SEATED and draft.current.get("status") not in SEATED
