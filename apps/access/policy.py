"""Who may see and change roles: administrators only."""

from django.contrib.auth.models import Permission

from apps.access.models import Role, RoleAssignment
from apps.records.policy import VERBS, AdministratorPolicy, policy


@policy(Role)
class RolesPolicy(AdministratorPolicy):
    key_paths = ("name",)


@policy(RoleAssignment)
class RoleAssignmentPolicy(AdministratorPolicy):
    verbs = (*VERBS, "assign", "withdraw")
    key_paths = ("user__email", "role__name")


@policy(Permission)
class PermissionPolicy(AdministratorPolicy):
    verbs = ("view",)
    key_paths = ("content_type__app_label", "codename")
