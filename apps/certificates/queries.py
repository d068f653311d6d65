"""Reads of certificates that screens, services, jobs and the public page share."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.audit.models import ChangeSet
from apps.certificates.models import Certificate, CertificateNote, CertificateTemplate, FailedLookup
from apps.certificates.states import CertificateState, Ruling
from apps.enrollments.models import Enrollment
from apps.enrollments.states import EnrollmentStatus


def due_enrollments() -> QuerySet[Enrollment]:
    """Current enrollments that earn a certificate and never had one.

    Whoever completed a course that awards one earns it, and whoever is always given one. What a file brought in as
    completed earns nothing by itself: it was completed somewhere else.
    """
    notes = CertificateNote.objects.filter(course=OuterRef("course"), user=OuterRef("user"))
    versions: Any = Enrollment.history.model
    by_file = versions.objects.filter(
        id=OuterRef("pk"), status=EnrollmentStatus.COMPLETED, change_set__channel=ChangeSet.Channel.IMPORT
    )
    completed = Q(status=EnrollmentStatus.COMPLETED, course__has_certificate=True) & ~Exists(by_file)
    return (
        Enrollment.objects.filter(completed | Exists(notes.filter(ruling=Ruling.ALWAYS)), course__archived_at=None)
        .exclude(Exists(notes.filter(ruling=Ruling.NEVER)))
        .exclude(Exists(Certificate.objects.filter(enrollment=OuterRef("pk"))))
        .order_by("pk")
    )


def with_what_decides(enrollments: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """Enrollments with what the rule asks about each: its note, the certificates it had, its learner and course.

    The certificates are read for all at once: of the first ten thousand somebody issues, PostgreSQL would look through
    all that are valid for each enrollment, because it does not know of them yet.
    """
    notes = CertificateNote.objects.filter(course=OuterRef("course"), user=OuterRef("user"))
    had = Certificate.objects.filter(state__in=(CertificateState.VALID, CertificateState.REVOKED)).order_by()
    had = had.only("enrollment", "state", "number")
    return (
        enrollments.select_related("user", "course")
        .annotate(ruling=Subquery(notes.values("ruling")[:1]), ruling_reason=Subquery(notes.values("reason")[:1]))
        .prefetch_related(Prefetch("certificates", had, to_attr="had"))
    )


def default_templates() -> dict[str, CertificateTemplate]:
    """By language, the template that new certificates are made from."""
    return {template.language: template for template in CertificateTemplate.objects.filter(is_default=True)}


def standing_q(state: str) -> Q:
    """The condition that certificates are in this state now."""
    ended = Q(valid_until__lte=timezone.now())
    if state == CertificateState.EXPIRED:
        return Q(state=CertificateState.VALID) & ended
    if state == CertificateState.VALID:
        return Q(state=CertificateState.VALID) & (Q(valid_until=None) | Q(valid_until__gt=timezone.now()))
    return Q(state=state)


def certificate_for_anybody(key: str, address: str, *, window: timedelta) -> Certificate | None:
    """The certificate with this key, and with it how often this address failed lately: one query, one index.

    What replaced it is asked for when something did: as long as nothing was ever replaced, SQLite would look for it in
    all certificates.
    """
    found = Certificate.objects.annotate(
        failures=Coalesce(Subquery(failures_of(address, window), output_field=IntegerField()), Value(0))
    )
    return found.filter(number_key=key).first()


def failures_of(address: str, window: timedelta) -> QuerySet[Any]:
    """One row with the number of times this address asked for what nobody has."""
    recent = FailedLookup.objects.filter(address=address, occurred_at__gt=timezone.now() - window)
    return recent.order_by().values("address").annotate(number=Count("pk")).values("number")


def number_of_failures(address: str, window: timedelta) -> int:
    return next(iter(failures_of(address, window).values_list("number", flat=True)), 0)


def people_who_revoke() -> QuerySet[Any]:
    """Everybody who may revoke any certificate, at work and able to sign in."""
    permission = Permission.objects.filter(
        content_type__app_label="certificates", codename="revoke_certificate"
    ).values("pk")
    by_role = Q(groups__permissions__in=permission, groups__role__is_active=True)
    people = get_user_model()._base_manager.filter(is_active=True, is_staff=True, archived_at=None)
    return people.filter(Q(is_superuser=True) | by_role).distinct().order_by("pk")
