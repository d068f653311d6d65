"""Roles: the five there are after migrating, giving and taking them, and what they may hold."""

import pytest
from django.contrib.auth.models import Permission

from apps.access.models import Role, RoleAssignment
from apps.access.permissions import meaningful_codes, offered_permissions
from apps.access.roles import PERMISSIONS, seed_roles
from apps.access.services import assign_role, codes_of, set_permissions, withdraw_role
from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.records.rules import RuleBroken
from tests.support.people import person


def test_the_five_roles_are_there_after_migrating(db: None) -> None:
    assert set(Role.objects.values_list("name", flat=True)) == {
        "administrator",
        "manager",
        "moderator",
        "support",
        "instructor",
    }


@pytest.mark.parametrize("name", PERMISSIONS)
def test_a_role_starts_with_its_permissions_and_says_them(name: str, db: None) -> None:
    role = Role.objects.get(name=name)

    assert codes_of(role.permissions.all()) == sorted(PERMISSIONS[name]) == role.permission_codes


def test_migrating_again_puts_nothing_back_that_was_taken_out(administrator: User) -> None:
    role = Role.objects.get(name="manager")
    kept = role.permissions.exclude(codename="export_user")
    set_permissions(role, list(kept), by=administrator, reason="Exports are for administrators.")
    changes = role.history.count()

    seed_roles()

    assert not role.permissions.filter(codename="export_user").exists()
    assert role.history.count() == changes


def test_migrating_adds_a_permission_that_is_new(administrator: User) -> None:
    role = Role.objects.get(name="moderator")
    role.seeded_permissions = ["catalog.view_category"]
    role.save()
    role.permissions.clear()

    seed_roles()

    assert codes_of(role.permissions.all()) == sorted(PERMISSIONS["moderator"] - {"catalog.view_category"})


def test_giving_a_role_is_written_down_and_giving_it_twice_changes_nothing(administrator: User) -> None:
    user, role = person("colleague"), Role.objects.get(name="manager")

    assign_role(user, role, by=administrator, reason="Runs the platform.")
    assign_role(user, role, by=administrator)

    assignment = RoleAssignment.objects.get()
    assert (assignment.user, assignment.assigned_by) == (user, administrator)
    assert assignment.history.get().history_change_reason == "Runs the platform."
    assert user.has_perm("catalog.view_course")


def test_taking_a_role_away_takes_its_permissions(manager: User, administrator: User) -> None:
    withdraw_role(manager, Role.objects.get(name="manager"), by=administrator, reason="Changed teams.")

    assert not manager.has_perm("catalog.view_course")
    assert RoleAssignment.history.filter(history_type="-").count() == 1


def test_students_get_no_roles(student: User, administrator: User) -> None:
    with pytest.raises(RuleBroken, match="student"):
        assign_role(student, Role.objects.get(name="support"), by=administrator)

    assert not student.groups.exists()


def test_the_role_administrator_comes_with_the_account_only(staff_without_rights: User, administrator: User) -> None:
    with pytest.raises(RuleBroken, match="comes with the account"):
        assign_role(staff_without_rights, Role.objects.get(name="administrator"), by=administrator)

    assert not staff_without_rights.groups.exists()


def test_the_history_of_a_role_shows_what_it_could_do(administrator: User) -> None:
    role = Role.objects.get(name="moderator")

    set_permissions(role, [], by=administrator, reason="On leave.")

    latest = role.history.latest()
    assert (latest.permission_codes, latest.prev_record.permission_codes) == ([], sorted(PERMISSIONS["moderator"]))
    assert ChangeSet.objects.filter(title="Set what Moderator may do", reason="On leave.").exists()


def test_only_permissions_some_policy_listens_to_are_offered(db: None) -> None:
    offered = set(codes_of(offered_permissions()))

    assert offered <= meaningful_codes()
    assert {"catalog.view_course", "catalog.set_price_course", "accounts.unlock_user", "jobs.run_job"} <= offered
    assert not offered & {"accounts.change_user", "accounts.add_user", "auth.add_permission", "access.change_role"}


def test_every_seeded_permission_exists(db: None) -> None:
    existing = codes_of(Permission.objects.all())

    assert set().union(*PERMISSIONS.values()) <= set(existing)
