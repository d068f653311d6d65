"""People, their profiles and every attempt to sign in."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from apps.audit.models import TrackedModel, append_only, tracked
from apps.audit.recording import current_request_id
from apps.records.models import ArchivableModel, NaturalKeyModel, TimestampedModel
from apps.records.rules import RuleBroken


class UserManager(BaseUserManager["User"]):
    """People who are not archived; made by e-mail address."""

    def get_queryset(self) -> models.QuerySet["User"]:
        return super().get_queryset().filter(archived_at=None)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person; without a password they cannot sign in until they set one."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        fields["role"] = User.Role.ADMINISTRATOR
        fields.pop("is_staff", None)
        fields.pop("is_superuser", None)
        return self.create_user(email, password, **fields)


class User(NaturalKeyModel, ArchivableModel, TimestampedModel, TrackedModel, AbstractBaseUser, PermissionsMixin):
    """A person. `role` says what they are on the platform; staff and superuser flags follow from it."""

    class Role(models.TextChoices):
        STUDENT = "student", "Student"
        INSTRUCTOR = "instructor", "Instructor"
        STAFF = "staff", "Staff"
        ADMINISTRATOR = "administrator", "Administrator"

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        INACTIVE = "inactive", "Inactive"
        SUSPENDED = "suspended", "Suspended"
        PENDING = "pending", "Pending"

    email = models.EmailField("e-mail address", unique=True)
    username = models.CharField(max_length=150, unique=True, null=True, blank=True)
    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=20, choices=Role, default=Role.STUDENT)
    status = models.CharField(max_length=20, choices=Status, default=Status.ACTIVE)
    is_staff = models.BooleanField("may open the console", default=False, editable=False)
    is_active = models.BooleanField("may sign in", default=True, editable=False)

    with_archived: ClassVar[models.Manager["User"]] = models.Manager()
    objects: ClassVar[UserManager] = UserManager()
    history = tracked(excluded_fields=["password", "last_login"])

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    natural_key_fields = ("email",)

    class Meta(ArchivableModel.Meta):
        abstract = False
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ["email"]
        indexes = [models.Index(fields=["role", "status"]), models.Index(fields=["last_name", "first_name"])]
        constraints = [models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_in_lower_case")]
        permissions = [
            ("import_user", "Can import people"),
            ("export_user", "Can export people"),
            ("unlock_user", "Can lift the sign-in lock of learners"),
            ("reset_password_user", "Can send learners a mail to set a new password"),
        ]

    def __str__(self) -> str:
        """The name, or what stands before the @: whole addresses are not for everybody."""
        return self.get_full_name() or self.email.partition("@")[0]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.apply_role()
        if (names := kwargs.get("update_fields")) is not None and {"role", "status", "email"} & set(names):
            kwargs["update_fields"] = {*names, "email", "is_staff", "is_superuser", "is_active"}
        with transaction.atomic():
            if self.pk and (names is None or {"role", "status", "archived_at"} & set(names)):
                self.refuse_without_administrator(stays=self.is_superuser and self.is_active)
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            self.refuse_without_administrator(stays=False)
            return super().delete(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        self.email = self.email.strip().lower()
        self.username = self.username or None

    def apply_role(self) -> None:
        """Sets what follows from role and status; nothing else sets these flags."""
        self.email = self.email.strip().lower()
        self.is_staff = self.role != self.Role.STUDENT
        self.is_superuser = self.role == self.Role.ADMINISTRATOR
        self.is_active = self.status == self.Status.ACTIVE and self.archived_at is None

    def refuse_without_administrator(self, *, stays: bool) -> None:
        """Raises `RuleBroken` when nobody could administer the platform once this person does not any more."""
        if stays or not User.administrators().filter(pk=self.pk).exists():
            return
        if User.lock_administrators() == {self.pk}:
            raise RuleBroken(f"{self} is the last active administrator. Make somebody else one first.")

    @classmethod
    def administrators(cls) -> models.QuerySet["User"]:
        """Everybody who administers the platform now."""
        return cls.with_archived.filter(is_superuser=True, is_active=True)

    @classmethod
    def lock_administrators(cls) -> set[int]:
        """Their keys; until the transaction ends none of them stops being one."""
        rows = cls.administrators().order_by("pk").select_for_update(no_key=True)
        return set(rows.values_list("pk", flat=True))

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email


class Profile(TimestampedModel, TrackedModel):
    """What a person says of themselves."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="profile")
    profile_picture = models.FileField(upload_to="profile-pictures", null=True, blank=True)
    bio = models.TextField(blank=True)
    date_of_birth = models.DateField(null=True, blank=True)
    phone_number = models.CharField(max_length=20, blank=True)
    address = models.TextField(blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    website = models.URLField(max_length=200, blank=True)
    linkedin = models.URLField("LinkedIn", max_length=200, blank=True)
    twitter = models.CharField(max_length=100, blank=True)
    github = models.CharField("GitHub", max_length=100, blank=True)
    expertise = models.CharField(max_length=200, blank=True)
    teaching_experience = models.PositiveIntegerField("teaching experience (years)", default=0)
    educational_background = models.TextField(blank=True)
    interests = models.TextField(blank=True)
    receive_email_notifications = models.BooleanField(default=True)
    receive_marketing_emails = models.BooleanField(default=False)

    history = tracked()

    def __str__(self) -> str:
        return f"Profile of {self.user}"


@append_only
class LoginEvent(models.Model):
    """One attempt to sign in, or what a colleague did about it; never changed afterwards."""

    class Outcome(models.TextChoices):
        SUCCESS = "success", "Signed in"
        FAILURE = "failure", "Refused"
        LOCKED = "locked", "Locked out"
        UNLOCKED = "unlocked", "Lock lifted"
        RESET_MAIL = "reset_mail", "Reset mail sent"
        FACTOR_ON = "factor_on", "Second factor added"
        FACTOR_OFF = "factor_off", "Second factor removed"
        NEW_CODES = "new_codes", "New recovery codes"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="login_events"
    )
    email = models.CharField("e-mail address typed", max_length=254, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome)
    occurred_at = models.DateTimeField("when", default=timezone.now, db_index=True)
    ip_address = models.GenericIPAddressField("IP address", null=True, blank=True)
    user_agent = models.TextField(blank=True)
    device = models.CharField(max_length=60, blank=True)
    browser = models.CharField(max_length=60, blank=True)
    os = models.CharField("operating system", max_length=60, blank=True)
    location = models.CharField(max_length=120, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="done by",
        help_text="Who lifted a lock, sent a mail or changed a second factor.",
    )
    reason = models.CharField(max_length=500, blank=True)
    request_id = models.CharField("request id", max_length=64, blank=True, default=current_request_id)

    class Meta:
        verbose_name = "sign-in"
        verbose_name_plural = "sign-ins"
        ordering = ["-occurred_at", "-pk"]
        indexes = [
            models.Index(fields=["email", "occurred_at"]),
            models.Index(fields=["ip_address", "occurred_at"]),
            models.Index(fields=["occurred_at"], condition=Q(outcome="locked"), name="lockings_by_moment"),
        ]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=~Q(user=None) | ~Q(email=""), name="login_event_names_somebody")
        ]

    def __str__(self) -> str:
        return f"{self.email or self.user}: {self.get_outcome_display()}"
