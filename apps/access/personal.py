"""What of roles and rights is about a person."""

from apps.access.models import RoleAssignment
from apps.accounts.about import Personal, about_people, left_out

about_people(Personal(model=RoleAssignment, title="roles"))
left_out["access.roleassignment.assigned_by"] = "It says who gave somebody a role: a fact about the one who has it."
