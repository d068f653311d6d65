"""Per-object rights on courses and categories: guardian's direct foreign-key tables with an end and a reason.

A right given by hand and the same right that follows from teaching are two rows: neither takes the other away.
"""

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from apps.access.models import GrantFacts
from apps.audit.models import TrackedModel, tracked
from apps.catalog.models.category import Category
from apps.catalog.models.course import Course


class CourseUserGrant(GrantFacts, TrackedModel, UserObjectPermissionBase):
    """A right of one person on one course."""

    content_object = models.ForeignKey(Course, models.CASCADE, related_name="user_grants")

    history = tracked()

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        unique_together = ["user", "permission", "content_object", "source"]
        indexes = [models.Index(fields=["user", "permission", "content_object", "expires_at"], name="rights_of_person")]
        verbose_name = "right on a course"
        verbose_name_plural = "rights on courses"


class CourseGroupGrant(GrantFacts, TrackedModel, GroupObjectPermissionBase):
    """A right of a role on one course."""

    content_object = models.ForeignKey(Course, models.CASCADE, related_name="group_grants")

    history = tracked()

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
        unique_together = ["group", "permission", "content_object", "source"]
        verbose_name = "right of a role on a course"
        verbose_name_plural = "rights of roles on courses"


class CategoryUserGrant(GrantFacts, TrackedModel, UserObjectPermissionBase):
    """A right of one person on a category and every course below it."""

    content_object = models.ForeignKey(Category, models.CASCADE, related_name="user_grants")

    history = tracked()

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        unique_together = ["user", "permission", "content_object", "source"]
        verbose_name = "right on a category"
        verbose_name_plural = "rights on categories"


class CategoryGroupGrant(GrantFacts, TrackedModel, GroupObjectPermissionBase):
    """A right of a role on a category and every course below it."""

    content_object = models.ForeignKey(Category, models.CASCADE, related_name="group_grants")

    history = tracked()

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
        unique_together = ["group", "permission", "content_object", "source"]
        verbose_name = "right of a role on a category"
        verbose_name_plural = "rights of roles on categories"
