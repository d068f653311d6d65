"""The classic ways up, each tried and found closed."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.db.models import ProtectedError
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from apps.access.models import Role
from apps.access.services import assign_role, set_permissions
from apps.accounts.models import LoginEvent, User
from apps.accounts.services import (
    archive_person,
    change_role,
    delete_person,
    save_person,
    send_password_reset,
    suspend_person,
)
from apps.audit.models import ChangeSet
from apps.catalog.models import Category, Course, CourseUserGrant
from apps.records.policy import has_policy, policy_for, scope
from apps.records.rules import RuleBroken
from tests.recipes import catalog
from tests.support.importing import codes, planned
from tests.support.people import grant, person

SignedIn = Callable[[User], Client]


@pytest.fixture
def holder_of_everything(db: None) -> User:
    """Staff whose role holds every single permission there is, and who is no administrator."""
    user = person("greedy")
    role = Role.objects.create(name="everything", display_name="Everything")
    role.permissions.set(Permission.objects.all())
    user.groups.add(role)
    return user


def page(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def flags(user: User) -> tuple[Any, ...]:
    fresh = User.with_archived.get(pk=user.pk)
    return fresh.role, fresh.status, fresh.is_staff, fresh.is_superuser, fresh.password, fresh.email


def test_the_permission_to_change_people_does_not_make_a_superuser(
    holder_of_everything: User, signed_in: SignedIn
) -> None:
    before = flags(holder_of_everything)

    response = signed_in(holder_of_everything).post(
        page(holder_of_everything), {"email": "greedy@example.org", "role": "administrator", "is_superuser": "on"}
    )

    assert response.status_code == 403
    assert flags(holder_of_everything) == before


def test_the_permission_to_change_people_does_not_set_a_superusers_password(
    holder_of_everything: User, administrator: User, signed_in: SignedIn
) -> None:
    before = flags(administrator)
    client = signed_in(holder_of_everything)

    for address in (page(administrator), f"/admin/accounts/user/{administrator.pk}/password/"):
        client.post(address, {"password1": "Abc12345678!", "password2": "Abc12345678!"}, follow=True)

    assert flags(administrator) == before


def test_even_an_administrator_cannot_post_a_password_or_a_flag(
    administrator: User, manager: User, signed_in: SignedIn
) -> None:
    before = flags(manager)

    signed_in(administrator).post(
        page(manager),
        {"email": manager.email, "password": "pbkdf2", "is_superuser": "on", "is_staff": "", "role": "administrator"},
    )

    assert flags(manager) == before


def test_nobody_edits_their_own_groups(holder_of_everything: User, signed_in: SignedIn) -> None:
    role = Role.objects.get(name="manager")

    with pytest.raises(RuleBroken):
        assign_role(holder_of_everything, role, by=holder_of_everything)
    response = signed_in(holder_of_everything).post(page(holder_of_everything), {"groups": [role.pk]})

    assert response.status_code == 403
    assert not holder_of_everything.groups.filter(pk=role.pk).exists()


def test_an_administrator_does_not_take_away_or_raise_their_own_rights(administrator: User) -> None:
    person("second", User.Role.ADMINISTRATOR)
    before = flags(administrator)

    attempts: list[Callable[[], object]] = [
        lambda: change_role(administrator, User.Role.STAFF, by=administrator),
        lambda: suspend_person(administrator, by=administrator, reason="Holiday."),
        lambda: archive_person(administrator, by=administrator),
        lambda: delete_person(administrator, by=administrator),
        lambda: assign_role(administrator, Role.objects.get(name="manager"), by=administrator),
    ]
    for attempt in attempts:
        with pytest.raises(RuleBroken, match="your own account"):
            attempt()

    assert flags(administrator) == before


@pytest.mark.parametrize(
    "change",
    [{"role": User.Role.STAFF}, {"status": User.Status.SUSPENDED}, {"archived_at": timezone.now()}, None],
    ids=["demoted", "suspended", "archived", "deleted"],
)
def test_the_last_active_administrator_stays_one_whoever_saves_the_record(
    change: dict[str, Any] | None, administrator: User
) -> None:
    person("second", User.Role.ADMINISTRATOR, status=User.Status.SUSPENDED)
    before = flags(administrator)

    for names, value in (change or {}).items():
        setattr(administrator, names, value)
    with pytest.raises(RuleBroken, match="last active administrator"):
        administrator.delete() if change is None else administrator.save()

    assert flags(administrator) == before


def test_the_permission_to_change_groups_does_not_widen_a_role(holder_of_everything: User, signed_in: SignedIn) -> None:
    role = Role.objects.get(name="moderator")
    before = set(role.permissions.all())

    with pytest.raises(RuleBroken):
        set_permissions(role, list(Permission.objects.all()), by=holder_of_everything)
    response = signed_in(holder_of_everything).post(
        reverse("admin:access_role_change", args=[role.pk]), {"allowed": [1, 2, 3]}
    )

    assert response.status_code == 403
    assert set(role.permissions.all()) == before


def test_the_permission_to_add_people_does_not_add_a_superuser(holder_of_everything: User, signed_in: SignedIn) -> None:
    response = signed_in(holder_of_everything).post(
        reverse("admin:accounts_user_add"), {"email": "new@example.org", "role": "administrator"}
    )

    assert response.status_code == 403
    assert not User.with_archived.filter(email="new@example.org").exists()


def test_deleting_a_person_does_not_take_the_audit_along(administrator: User, manager: User) -> None:
    ChangeSet.objects.create(actor=manager, title="Something was done")

    with pytest.raises(RuleBroken, match="left traces"):
        delete_person(manager, by=administrator)
    with pytest.raises(ProtectedError):
        manager.delete()

    assert ChangeSet.objects.filter(actor=manager).exists()


@pytest.mark.parametrize(
    "label",
    [
        "auth.group",
        "auth.permission",
        "admin.logentry",
        "account.emailaddress",
        "mfa.authenticator",
        "contenttypes.contenttype",
        "sessions.session",
        "guardian.userobjectpermission",
        "guardian.groupobjectpermission",
    ],
)
def test_tables_that_give_rights_have_no_screen(label: str, db: None) -> None:
    assert not admin.site.is_registered(apps.get_model(label))


def test_every_screen_has_a_policy(db: None) -> None:
    assert [model._meta.label for model in admin.site._registry if not has_policy(model)] == []


def test_being_staff_follows_from_the_role_and_from_nothing_else(db: None) -> None:
    student = person("student", User.Role.STUDENT)

    student.is_staff = student.is_superuser = True
    student.save()

    student.refresh_from_db()
    assert (student.is_staff, student.is_superuser) == (False, False)


def test_a_used_key_of_a_deleted_course_brings_no_old_rights(instructor: User) -> None:
    course = catalog.course.make()
    grant(instructor, "edit_content", course)
    old_key = course.pk
    course.delete()

    again = catalog.course.make(pk=old_key)

    assert not CourseUserGrant.objects.exists()
    assert not scope(instructor, "view", Course).filter(pk=again.pk).exists()


def test_support_does_not_reset_the_password_of_a_colleague(support: User, manager: User, rf: RequestFactory) -> None:
    with pytest.raises(RuleBroken):
        send_password_reset(manager, by=support, request=rf.get("/"))

    assert mail.outbox == []


def test_support_sends_a_learner_the_mail_and_never_sees_a_password(
    support: User, student: User, signed_in: SignedIn
) -> None:
    client = signed_in(support)

    response = client.post(
        f"/admin/accounts/user/{student.pk}/send-reset-mail/", {"reason": "They asked."}, follow=True
    )

    assert response.status_code == 200
    assert [message.to for message in mail.outbox] == [[student.email]]
    assert LoginEvent.objects.get(outcome=LoginEvent.Outcome.RESET_MAIL).by == support


def test_a_deed_is_never_done_by_a_get(administrator: User, manager: User, signed_in: SignedIn) -> None:
    before = flags(manager)
    client = signed_in(administrator)

    for deed in ("suspend", "archive", "send-reset-mail", "end-all-sessions"):
        assert client.get(f"/admin/accounts/user/{manager.pk}/{deed}/").status_code == 405

    assert flags(manager) == before
    assert mail.outbox == []


def test_a_changed_address_is_a_deed_of_administrators(
    holder_of_everything: User, support: User, administrator: User, signed_in: SignedIn
) -> None:
    for user in (holder_of_everything, support):
        signed_in(user).post(page(administrator), {"email": "mine@example.org"})

    administrator.refresh_from_db()
    assert administrator.email == "administrator@example.org"


def test_nobody_gives_themselves_another_address(manager: User, signed_in: SignedIn) -> None:
    client = signed_in(manager)

    client.post(reverse("account_email"), {"action_add": "", "email": "mine@example.org"})

    manager.refresh_from_db()
    assert manager.email == "manager@example.org"
    assert not EmailAddress.objects.filter(email="mine@example.org").exists()


def test_an_address_somebody_had_before_resets_no_password(manager: User, client: Client) -> None:
    EmailAddress.objects.create(user=manager, email=manager.email, verified=True, primary=True)
    manager.email = "new@example.org"
    save_person(manager)

    client.post(reverse("account_reset_password"), {"email": "manager@example.org"})

    assert [message for message in mail.outbox if "/password/reset/key/" in str(message.body)] == []


def test_a_plain_group_without_a_role_gives_nothing(staff_without_rights: User) -> None:
    group = Group.objects.create(name="sneaky")
    group.permissions.set(Permission.objects.all())
    staff_without_rights.groups.add(group)

    assert not scope(staff_without_rights, "view", Course).exists()


@pytest.fixture
def mover(course: Course) -> tuple[User, Category]:
    """Edits the course, and holds the right to publish and to give rights on a category it does not lie in."""
    user, elsewhere = person("mover"), catalog.category.make(slug="elsewhere")
    grant(user, "edit_content", course)
    for right in ("view_course", "import_content", "publish_course", "grant_access"):
        grant(user, right, elsewhere)
    return user, elsewhere


def test_moving_a_course_to_a_category_of_ones_own_is_no_way_to_rights_on_it(
    mover: tuple[User, Category], course: Course, signed_in: SignedIn
) -> None:
    user, elsewhere = mover
    before = course.category
    course.category = elsewhere
    course.save()
    course.category = before
    course.save()
    client, page = signed_in(user), reverse("admin:catalog_course_change", args=[course.pk])
    version = course.history.filter(category=elsewhere).get()
    form = client.get(page).context["adminform"].form

    refused = client.post(reverse("admin:catalog_course_change_category", args=[course.pk]), {"category": elsewhere.pk})
    client.post(reverse("admin:catalog_course_history", args=[course.pk]), {"version": version.pk})

    course.refresh_from_db()
    assert refused.status_code == 403
    assert "title" in form.fields
    assert "category" not in form.fields
    assert course.category == before
    assert not policy_for(Course).may(user, "publish", course)


def test_a_file_moves_no_course_to_a_category_of_ones_own(mover: tuple[User, Category], course: Course) -> None:
    user, elsewhere = mover
    grant(user, "import_content", course)

    job = planned("courses", f"course_code,category\n{course.code},{elsewhere.slug}\n", user)

    assert codes(job, 2) == ["R_DENIED"]
