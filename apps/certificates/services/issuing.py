"""Issuing: by the rule, or against it for those who are always or never given a certificate."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from apps.audit.recording import change_set
from apps.audit.set_based import record_history
from apps.certificates.languages import ORIGINAL, language_for
from apps.certificates.models import Certificate, CertificateTemplate
from apps.certificates.numbers import new_number
from apps.certificates.queries import default_templates, with_what_decides
from apps.certificates.services.telling import ISSUED, tell_learners
from apps.certificates.states import CertificateState, Ruling
from apps.enrollments.models import Enrollment
from apps.enrollments.states import EnrollmentStatus
from apps.records.rules import RuleBroken

BATCH = 1_000
READ = (
    *("user", "course", "status", "archived_at", "completed_at"),
    *("user__first_name", "user__last_name", "course__title", "course__language", "course__has_certificate"),
)
"""What the rule and the certificate take from an enrollment; people and courses are wide rows."""


@dataclass
class Issued:
    """What became of a number of enrollments: certificates, and sentences for those that got none."""

    certificates: list[Certificate] = field(default_factory=list)
    refused: list[tuple[Enrollment, str]] = field(default_factory=list)


def issue_certificate(enrollment: Enrollment, *, by: Any, reason: str = "") -> Certificate:
    """Issues one certificate. Raises `RuleBroken` when the learner is to have none."""
    issued = issue_certificates([enrollment.pk], by=by, reason=reason, title=f"Issue a certificate: {enrollment}")
    if not issued.certificates:
        raise RuleBroken(issued.refused[0][1] if issued.refused else "This enrollment is gone.")
    return issued.certificates[0]


def issue_certificates(ids: Sequence[int], *, by: Any, reason: str = "", title: str = "") -> Issued:
    """Issues a certificate for each of these enrollments that earns one, in a few statements a thousand."""
    issued = Issued()
    with change_set(by=by, reason=reason, title=(title or f"Issue certificates for {len(ids):,} enrollments")[:200]):
        templates = default_templates()
        for start in range(0, len(ids), BATCH):
            _issue_batch(ids[start : start + BATCH], templates, issued)
    return issued


def refusal_to_issue(enrollment: Any) -> str:
    """Why this enrollment gets no certificate now, as a sentence; empty when it does.

    Reads nothing: the enrollment comes from `with_what_decides`.
    """
    learner, course, is_always = enrollment.learner_name, enrollment.course, enrollment.ruling == Ruling.ALWAYS
    numbers = {certificate.state: certificate.number for certificate in enrollment.had}
    current = numbers.get(CertificateState.VALID)
    refusals = (
        (enrollment.is_archived, "This enrollment is archived. Restore it first."),
        (enrollment.ruling == Ruling.NEVER, f"{learner} is never given a certificate of {course}: {_told(enrollment)}"),
        (current, f"{learner} has a certificate already: {current}."),
        (
            CertificateState.REVOKED in numbers and not is_always,
            f"A certificate of {learner} was revoked. Note that they are always given one first.",
        ),
        (
            enrollment.status != EnrollmentStatus.COMPLETED and not is_always,
            f"{learner} has not completed {course}.",
        ),
        (
            not course.has_certificate and not is_always,
            f"{course} awards no certificate. Change that on its page first.",
        ),
        (not enrollment.user.get_full_name(), "The learner has no name. Add it on their page first."),
    )
    return next((sentence for is_so, sentence in refusals if is_so), "")


def drawn_up(enrollment: Enrollment, template: CertificateTemplate, *, now: datetime) -> Certificate:
    """The certificate of an enrollment in the words of this moment, not saved yet."""
    certificate = Certificate(
        enrollment=enrollment,
        course_id=enrollment.course_id,
        user_id=enrollment.user_id,
        template=template,
        number=new_number(),
        learner_name=enrollment.user.get_full_name(),
        course_title=enrollment.course.title,
        completed_at=enrollment.completed_at or now,
        issued_at=now,
        valid_until=months_later(now, template.valid_months) if template.valid_months else None,
    )
    certificate.seal()
    return certificate


def template_for(enrollment: Enrollment, templates: Mapping[str, CertificateTemplate]) -> CertificateTemplate:
    """The template in the language of the course, or else in English. Raises `RuleBroken` where there is neither."""
    found = templates.get(language_for(enrollment.course.language)) or templates.get(ORIGINAL)
    if found is None:
        raise RuleBroken("No template is used for new certificates in English. Choose one under Templates first.")
    return found


def months_later(moment: datetime, months: int) -> datetime:
    """The same day so many months later, or the last day of a month that is too short."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def _issue_batch(ids: Sequence[int], templates: Mapping[str, CertificateTemplate], issued: Issued) -> None:
    """Locks the enrollments before it looks: of two people who issue at once, the second finds the first one's."""
    list(Enrollment.with_archived.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    now, made = timezone.now(), []
    enrollments = with_what_decides(Enrollment.with_archived.filter(pk__in=ids)).only(*READ).order_by("pk")
    for enrollment in enrollments:
        if refusal := refusal_to_issue(enrollment):
            issued.refused.append((enrollment, refusal))
        else:
            made.append(drawn_up(enrollment, template_for(enrollment, templates), now=now))
    try:
        Certificate.objects.bulk_create(made, batch_size=BATCH)
    except IntegrityError:
        raise RuleBroken("Somebody issued one of these certificates a moment ago. Try again.") from None
    record_history(Certificate, [certificate.pk for certificate in made], "+")
    tell_learners(made, ISSUED)
    issued.certificates += made


def _told(enrollment: Any) -> str:
    words = str(enrollment.ruling_reason).strip()
    return words if words.endswith((".", "!", "?")) else f"{words}."
