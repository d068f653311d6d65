"""Certificates of the demo platform: most are valid, and some of each other state."""

import random
from datetime import datetime, timedelta

from apps.audit.set_based import record_history
from apps.certificates.languages import language_for
from apps.certificates.models import Certificate, CertificateNote, CertificateTemplate
from apps.certificates.numbers import BITS, number_from
from apps.certificates.queries import default_templates
from apps.certificates.services.issuing import months_later
from apps.certificates.states import CertificateState, Ruling
from apps.enrollments.models import Enrollment
from apps.enrollments.states import EnrollmentStatus
from backoffice.seed.people import COMPANY, People
from backoffice.seed.writing import World, write_all

ORGANIZATION = COMPANY.partition(".")[0].replace("academy", " academy").title()
SHORT_MONTHS = 3
SHORT_SHARE, REVOKED_SHARE, REISSUED_SHARE = 0.08, 0.01, 0.02
NOT_YET = timedelta(hours=12)
REVOKED_BECAUSE = (
    "The final assessment was taken by somebody else.",
    "The account belongs to two people.",
    "The payment was taken back by the bank.",
)
NOTES = (
    (Ruling.NEVER, "Handed in the work of somebody else, twice."),
    (Ruling.ALWAYS, "Passed the same course on site before it came here."),
    (Ruling.ALWAYS, "Could not open the last lesson; the lead instructor examined them by phone."),
)


def make_certificates(world: World, people: People) -> None:
    """For nearly everybody who completed a course that awards one; the newest wait for the job that issues them."""
    dice = world.dice("certificates")
    CertificateTemplate.objects.update(organization=ORGANIZATION, signatory_name=str(people.administrator))
    record_history(CertificateTemplate, list(CertificateTemplate.objects.values_list("pk", flat=True)), "~")
    short = CertificateTemplate(
        name="Workplace safety", organization=ORGANIZATION, color="#7a3b12", valid_months=SHORT_MONTHS
    )
    write_all([short])
    templates = default_templates()
    earned = Enrollment.objects.filter(
        status=EnrollmentStatus.COMPLETED, course__has_certificate=True, completed_at__lt=world.now - NOT_YET
    )
    made = []
    for enrollment in earned.select_related("user", "course").order_by("completed_at", "pk"):
        template = templates.get(language_for(enrollment.course.language), templates["en"])
        made.append(certificate_of(dice, enrollment, short if dice.random() < SHORT_SHARE else template))
    for certificate in made:
        if dice.random() < REVOKED_SHARE or certificate is made[0]:
            certificate.state, certificate.revoked_by = CertificateState.REVOKED, people.manager
            certificate.revoked_at = later(dice, world, certificate)
            certificate.revocation_reason = dice.choice(REVOKED_BECAUSE)
        elif dice.random() < REISSUED_SHARE or certificate is made[1]:
            certificate.state = CertificateState.REPLACED
    write_all(made, touched="issued_at")
    write_all([replacement_of(dice, world, one) for one in made if one.state == CertificateState.REPLACED])
    make_notes(dice)


def certificate_of(dice: random.Random, enrollment: Enrollment, template: CertificateTemplate) -> Certificate:
    at = (enrollment.completed_at or enrollment.enrolled_at) + timedelta(minutes=dice.randint(2, 58))
    certificate = Certificate(
        enrollment=enrollment,
        course=enrollment.course,
        user=enrollment.user,
        template=template,
        number=number_from(dice.getrandbits(BITS)),
        learner_name=enrollment.user.get_full_name(),
        course_title=enrollment.course.title,
        completed_at=enrollment.completed_at or at,
        issued_at=at,
        created_at=at,
        valid_until=months_later(at, template.valid_months) if template.valid_months else None,
    )
    certificate.seal()
    return certificate


def replacement_of(dice: random.Random, world: World, replaced: Certificate) -> Certificate:
    replacement = certificate_of(dice, replaced.enrollment, replaced.template)
    at = later(dice, world, replaced)
    replacement.issued_at = replacement.created_at = at
    months = replaced.template.valid_months
    replacement.valid_until, replacement.replaces = months_later(at, months) if months else None, replaced
    replacement.seal()
    return replacement


def later(dice: random.Random, world: World, certificate: Certificate) -> datetime:
    return certificate.issued_at + timedelta(
        seconds=round((world.now - certificate.issued_at).total_seconds() * dice.random())
    )


def make_notes(dice: random.Random) -> None:
    active = Enrollment.objects.filter(status=EnrollmentStatus.ACTIVE, course__has_certificate=True).order_by("pk")
    chosen = dice.sample(list(active), min(len(NOTES), active.count()))
    notes = [
        CertificateNote(course_id=one.course_id, user_id=one.user_id, ruling=ruling, reason=reason)
        for one, (ruling, reason) in zip(chosen, NOTES, strict=False)
    ]
    write_all(notes)
