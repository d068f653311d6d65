"""Roles: the five there are after migrating, giving and taking them, and what they may hold."""

from functools import partial

import pytest
from django.contrib.auth.models import AnonymousUser, Permission

from apps.access.models import Role, RoleAssignment
from apps.access.permissions import meaningful_codes, offered_permissions
from apps.access.roles import PERMISSIONS, seed_roles
from apps.access.services import (
    admit_instructor,
    assign_role,
    codes_of,
    delete_role,
    dismiss_instructor,
    set_active,
    set_permissions,
    withdraw_role,
)
from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.records.rules import RuleBroken
from tests.support.people import give_role, person


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


def test_an_administrator_may_have_the_role_of_that_name(administrator: User) -> None:
    second = person("second", User.Role.ADMINISTRATOR)

    assign_role(second, Role.objects.get(name="administrator"), by=administrator)

    assert [str(role) for role in second.groups.all()] == ["administrator"]


def test_taking_a_role_leaves_the_other_roles_and_the_other_people(
    manager: User, moderator: User, administrator: User
) -> None:
    give_role(manager, "support")
    give_role(moderator, "manager")

    withdraw_role(manager, Role.objects.get(name="manager"), by=administrator)

    assert roles_of(manager) == ({"support"}, {"support"})
    assert roles_of(moderator) == ({"moderator", "manager"}, {"moderator", "manager"})


def test_an_instructor_who_is_dismissed_loses_that_role_alone(
    instructor: User, other_instructor: User, manager: User
) -> None:
    give_role(instructor, "support")

    dismiss_instructor(instructor, by=manager, reason="Left.")

    assert roles_of(instructor) == ({"support"}, {"support"})
    assert roles_of(other_instructor) == ({"instructor"}, {"instructor"})


@pytest.mark.parametrize("is_superuser", [True, False])
def test_nobody_admits_or_dismisses_themselves(is_superuser: bool, db: None) -> None:
    by = give_role(person("self", User.Role.ADMINISTRATOR if is_superuser else User.Role.INSTRUCTOR), "instructor")

    with pytest.raises(RuleBroken, match="your own account"):
        dismiss_instructor(by, by=by, reason="Tired.")
    with pytest.raises(RuleBroken, match="your own account"):
        admit_instructor(by, by=by)

    assert roles_of(by) == ({"instructor"}, {"instructor"})


def test_people_who_work_here_are_admitted_and_dismissed_by_administrators_alone(
    moderator: User, manager: User, administrator: User
) -> None:
    give_role(moderator, "instructor")
    for decide in (partial(dismiss_instructor, reason="Left."), admit_instructor):
        with pytest.raises(RuleBroken, match="works here as"):
            decide(moderator, by=manager)
    assert roles_of(moderator)[0] == {"moderator", "instructor"}

    dismiss_instructor(moderator, by=administrator, reason="Left.")

    assert roles_of(moderator) == ({"moderator"}, {"moderator"})


@pytest.mark.parametrize("account", [User.Role.STAFF, User.Role.ADMINISTRATOR])
def test_only_administrators_at_work_change_roles(account: str, db: None) -> None:
    by = person("by", account, status=User.Status.SUSPENDED)
    role = Role.objects.create(name="editors")

    for change in (
        lambda: set_permissions(role, Permission.objects.all()[:1], by=by),
        lambda: set_active(role, is_active=False, by=by),
        lambda: delete_role(role, by=by),
    ):
        with pytest.raises(RuleBroken, match="Only an administrator"):
            change()

    role.refresh_from_db()
    assert (role.is_active, role.permissions.count(), role.history.count()) == (True, 0, 1)


def test_the_role_administrator_holds_no_permissions_and_may_be_told_so(administrator: User) -> None:
    role = Role.objects.get(name="administrator")

    with pytest.raises(RuleBroken, match="everything already"):
        set_permissions(role, Permission.objects.all()[:1], by=administrator)
    set_permissions(role, [], by=administrator)

    assert not role.permissions.exists()


@pytest.mark.parametrize(("name", "words"), [("support", "belongs to every"), ("editors", "People have")])
def test_a_role_that_is_needed_is_not_deleted(name: str, words: str, administrator: User) -> None:
    role, _ = Role.objects.get_or_create(name=name)
    give_role(person("editor"), "editors") if name == "editors" else None

    with pytest.raises(RuleBroken, match=words):
        delete_role(role, by=administrator)

    assert Role.objects.filter(pk=role.pk).exists()


def test_permissions_come_from_active_roles_of_the_person_alone(manager: User, moderator: User) -> None:
    manager.user_permissions.set(Permission.objects.filter(codename="delete_course"))
    assert manager.has_perm("catalog.view_course")
    assert not manager.has_perm("catalog.delete_course")
    assert not manager.has_perm("catalog.view_course", manager)
    assert not moderator.has_perm("catalog.export_course")
    assert AnonymousUser().get_all_permissions() == set()

    manager.is_active = False
    assert manager.get_all_permissions() == set()
    manager.is_active = True
    Role.objects.filter(name="manager").update(is_active=False)
    assert manager.get_all_permissions() == set()


def roles_of(user: User) -> tuple[set[str], set[str]]:
    """By what they are assigned, and by what counts."""
    assigned = RoleAssignment.objects.filter(user=user).values_list("role__name", flat=True)
    return set(assigned), set(user.groups.values_list("name", flat=True))


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
    assert {"catalog.add_course", "accounts.view_loginevent", "reviews.decide_review"} <= offered
    assert not offered & {"accounts.change_user", "accounts.add_user", "auth.add_permission", "access.change_role"}


def test_every_seeded_permission_exists(db: None) -> None:
    existing = codes_of(Permission.objects.all())

    assert set().union(*PERMISSIONS.values()) <= set(existing)
