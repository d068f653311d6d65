"""What a course is made of: modules, lessons and resources."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from apps.audit.models import TrackedModel, tracked
from apps.catalog.codes import next_code, next_order
from apps.catalog.models.course import Course, valid_code
from apps.records.addresses import public_https_url
from apps.records.models import ArchivableModel, NaturalKeyModel, TimestampedModel

CODE_HELP = "Left blank, one is made up. It never changes when things are moved."
two_characters = MinLengthValidator(2, "Write at least 2 characters.")


class PlacedModel(models.Model):
    """One of the parts of something, in an order: saved without a place, it gets the one at the end."""

    parent_field: ClassVar[str]

    order = models.PositiveIntegerField(default=0, help_text="Its place; 0 puts it at the end.")

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding and not self.order:
            self.order = next_order(self.siblings(self.parent_field))
        super().save(*args, **kwargs)

    def siblings(self, field: str) -> models.QuerySet[Any]:
        """The records, archived ones included, that share the value of this field with it."""
        return type(self)._base_manager.filter(**{f"{field}_id": getattr(self, f"{field}_id")})


class CodedModel(PlacedModel):
    """A part with a code: saved with a blank one, it gets the next."""

    code_prefix: ClassVar[str]
    code_field: ClassVar[str]

    code = models.CharField(max_length=60, blank=True, validators=[valid_code], help_text=CODE_HELP)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.code:
            self.code = next_code(self.code_prefix, self.siblings(self.code_field))
        super().save(*args, **kwargs)


class PieceModel(CodedModel):
    """A piece of a course: its code and its place are made up where they are left blank."""

    title = models.CharField(max_length=255, validators=[two_characters])

    class Meta:
        abstract = True


class Module(PieceModel, NaturalKeyModel, ArchivableModel, TimestampedModel, TrackedModel):
    """A section of a course; `order` is its place, its code never changes."""

    code_prefix, code_field, parent_field = "m", "course", "course"

    course = models.ForeignKey(Course, models.CASCADE, related_name="modules")
    description = models.TextField(blank=True)
    duration_minutes = models.PositiveIntegerField(null=True, blank=True)
    is_published = models.BooleanField("published", default=True)

    history = tracked()

    natural_key_fields = ("course__code", "code")

    class Meta(ArchivableModel.Meta):
        abstract = False
        ordering = ["course_id", "order", "pk"]
        constraints = [models.UniqueConstraint("course", Lower("code"), name="module_code_in_course")]
        indexes = [models.Index(fields=["course", "order"])]
        permissions = [("import_module", "Can import modules"), ("export_module", "Can export modules")]

    def __str__(self) -> str:
        return self.title


class Lesson(PieceModel, NaturalKeyModel, ArchivableModel, TimestampedModel, TrackedModel):
    """One step of a module. It names its course as well, so that its code is unique there."""

    code_prefix, code_field, parent_field = "l", "course", "module"

    class AccessLevel(models.TextChoices):
        GUEST = "guest", "Guest"
        REGISTERED = "registered", "Registered"
        PREMIUM = "premium", "Premium"

    class Type(models.TextChoices):
        VIDEO = "video", "Video"
        READING = "reading", "Reading"
        INTERACTIVE = "interactive", "Interactive"
        QUIZ = "quiz", "Quiz"
        LAB = "lab", "Lab exercise"
        AUDIO = "audio", "Audio"
        LIVE = "live", "Live session"

    class ActivityType(models.TextChoices):
        VIDEO = "video", "Video"
        READING = "reading", "Reading"
        INTERACTIVE = "interactive", "Interactive"
        QUIZ = "quiz", "Quiz"
        LAB = "lab", "Lab exercise"
        DISCUSSION = "discussion", "Discussion"
        ASSIGNMENT = "assignment", "Assignment"

    course = models.ForeignKey(Course, models.CASCADE, related_name="lessons")
    module = models.ForeignKey(Module, models.CASCADE, related_name="lessons")
    type = models.CharField(max_length=20, choices=Type, default=Type.VIDEO)
    activity_type = models.CharField(max_length=20, choices=ActivityType, default=ActivityType.VIDEO)
    access_level = models.CharField(max_length=20, choices=AccessLevel, default=AccessLevel.REGISTERED)
    content = models.TextField(blank=True, help_text="What everybody with full access sees.")
    guest_content = models.TextField(blank=True, help_text="The preview for people who are not signed in.")
    registered_content = models.TextField(blank=True, help_text="What people see who are signed in, without premium.")
    video_url = models.URLField("video URL", max_length=200, blank=True, validators=[public_https_url])
    transcript = models.TextField(blank=True)
    duration_minutes = models.PositiveIntegerField(null=True, blank=True)
    is_free_preview = models.BooleanField("free preview", default=False)
    has_assessment = models.BooleanField(default=False)
    has_lab = models.BooleanField(default=False)

    history = tracked()

    natural_key_fields = ("course__code", "code")

    class Meta(ArchivableModel.Meta):
        abstract = False
        ordering = ["course_id", "module__order", "order", "pk"]
        constraints = [
            models.UniqueConstraint("course", Lower("code"), name="lesson_code_in_course"),
            models.CheckConstraint(
                condition=Q(video_url="") | Q(video_url__startswith="https://"), name="lesson_video_url_is_https"
            ),
        ]
        indexes = [
            models.Index(fields=["module", "order"]),
            # The list chooses its page here, without reading the texts: it holds what tells whose rows are whose.
            models.Index(
                fields=["-id", "course", "type", "access_level", "archived_at"],
                condition=Q(archived_at=None),
                name="lessons_newest",
            ),
        ]
        permissions = [("import_lesson", "Can import lessons"), ("export_lesson", "Can export lessons")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        if self.module_id and not self.course_id:
            self.course_id = self.module.course_id
        if self.module_id and self.course_id and self.module.course_id != self.course_id:
            raise ValidationError({"module": "This module belongs to another course. Choose one of this course."})


class Resource(PieceModel, NaturalKeyModel, ArchivableModel, TimestampedModel, TrackedModel):
    """Something to download or open beside a lesson."""

    code_prefix, code_field, parent_field = "r", "lesson", "lesson"

    class Type(models.TextChoices):
        DOCUMENT = "document", "Document"
        VIDEO = "video", "Video"
        AUDIO = "audio", "Audio"
        IMAGE = "image", "Image"
        ARCHIVE = "archive", "Archive"
        CODE = "code", "Code"
        LINK = "link", "Link"

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="resources")
    type = models.CharField(max_length=20, choices=Type, default=Type.DOCUMENT)
    description = models.TextField(blank=True)
    file = models.FileField(upload_to="resources", null=True, blank=True)
    url = models.URLField("URL", max_length=200, blank=True, validators=[public_https_url])
    storage_key = models.CharField(max_length=512, blank=True)
    is_uploaded = models.BooleanField("uploaded", default=False, editable=False)
    file_size_bytes = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    mime_type = models.CharField("MIME type", max_length=120, blank=True, editable=False)
    duration_minutes = models.PositiveIntegerField(null=True, blank=True)
    is_premium = models.BooleanField("premium", default=False)
    download_count = models.PositiveIntegerField("downloads", default=0, editable=False)

    history = tracked(excluded_fields=["download_count"])

    natural_key_fields = ("lesson__course__code", "lesson__code", "code")

    class Meta(ArchivableModel.Meta):
        abstract = False
        ordering = ["lesson_id", "order", "pk"]
        constraints = [
            models.UniqueConstraint("lesson", Lower("code"), name="resource_code_in_lesson"),
            models.CheckConstraint(condition=Q(url="") | Q(url__startswith="https://"), name="resource_url_is_https"),
        ]
        indexes = [models.Index(fields=["lesson", "order"])]
        permissions = [("import_resource", "Can import resources"), ("export_resource", "Can export resources")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        if self.url and self.file:
            raise ValidationError({"url": "A resource is a file or an address, not both. Clear one of them."})
