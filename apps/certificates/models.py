"""Certificates, what they look like, who is given one whatever the rule says, and files of many of them."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.audit.models import TrackedModel, tracked
from apps.catalog.models import Course
from apps.certificates.languages import CHOICES, ORIGINAL
from apps.certificates.numbers import LONGEST, is_unguessable, key_of, new_number
from apps.certificates.states import STORED, CertificateState, Ruling
from apps.enrollments.models import Enrollment
from apps.records.models import ArchivableModel, NaturalKeyModel, TimestampedModel


class CertificateTemplate(NaturalKeyModel, ArchivableModel, TimestampedModel, TrackedModel):
    """What a certificate looks like. One that has been used never changes: a new version does."""

    name = models.CharField(max_length=100)
    version = models.CharField(
        max_length=10,
        default="1.0",
        validators=[RegexValidator(r"^[0-9]+(\.[0-9]+)*\Z", "Use numbers and dots, for example 1.0.")],
    )
    language = models.CharField(max_length=10, choices=CHOICES, default=ORIGINAL, help_text="Of the fixed phrases.")
    organization = models.CharField(max_length=100, help_text="Who gives the certificate; it stands at the top.")
    signatory_name = models.CharField(max_length=100, blank=True, help_text="Who signs it; empty means nobody.")
    signatory_title = models.CharField(max_length=100, blank=True, help_text="For example Head of studies.")
    color = models.CharField(
        max_length=7,
        default="#1f4e79",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}\Z", "Write the color like #1f4e79.")],
        help_text="Of the frame and the heading, for example #1f4e79.",
    )
    valid_months = models.PositiveSmallIntegerField(
        "valid for (months)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Empty means that its certificates have no end.",
    )
    is_default = models.BooleanField(
        "used for new certificates", default=False, editable=False, help_text="One for each language."
    )

    history = tracked()

    natural_key_fields = ("name", "version")

    class Meta(ArchivableModel.Meta):
        abstract = False
        verbose_name = "certificate template"
        ordering = ["language", "name", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="one_template_per_name_and_version"),
            models.UniqueConstraint(
                fields=["language"], condition=Q(is_default=True), name="one_default_template_per_language"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(archived_at=None), name="default_template_not_archived"
            ),
        ]
        permissions = [("archive_certificatetemplate", "Can archive and restore certificate templates")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def is_used(self) -> bool:
        return self.pk is not None and self.certificates.exists()

    def clean(self) -> None:
        super().clean()
        if self.is_used:
            raise ValidationError("Certificates were made from this version. Make a new version and change that one.")


class CertificateNote(NaturalKeyModel, TimestampedModel, TrackedModel):
    """That one person is always, or never, given a certificate of one course, and why."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="certificate_notes")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="certificate_notes", verbose_name="learner"
    )
    ruling = models.CharField("decision", max_length=10, choices=Ruling)
    reason = models.TextField(max_length=2000, help_text="Kept in the history, where colleagues read it.")

    history = tracked()

    natural_key_fields = ("course__code", "user__email")

    class Meta:
        verbose_name = "certificate note"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "user"], name="one_certificate_note_per_course_and_learner")
        ]

    def __str__(self) -> str:
        return f"{self.learner_name}, {self.course}: {self.get_ruling_display().lower()}"

    @property
    def learner_name(self) -> str:
        return self.user.get_full_name() or f"Learner {self.user_id}"


