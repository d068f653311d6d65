"""Certificates: those of another system come in by their numbers; what one says is never changed by a file."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from apps.certificates.models import Certificate
from apps.certificates.numbers import key_of
from apps.certificates.queries import default_templates
from apps.certificates.services.issuing import template_for
from apps.certificates.states import CertificateState, transition_allowed
from apps.enrollments.models import Enrollment
from imports.codes import RowCode
from imports.provisional import is_provisional
from imports.types.base import CLEAR, Chunk, Draft, ImportKind
from imports.types.columns import Choice, Code, KeyPart, LongText, Moment, Reference, Text

State = CertificateState
SHORTEST_NUMBER = 6
MOMENTS = frozenset({"completed_at", "issued_at", "valid_until", "revoked_at"})
REVOKING = frozenset({"state", "revocation_reason"})


class Certificates(ImportKind):
    key = "certificates"
    heading = "Certificates"
    key_columns = ("certificate_number",)
    label_column = "certificate_number"

    certificate_number = Code(
        "number", required_on_create=True, aliases=("certificate_no", "certificate"), example="CERT-2021-0042"
    )
    student_email = Reference(
        "enrollment",
        by=("user__email", "course__code"),
        columns=("student_email", "course_code"),
        label="Learner",
        required_on_create=True,
        aliases=("email", "student", "learner_email"),
        hint="The learner must be enrolled in the course first.",
        example="sam@example.org",
    )
    course_code = KeyPart(
        "enrollment__course__code", label="Course", required_on_create=True, aliases=("course",), example="PY-101"
    )
    learner_name = Text(label="Name", help="Left blank, it is the name of today.", example="Sam Lee")
    course_title = Text(help="Left blank, it is the title of today.")
    completed_at = Moment(aliases=("completed_on",))
    issued_at = Moment(aliases=("issued_on", "issue_date"), example="2021-03-01 09:00")
    valid_until = Moment(aliases=("expires_on",))
    state = Choice(right="revoke", example="valid")
    revocation_reason = LongText(right="revoke")

    class Meta:
        model = Certificate

    def facts(self, columns: frozenset[str]) -> tuple[str, ...]:  # noqa: ARG002
        return ("state", "valid_until", "issued_at", "revocation_reason", "enrollment_id")

    def check(self, chunk: Chunk) -> None:
        new = [draft for draft in chunk.sound if draft.is_new]
        self._say_what_is_left_blank(new)
        for draft in chunk.sound:
            (self._check_new if draft.is_new else self._check_old)(draft, chunk.user)
        self._refuse_taken_numbers(chunk, new)
        self._refuse_second_ones(chunk, new)

    def _say_what_is_left_blank(self, new: Sequence[Draft]) -> None:
        """The names and times of today, in the plan already."""
        places = {draft.values["enrollment_id"] for draft in new} - {None}
        taken = Enrollment.with_archived.select_related("user", "course").in_bulk(places)
        for draft in new:
            if (enrollment := taken.get(draft.values["enrollment_id"])) is None:
                continue
            values = draft.values
            values["learner_name"] = values.get("learner_name") or enrollment.user.get_full_name()
            values["course_title"] = values.get("course_title") or enrollment.course.title
            values["issued_at"] = values.get("issued_at") or timezone.now()
            values["completed_at"] = values.get("completed_at") or enrollment.completed_at or values["issued_at"]
            if not values["learner_name"]:
                self._refuse(draft, "learner_name", "The learner has no name. Write it into the file.")

    def _check_new(self, draft: Draft, user: Any) -> None:
        state = draft.values.setdefault("state", State.VALID)
        if len(key_of(draft.values["number"])) < SHORTEST_NUMBER:
            text = f"The number must have at least {SHORTEST_NUMBER} letters and digits."
            self._refuse(draft, "certificate_number", text)
        if state not in (State.VALID, State.REVOKED):
            self._refuse(
                draft, "state", "A certificate comes in valid or revoked; what is past its end expires by itself."
            )
        issued, until = draft.values.get("issued_at"), draft.values.get("valid_until")
        if issued is not None and until is not None and until <= issued:
            self._refuse(draft, "valid_until", "It would end before it was issued. Correct one of the two.")
        self._check_revocation(draft, user)

    def _check_old(self, draft: Draft, user: Any) -> None:
        for name in draft.changes.keys() - REVOKING:
            self._refuse(draft, name, "What a certificate says is never changed. Reissue it on its page instead.")
        if "state" in draft.changes:
            now = Certificate(state=draft.current["state"], valid_until=draft.current["valid_until"]).standing()
            if draft.values["state"] != State.REVOKED or not transition_allowed(now, State.REVOKED):
                self._refuse(
                    draft, "state", f"This certificate is {now.label.lower()}. A file may only revoke what counts."
                )
        self._check_revocation(draft, user)

    def _check_revocation(self, draft: Draft, user: Any) -> None:
        """Revoked and a reason come together; who brings the file in has revoked it."""
        is_revoked, reason = draft.field("state") == State.REVOKED, str(draft.field("revocation_reason") or "").strip()
        if is_revoked and not reason:
            self._refuse(draft, "revocation_reason", "Say why it is revoked.")
        elif reason and not is_revoked:
            self._refuse(draft, "revocation_reason", "Only a revoked certificate has a reason. Fill the state as well.")
        elif is_revoked and (draft.is_new or "state" in draft.changes):
            draft.values |= {"revoked_at": timezone.now(), "revoked_by_id": user.pk}

    def _refuse_taken_numbers(self, chunk: Chunk, new: Sequence[Draft]) -> None:
        """Numbers that are read as one another are the same number."""
        keys = {key_of(draft.values["number"]) for draft in new}
        taken: set[str] = chunk.memory.setdefault("numbers taken", set())
        taken |= set(Certificate.objects.filter(number_key__in=keys).values_list("number_key", flat=True))
        for draft in new:
            if (key := key_of(draft.values["number"])) in taken:
                self._refuse(draft, "certificate_number", "This number cannot be used: another reads the same.")
            taken.add(key)

    def _refuse_second_ones(self, chunk: Chunk, new: Sequence[Draft]) -> None:
        """An enrollment has one certificate that counts."""
        counting = [draft for draft in new if not draft.faults and draft.values["state"] == State.VALID]
        places = {draft.values["enrollment_id"] for draft in counting} - {None}
        current: set[int] = chunk.memory.setdefault("enrollments with one", set())
        there = Certificate.objects.filter(enrollment__in=[one for one in places if not is_provisional(one)])
        current |= set(there.filter(state=State.VALID).values_list("enrollment", flat=True))
        for draft in counting:
            if (place := draft.values["enrollment_id"]) in current:
                text = "The learner has a certificate of this course already. Revoke or reissue that one."
                self._refuse(draft, "student_email", text)
            current.add(place)

    def _refuse(self, draft: Draft, name: str, text: str) -> None:
        given = draft.given.get(name, "")
        draft.fault(RowCode.R_RULE, text, self.column(name), "" if given is CLEAR else given)

    def before_writing(self, created: list[dict[str, Any]], updated: list[dict[str, Any]]) -> None:  # noqa: ARG002
        """What follows from the enrollment and from the rest of the row."""
        rows = Enrollment.with_archived.select_related("user", "course")
        taken = rows.in_bulk([values["enrollment_id"] for values in created])
        templates = default_templates()
        for values in created:
            for name in MOMENTS & values.keys():
                moment: Any = Certificate._meta.get_field(name)
                values[name] = moment.to_python(values[name])
            enrollment = taken[values["enrollment_id"]]
            values |= {"course_id": enrollment.course_id, "user_id": enrollment.user_id}
            values["template_id"] = template_for(enrollment, templates).pk
            facts = {name: value for name, value in values.items() if name not in ("id", "extra")}
            certificate = Certificate(**facts)
            certificate.seal()
            values |= {"number_key": certificate.number_key, "verification_hash": certificate.verification_hash}
