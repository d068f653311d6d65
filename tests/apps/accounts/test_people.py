"""People: made, given another part, kept out and let in again, by administrators only."""

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from apps.accounts.about import ERASED_DOMAIN
from apps.accounts.models import User
from apps.accounts.services import (
    archive_person,
    change_role,
    create_person,
    hand_over_person,
    make_instructor,
    reactivate_person,
    restore_person,
    suspend_person,
)
from apps.audit.models import ChangeSet
from apps.jobs.models import JobRun
from apps.records.rules import RuleBroken
from tests.recipes import accounts
from tests.support.people import person


def test_a_new_person_has_no_password_and_a_lower_case_address(administrator: User) -> None:
    made = create_person(" Ann.Lee@Example.ORG ", by=administrator, first_name="Ann", role=User.Role.INSTRUCTOR)

    assert made.email == "ann.lee@example.org"
    assert not made.has_usable_password()
    assert made.is_staff
    assert made.history.get().change_set.actor == administrator


@pytest.mark.parametrize("email", ["administrator@example.org", "ADMINISTRATOR@example.org", "no address", ""])
def test_an_address_that_is_taken_or_none_is_refused(email: str, administrator: User) -> None:
    with pytest.raises(ValidationError) as refused:
        create_person(email, by=administrator)

    assert "archived" not in str(refused.value)
    assert User.with_archived.count() == 1


def test_the_address_of_an_archived_account_is_not_used_twice(administrator: User, student: User) -> None:
    archive_person(student, by=administrator)

    with pytest.raises(RuleBroken, match="archived account"):
        create_person(student.email, by=administrator)

    assert User.with_archived.filter(email=student.email).count() == 1


def test_an_archived_account_is_changed_and_stands_in_nobody_elses_way(administrator: User, student: User) -> None:
    archive_person(student, by=administrator)

    change_role(student, User.Role.STAFF, by=administrator)
    made = create_person("another@example.org", by=administrator)

    assert set(User.with_archived.filter(pk__in=(student.pk, made.pk)).values_list("email", "role")) == {
        (student.email, User.Role.STAFF),
        (made.email, User.Role.STUDENT),
    }


def test_a_change_keeps_the_password_and_takes_only_former_addresses_away(administrator: User, manager: User) -> None:
    manager.set_password("Correct horse battery 9")
    manager.save()
    for user, email in (
        (manager, manager.email),
        (manager, "former@example.org"),
        (administrator, "other@example.org"),
    ):
        EmailAddress.objects.create(user=user, email=email)

    change_role(manager, User.Role.INSTRUCTOR, by=administrator)

    assert User.objects.get(pk=manager.pk).check_password("Correct horse battery 9")
    assert set(EmailAddress.objects.values_list("email", flat=True)) == {manager.email, "other@example.org"}


def test_the_database_refuses_an_address_with_capitals(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.with_archived.bulk_create([User(email="Big@example.org", password="!")])

    assert not User.with_archived.exists()


def test_only_administrators_make_people(manager: User) -> None:
    suspended = person("suspended", User.Role.ADMINISTRATOR, status=User.Status.SUSPENDED)

    for somebody in (manager, suspended):
        with pytest.raises(RuleBroken, match="Only an administrator"):
            create_person("new@example.org", by=somebody)

    assert not User.with_archived.filter(email="new@example.org").exists()


def test_a_change_of_role_sets_what_follows_from_it(administrator: User, student: User) -> None:
    change_role(student, User.Role.ADMINISTRATOR, by=administrator, reason="Took over.")

    student.refresh_from_db()
    assert (student.is_staff, student.is_superuser) == (True, True)
    assert ChangeSet.objects.get(reason="Took over.").actor == administrator


def test_whoever_administers_no_more_changes_nobodys_role(manager: User, administrator: User, student: User) -> None:
    User.objects.filter(pk=administrator.pk).update(is_superuser=False)

    for somebody in (manager, administrator):
        with pytest.raises(RuleBroken, match="Only an administrator"):
            change_role(student, User.Role.STAFF, by=somebody)

    student.refresh_from_db()
    assert student.role == User.Role.STUDENT


def test_a_learner_who_becomes_an_instructor_is_signed_out_and_nobody_else(administrator: User, student: User) -> None:
    other = person("other")
    for user in (student, other):
        UserSession.objects.create(user=user, ip="127.0.0.1", session_key=f"key-of-{user.pk}", data={})

    make_instructor(student, by=administrator)

    assert [session.user for session in UserSession.objects.all()] == [other]
    assert (student.role, make_instructor(other, by=administrator).role) == (User.Role.INSTRUCTOR, User.Role.STAFF)


@pytest.mark.parametrize("name", ["erased", "gone"])
def test_whoever_was_erased_or_may_not_sign_in_becomes_no_instructor(name: str, administrator: User) -> None:
    email = f"1@{ERASED_DOMAIN}" if name == "erased" else "gone@example.org"
    status = User.Status.ACTIVE if name == "erased" else User.Status.SUSPENDED
    learner = accounts.person.make(email=email, role=User.Role.STUDENT, status=status)

    with pytest.raises(RuleBroken):
        make_instructor(learner, by=administrator)

    learner.refresh_from_db()
    assert learner.role == User.Role.STUDENT


def test_what_is_held_about_somebody_is_handed_over_to_administrators_alone(manager: User, student: User) -> None:
    with pytest.raises(RuleBroken, match="may not do this"):
        hand_over_person(student, by=manager, reason="They asked.")

    assert not JobRun.objects.exists()
    assert not ChangeSet.objects.filter(title__startswith="Hand over").exists()


def test_suspending_needs_a_reason(administrator: User, manager: User) -> None:
    with pytest.raises(RuleBroken, match="Say why"):
        suspend_person(manager, by=administrator, reason=" ")

    manager.refresh_from_db()
    assert manager.is_active


def test_a_suspended_person_is_let_in_again(administrator: User, manager: User) -> None:
    suspend_person(manager, by=administrator, reason="Lost laptop.")

    reactivate_person(manager, by=administrator)

    manager.refresh_from_db()
    assert (manager.status, manager.is_active) == (User.Status.ACTIVE, True)


def test_an_archived_person_cannot_sign_in_until_restored(administrator: User, manager: User) -> None:
    archive_person(manager, by=administrator)
    archived = User.with_archived.get(pk=manager.pk).is_active

    restore_person(manager, by=administrator)

    assert (archived, User.objects.get(pk=manager.pk).is_active) == (False, True)


def test_a_superuser_is_made_by_the_command_from_the_environment(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "Root@Example.org")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "A long first password")

    call_command("createsuperuser", interactive=False, verbosity=0)

    root = User.objects.get()
    assert (root.email, root.role, root.is_superuser) == ("root@example.org", User.Role.ADMINISTRATOR, True)
    assert root.check_password("A long first password")


def test_people_without_a_name_are_not_called_by_their_whole_address(db: None) -> None:
    assert str(User(email="ann.lee@example.org")) == "ann.lee"