class Certificate(NaturalKeyModel, TimestampedModel, TrackedModel):
    """That one person has completed one course, in the words of the day it was issued; it changes by services only."""

    State = CertificateState

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="certificates", editable=False)
    course = models.ForeignKey(Course, models.PROTECT, related_name="certificates", editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="certificates", verbose_name="learner", editable=False
    )
    template = models.ForeignKey(CertificateTemplate, models.PROTECT, related_name="certificates", editable=False)
    number = models.CharField(max_length=LONGEST, unique=True, default=new_number, editable=False)
    number_key = models.CharField(max_length=LONGEST, unique=True, editable=False)
    state = models.CharField(max_length=10, choices=CertificateState, default=CertificateState.VALID, editable=False)
    learner_name = models.CharField("name", max_length=300, editable=False)
    course_title = models.CharField(max_length=200, editable=False)
    completed_at = models.DateTimeField("completed", editable=False)
    issued_at = models.DateTimeField("issued", default=timezone.now, editable=False)
    valid_until = models.DateTimeField(null=True, blank=True, editable=False)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replacement", editable=False
    )
    revoked_at = models.DateTimeField("revoked", null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    revocation_reason = models.TextField(blank=True, max_length=2000, editable=False)
    verification_hash = models.CharField("fingerprint (SHA-256)", max_length=64, unique=True, editable=False)

    history = tracked()

    natural_key_fields = ("number",)

    class Meta:
        ordering = ["-issued_at", "-pk"]
        default_permissions = ("view", "add")
        # A list chooses its page, and counts, in one of these: they hold what tells whose rows are whose.
        indexes = [
            models.Index(fields=["-issued_at", "-id", "course"], name="certificates_newest"),
            models.Index(fields=["course", "-issued_at", "-id", "state"], name="certificates_of_course"),
            models.Index(fields=["state", "-issued_at", "-id", "course"], name="certificates_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment"], condition=Q(state="valid"), name="one_current_certificate_per_enrollment"
            ),
            models.CheckConstraint(condition=Q(state__in=STORED), name="certificate_state_is_stored"),
            models.CheckConstraint(
                condition=Q(state="revoked", revoked_at__isnull=False) & ~Q(revocation_reason="")
                | ~Q(state="revoked") & Q(revoked_at=None, revocation_reason=""),
                name="certificate_revoked_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("issued_at")), name="certificate_ends_after_issue"
            ),
        ]
        permissions = [
            ("revoke_certificate", "Can revoke certificates"),
            ("import_certificate", "Can import certificates"),
            ("export_certificate", "Can export certificates"),
        ]

    def __str__(self) -> str:
        return f"{self.learner_name}, {self.course_title}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.seal()
        super().save(*args, **kwargs)

    def seal(self) -> None:
        """Sets what follows from the other fields: the form its number is found by, and the fingerprint."""
        self.number_key = key_of(self.number)
        self.verification_hash = self.fingerprint()

    def fingerprint(self) -> str:
        """SHA-256 over what the certificate says; changed behind our back, it no longer agrees."""
        until = self.valid_until
        says = {
            "number": self.number,
            "name": self.learner_name,
            "course": self.course_title,
            "completed": self.completed_at.timestamp(),
            "issued": self.issued_at.timestamp(),
            "valid_until": until.timestamp() if until else None,
        }
        return hashlib.sha256(json.dumps(says, sort_keys=True).encode()).hexdigest()

    @property
    def is_genuine(self) -> bool:
        return self.verification_hash == self.fingerprint()

    def standing(self, now: datetime | None = None) -> CertificateState:
        """The state it is in at this moment."""
        ends = self.valid_until
        if self.state == CertificateState.VALID and ends is not None and ends <= (now or timezone.now()):
            return CertificateState.EXPIRED
        return CertificateState(self.state)

    @property
    def public_name(self) -> str:
        """The name where anybody may read it: initials only where the number could have been guessed."""
        if is_unguessable(self.number_key):
            return self.learner_name
        return " ".join(f"{word[0]}." for word in self.learner_name.split())


class CertificateBundle(models.Model):
    """A file with many certificates, made for one person and kept for a day."""

    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="certificate_bundles", verbose_name="who"
    )
    certificates = models.JSONField(default=list, help_text="The keys of those in it.")
    number_of_certificates = models.PositiveIntegerField("certificates", default=0)
    left_out = models.JSONField(default=list, help_text="Those that could not be drawn, and why.")
    size_bytes = models.PositiveBigIntegerField("size", default=0)
    sha256 = models.CharField("fingerprint (SHA-256)", max_length=64)
    file = models.CharField(max_length=200, blank=True, help_text="Where it is kept for a day.")
    made_at = models.DateTimeField("made", default=timezone.now, db_index=True)

    class Meta:
        verbose_name = "certificate file"
        ordering = ["-made_at", "-pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.number_of_certificates:,} certificates"


class FailedLookup(models.Model):
    """A number somebody asked the public page for and nobody has; kept for as long as it is counted."""

    address = models.CharField(max_length=45)
    occurred_at = models.DateTimeField("when", default=timezone.now)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["address", "occurred_at"])]

    def __str__(self) -> str:
        return f"{self.address}, {self.occurred_at:%H:%M:%S}"
