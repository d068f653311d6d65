"""Signing in by e-mail address, and permissions that come from active roles only."""

from datetime import datetime
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Permission
from django.db.models import Model, QuerySet

from apps.access.memory import remembered
from apps.records.prepared import Prepared


class RoleBackend(AuthenticationBackend):
    """Signs people in as allauth does. Permissions given to a person directly, or by an inactive role, count nothing.

    Nothing is kept on the user object, so a change binds the next request and the next question of a job.
    """

    def get_all_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        if not user_obj.is_active or obj is not None:
            return set()
        return set(remembered(("permissions", user_obj.pk), lambda: permissions_of_roles(user_obj)))

    def get_group_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        return self.get_all_permissions(user_obj, obj)

    def get_user_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:  # noqa: ARG002
        return set()


def _held(user: Any, at: datetime) -> QuerySet[Any]:  # noqa: ARG001
    held = Permission.objects.filter(group__user=user.pk, group__role__is_active=True)
    return held.order_by().values_list("content_type__app_label", "codename").distinct()


HELD = Prepared(_held)


def permissions_of_roles(user: Any) -> frozenset[str]:
    """The permissions of the person's active roles, as `app.codename`."""
    return frozenset(f"{app_label}.{codename}" for app_label, codename in HELD.rows(user))
