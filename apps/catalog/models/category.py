"""The tree of categories."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models.functions import Lower

from apps.audit.models import TrackedModel, tracked
from apps.catalog.codes import unique_slug
from apps.records.models import ArchivableModel, NaturalKeyModel, TimestampedModel


class Category(NaturalKeyModel, ArchivableModel, TimestampedModel, TrackedModel):
    """A branch of the catalog. `path` is the slash-separated line of ids from the root, kept by `save`."""

    name = models.CharField(max_length=100, validators=[MinLengthValidator(2, "Write at least 2 characters.")])
    slug = models.SlugField(
        max_length=180,
        unique=True,
        blank=True,
        allow_unicode=False,
        help_text="What people type. Left blank, it is made from the name.",
    )
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=255, editable=False, default="", db_index=True)
    description = models.TextField(blank=True)
    icon = models.CharField(max_length=50, blank=True, help_text="Name of a Material symbol, for example school.")
    sort_order = models.PositiveIntegerField(default=0, help_text="Lower comes first among its siblings.")
    is_featured = models.BooleanField("featured", default=False)
    is_active = models.BooleanField("active", default=True)

    history = tracked(excluded_fields=["path"])

    natural_key_fields = ("slug",)

    class Meta(ArchivableModel.Meta):
        abstract = False
        verbose_name_plural = "categories"
        ordering = ["sort_order", "name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("slug"), name="category_slug_without_case"),
            models.CheckConstraint(
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("id")), name="category_not_its_own_parent"
            ),
        ]
        permissions = [
            ("import_category", "Can import categories"),
            ("export_category", "Can export categories"),
            ("edit_content", "Can edit the content of courses in it"),
            ("publish_course", "Can publish courses in it"),
            ("manage_students", "Can manage the learners of courses in it"),
            ("view_analytics", "Can view the figures of courses in it"),
            ("import_content", "Can import into courses in it"),
            ("export_data", "Can export courses in it"),
            ("grant_access", "Can grant rights on courses in it"),
            ("view_course", "Can view courses in it"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            self.slug = unique_slug(self.name, Category.with_archived.exclude(pk=self.pk))
        super().save(*args, **kwargs)
        self.place_in_tree()

    def clean(self) -> None:
        super().clean()
        self.slug = self.slug.strip().lower()
        above = self.parent
        while above is not None:
            if self.pk is not None and above.pk == self.pk:
                raise ValidationError({"parent": "A category cannot lie below itself. Choose another parent."})
            above = above.parent

    def place_in_tree(self) -> None:
        """Writes the path of this category and of everything below it when it has moved."""
        path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        if path == self.path:
            return
        self.path = path
        Category.with_archived.filter(pk=self.pk).update(path=path)
        for child in Category.with_archived.filter(parent=self):
            child.parent = self
            child.place_in_tree()
