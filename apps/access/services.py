"""Giving roles to people, and deciding what a role may do."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import Permission
from django.db import transaction

from apps.access.memory import forget
from apps.access.models import Role, RoleAssignment
from apps.access.roles import ADMINISTRATOR, INSTRUCTOR, PERMISSIONS
from apps.accounts.leaving import look_after
from apps.accounts.models import User
from apps.accounts.services import administering, make_instructor, refuse_unless_administrator
from apps.audit.recording import change_set
from apps.records.rules import RuleBroken


def assign_role(person: User, role: Role, *, by: Any, reason: str = "") -> RoleAssignment:
    """Gives a role; giving it twice changes nothing."""
    with administering(person, by=by, reason=reason, title=f"Give {person} the role {role}"):
        if not person.is_staff:
            raise RuleBroken(f"{person} is a student, and roles are for people who work here.")
        if role.name == ADMINISTRATOR and not person.is_superuser:
            raise RuleBroken("The role administrator comes with the account. Make the person an administrator instead.")
        assignment, _ = RoleAssignment.objects.get_or_create(user=person, role=role, defaults={"assigned_by": by})
        person.groups.add(role)
    forget()
    return assignment


def withdraw_role(person: User, role: Role, *, by: Any, reason: str = "") -> None:
    """Takes a role away; the next request of the person is refused what it allowed."""
    with administering(person, by=by, reason=reason, title=f"Take the role {role} from {person}"):
        for assignment in RoleAssignment.objects.filter(user=person, role=role):
            assignment.delete()
        person.groups.remove(role)
        forget()
        look_after(person)


@transaction.atomic
def admit_instructor(person: User, *, by: Any, reason: str = "") -> None:
    """Makes a learner an instructor and gives them the role of that name, and no other.

    The one change of accounts and roles that is not for administrators alone: who may decide on instructors is asked
    before. Of people who work here only administrators decide.
    """
    refuse_who_works_here(person, by=by)
    role = Role.objects.get(name=INSTRUCTOR)
    with change_set(by=by, reason=reason, title=f"Make {person} an instructor"):
        make_instructor(person, by=by)
        RoleAssignment.objects.get_or_create(user=person, role=role, defaults={"assigned_by": by})
        person.groups.add(role)
    forget()


@transaction.atomic
def dismiss_instructor(person: User, *, by: Any, reason: str) -> None:
    """Takes the role of an instructor from somebody, under the same rule; they can still open the console."""
    refuse_who_works_here(person, by=by)
    with change_set(by=by, reason=reason, title=f"Take the role of an instructor from {person}"):
        for assignment in RoleAssignment.objects.filter(user=person, role__name=INSTRUCTOR):
            assignment.delete()
        person.groups.remove(*person.groups.filter(name=INSTRUCTOR))
    forget()


def refuse_who_works_here(person: User, *, by: Any) -> None:
    if person.pk == by.pk:
        raise RuleBroken("You cannot do this to your own account. Ask a colleague.")
    if person.role not in (User.Role.STUDENT, User.Role.INSTRUCTOR) and not by.is_superuser:
        raise RuleBroken(f"{person} works here as {person.get_role_display().lower()}. Ask an administrator to do it.")


def set_permissions(role: Role, permissions: Collection[Permission], *, by: Any, reason: str = "") -> Role:
    """Decides what a role may do from now on; the history keeps the whole list before and after."""
    refuse_unless_administrator(by)
    if role.name == ADMINISTRATOR and permissions:
        raise RuleBroken("Administrators may do everything already. This role holds no permissions of its own.")
    with change_set(by=by, reason=reason, title=f"Set what {role} may do"):
        role.permissions.set(permissions)
        role.permission_codes = codes_of(permissions)
        role.save()
    forget()
    return role


def set_active(role: Role, *, is_active: bool, by: Any, reason: str = "") -> Role:
    """An inactive role is kept with its people and permissions, and allows nothing."""
    refuse_unless_administrator(by)
    with change_set(by=by, reason=reason, title=f"{'Activate' if is_active else 'Deactivate'} the role {role}"):
        role.is_active = is_active
        role.save()
    forget()
    return role


def delete_role(role: Role, *, by: Any, reason: str = "") -> None:
    """Removes a role nobody has; the five every installation starts with stay."""
    refuse_unless_administrator(by)
    if role.name in PERMISSIONS:
        raise RuleBroken(f"{role} belongs to every installation. Deactivate it instead.")
    if role.assignments.exists():
        raise RuleBroken(f"People have the role {role}. Take it from them first, or deactivate it.")
    with change_set(by=by, reason=reason, title=f"Delete the role {role}"):
        role.delete()
    forget()


def codes_of(permissions: Collection[Permission]) -> list[str]:
    keys = {permission.pk for permission in permissions}
    found = Permission.objects.filter(pk__in=keys).values_list("content_type__app_label", "codename")
    return sorted(f"{app_label}.{codename}" for app_label, codename in found)
