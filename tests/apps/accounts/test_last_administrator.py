"""Somebody who may administer the platform is always left, through whichever door the last but one goes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.services import archive_person, change_role, delete_person, suspend_person
from apps.audit.services import revert_record
from apps.records.rules import RuleBroken
from imports.services import apply_now, undo_now
from tests.support.importing import applied, planned
from tests.support.moments import at_the_same_time
from tests.support.people import person

Deed = Callable[..., Any]


def leaving(deed: Deed, leaver: User, by: User) -> Callable[[], bool]:
    """Whether it was done."""

    def attempt() -> bool:
        try:
            deed(leaver, by=by)
        except RuleBroken:
            return False
        return True

    return attempt


DEEDS: dict[str, Deed] = {
    "demoted": lambda who, by: change_role(who, User.Role.STAFF, by=by, reason="Changed teams."),
    "suspended": lambda who, by: suspend_person(who, by=by, reason="Left us."),
    "archived": lambda who, by: archive_person(who, by=by, reason="Left us."),
    "deleted": lambda who, by: delete_person(who, by=by, reason="Made by mistake."),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_two_administrators_who_remove_each_other_at_the_same_moment_do_not_both_succeed(deed: Deed) -> None:
    first, second = (person(name, User.Role.ADMINISTRATOR) for name in ("first", "second"))

    done = at_the_same_time(leaving(deed, second, first), leaving(deed, first, second))

    assert sorted(done) == [False, True]
    assert User.administrators().count() == 1


@pytest.mark.django_db(transaction=True)
def test_somebody_demoted_a_moment_ago_demotes_nobody() -> None:
    first, second, third = (person(name, User.Role.ADMINISTRATOR) for name in ("first", "second", "third"))
    change_role(User.objects.get(pk=second.pk), User.Role.STAFF, by=first)

    with pytest.raises(RuleBroken, match="Only an administrator"):
        change_role(third, User.Role.STAFF, by=second)

    assert User.administrators().filter(pk=third.pk).exists()


def test_the_history_does_not_take_the_last_administrator_away(administrator: User) -> None:
    second = person("second", User.Role.ADMINISTRATOR)
    change_role(administrator, User.Role.STAFF, by=second, reason="Holiday.")
    as_staff = administrator.history.first()
    change_role(administrator, User.Role.ADMINISTRATOR, by=second, reason="Back.")
    User.objects.filter(pk=second.pk).update(status=User.Status.SUSPENDED, is_active=False)

    administrator.refresh_from_db()
    with pytest.raises(RuleBroken, match="last active administrator"):
        revert_record(administrator, as_staff, by=administrator, allowed={"role", "is_staff", "is_superuser"})

    assert User.administrators().get() == administrator


def test_nobody_gets_another_role_or_status_by_the_history(administrator: User, as_administrator: Client) -> None:
    second = person("second", User.Role.ADMINISTRATOR)
    change_role(second, User.Role.STAFF, by=administrator, reason="Changed teams.")
    as_administrator_once = second.history.last()

    address = reverse("admin:accounts_user_history", args=[second.pk])
    response = as_administrator.post(address, {"version": as_administrator_once.pk, "reason": "Back."}, follow=True)

    second.refresh_from_db()
    assert "it would change" in str(next(iter(response.context["messages"])))
    assert (second.role, second.is_superuser) == (User.Role.STAFF, False)


def test_an_import_does_not_demote_the_last_but_oneself(administrator: User) -> None:
    second = person("second", User.Role.ADMINISTRATOR)
    plan = planned("users", f"email,role\n{administrator.email},staff\n", by=second)
    User.objects.filter(pk=second.pk).update(status=User.Status.SUSPENDED, is_active=False)

    with pytest.raises(RuleBroken):
        apply_now(plan, by=User.objects.get(pk=second.pk), good_rows_only=False, confirmed=True)

    assert User.administrators().get() == administrator


def test_what_the_import_wrote_is_taken_back_when_it_leaves_nobody(administrator: User) -> None:
    second = person("second")
    made = applied("users", f"email,role\n{second.email},administrator\n", by=administrator)
    second.refresh_from_db()
    suspend_person(administrator, by=second, reason="Left us.")

    run: Any = undo_now(made, by=second).run

    assert "leave nobody" in run.outcome
    assert User.administrators().get() == second


def test_a_form_that_brings_flags_along_changes_none(administrator: User, as_administrator: Client) -> None:
    as_administrator.post(
        reverse("admin:accounts_user_change", args=[administrator.pk]),
        {"email": administrator.email, "role": "student", "status": "suspended", "is_superuser": "", "is_active": ""},
    )

    assert User.administrators().get() == administrator


@pytest.mark.parametrize("action", ["suspend", "archive"])
def test_a_selection_with_oneself_in_it_leaves_oneself_alone(
    action: str, administrator: User, as_administrator: Client
) -> None:
    second = person("second", User.Role.ADMINISTRATOR)

    as_administrator.post(
        reverse("admin:accounts_user_changelist"),
        {
            "action": action,
            "_selected_action": [administrator.pk, second.pk],
            "_confirmed": "yes",
            "reason": "Cleaning up.",
        },
    )

    assert User.administrators().get() == administrator


def test_a_command_brings_an_administrator_back_when_there_is_none(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "root@example.org")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "A long first password")

    call_command("createsuperuser", interactive=False, verbosity=0)

    assert User.administrators().get().email == "root@example.org"


def test_saving_somebody_else_asks_for_no_lock(administrator: User, student: User) -> None:
    student.first_name = "Sam"

    with connection.execute_wrapper(no_lock):
        student.save()

    student.refresh_from_db()
    assert student.first_name == "Sam"


def no_lock(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
    assert "FOR NO KEY UPDATE" not in sql
    return execute(sql, params, many, context)
