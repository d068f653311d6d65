"""Enrolling everybody on a pasted list: first said for each line, then done for all of them at once."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, models, transaction

from apps.audit.recording import change_set
from apps.audit.set_based import record_history
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from apps.enrollments.queries import seats_and_waiting
from apps.enrollments.services.enrolling import status_on_arrival
from apps.enrollments.services.seats import free_seats, locked_course, refresh_counters, refusal_to_enroll
from apps.enrollments.services.states import WORDS
from apps.enrollments.states import EnrollmentStatus
from apps.records.rules import RuleBroken

MOST_LINES = 5_000
BETWEEN = re.compile(r"[\n,;]")
IN_BRACKETS = re.compile(r".*<([^<>]*)>\s*$")


class Fate(models.TextChoices):
    """What becomes of one line."""

    ENROLLED = "enrolled", "Enrolled"
    WAITS = "waits", "On the waiting list"
    ALREADY = "already", "Enrolled already"
    CLOSED = "closed", "Cannot sign in"
    UNKNOWN = "unknown", "Nobody has this address"
    MALFORMED = "malformed", "No e-mail address"
    TWICE = "twice", "Named twice"


IN_A_SUM = {
    Fate.CLOSED: "without sign-in",
    Fate.UNKNOWN: "unknown",
    Fate.MALFORMED: "malformed",
}
DONE = (Fate.ENROLLED, Fate.WAITS)


@dataclass(frozen=True, slots=True)
class Line:
    """One address of the list, what becomes of it and why."""

    number: int
    text: str
    email: str = ""
    fate: str = Fate.UNKNOWN
    because: str = ""
    user_id: int = 0


def lines_from(text: str) -> list[Line]:
    """The addresses of a pasted list: one to a line, or parted by commas; names before them are left out.

    Raises `RuleBroken` for an empty list and for one that is too long.
    """
    parts = [part.strip() for part in BETWEEN.split(text)]
    found = [part for part in parts if part]
    if not found:
        raise RuleBroken("There is no address in this list. Paste one to a line.")
    if len(found) > MOST_LINES:
        raise RuleBroken(f"These are {len(found):,} addresses, and {MOST_LINES:,} can be enrolled at once. Use a file.")
    lines, seen = [], set()
    for number, part in enumerate(found, start=1):
        email = (match[1] if (match := IN_BRACKETS.match(part)) else part).strip().lower()
        line = Line(number, part, email)
        if not _is_address(email):
            line = replace(line, email="", fate=Fate.MALFORMED)
        elif email in seen:
            line = replace(line, fate=Fate.TWICE)
        seen.add(email)
        lines.append(line)
    return lines


def fates_of(lines: Sequence[Line], course: Course, *, seats: int | None) -> list[Line]:
    """What becomes of each line when the course has this many seats left (None: no limit); in two queries."""
    asked = [line.email for line in lines if line.fate == Fate.UNKNOWN]
    people = {one.email: one for one in get_user_model()._base_manager.filter(email__in=asked)}
    takers = Enrollment.with_archived.filter(course=course, user__in=[one.pk for one in people.values()])
    there = {pk: (status, at) for pk, status, at in takers.values_list("user", "status", "archived_at")}
    told = []
    for line in lines:
        person = people.get(line.email) if line.fate == Fate.UNKNOWN else None
        if person is None:
            told.append(line)
            continue
        status, archived_at = there.get(person.pk, ("", None))
        fate, because = Fate.ENROLLED, ""
        if archived_at:
            fate, because = Fate.ALREADY, "That enrollment is archived. Restore it instead."
        elif status:
            fate, because = Fate.ALREADY, f"{WORDS[status]}."
        elif not person.is_active or person.archived_at:
            fate, because = Fate.CLOSED, "Activate the account first."
        elif seats is not None:
            fate, seats = (Fate.ENROLLED, seats - 1) if seats > 0 else (Fate.WAITS, 0)
        told.append(replace(line, fate=fate, because=because, user_id=person.pk))
    return told


def plan_of_many(course: Course, text: str) -> list[Line]:
    """What `enroll_many` would do with this list now; changes nothing."""
    free = free_seats(course)
    if free is not None:
        free = max(free - seats_and_waiting([course.pk])[course.pk][1], 0)
    return fates_of(lines_from(text), course, seats=free)


def enroll_many(course: Course, text: str, *, by: Any, reason: str = "") -> list[Line]:
    """Enrolls whom it can of the list, with history, in a number of statements that does not grow with it.

    Where the seats end the waiting list begins. Who is on the list but cannot be enrolled is left alone and said so.
    """
    lines = lines_from(text)
    with change_set(by=by, reason=reason, title=f"Enroll a list in {course}"[:200]) as record:
        course = locked_course(course.pk)
        if refusal := refusal_to_enroll(course, status=EnrollmentStatus.WAITLISTED, seats_in_use=0):
            raise RuleBroken(refusal)
        status_on_arrival(course, by=by)
        lines = fates_of(lines, course, seats=free_seats(course))
        states = {Fate.ENROLLED: EnrollmentStatus.ACTIVE, Fate.WAITS: EnrollmentStatus.WAITLISTED}
        rows = [
            Enrollment(course=course, user_id=line.user_id, status=states[Fate(line.fate)])
            for line in lines
            if line.fate in DONE
        ]
        try:
            with transaction.atomic():
                made = Enrollment.objects.bulk_create(rows, batch_size=1_000)
        except IntegrityError:
            raise RuleBroken("One of them was enrolled in this very moment. Nobody else was; try again.") from None
        record_history(Enrollment, [row.pk for row in made], "+")
        refresh_counters([course.pk])
        record.title = f"Enroll a list in {course}: {sum_of(lines)}"[:200]
    return lines


def sum_of(lines: Sequence[Line]) -> str:
    """The list in figures: "3 enrolled, 1 on the waiting list, 2 enrolled already"."""
    counted = Counter(line.fate for line in lines)
    return ", ".join(f"{counted[fate]:,} {IN_A_SUM.get(fate, fate.label.lower())}" for fate in Fate if counted[fate])


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
