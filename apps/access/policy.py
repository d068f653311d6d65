"""Who may see and change roles: administrators only."""

from django.contrib.auth.models import Permission

from apps.access.models import Role, RoleAssignment
from apps.records.policy import VERBS, AdministratorPolicy, policy


@policy(Role)
class RolesPolicy(AdministratorPolicy):
    pass


@policy(RoleAssignment)
class RoleAssignmentPolicy(AdministratorPolicy):
    verbs = (*VERBS, "assign", "withdraw")


@policy(Permission)
class PermissionPolicy(AdministratorPolicy):
    verbs = ("view",)
