"""The screens of people, roles, sign-ins and sessions: what each person sees and may do there."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.urls import reverse

from apps.access.models import Role
from apps.access.services import assign_role
from apps.accounts.models import LoginEvent, Profile, User
from apps.audit.models import ChangeSet
from tests.recipes import accounts
from tests.support.people import person

SignedIn = Callable[[User], Client]

PEOPLE = "/admin/accounts/user/"
ROLES = "/admin/access/role/"
SIGN_INS = "/admin/accounts/loginevent/"
SESSIONS = "/admin/usersessions/usersession/"


def page(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def body(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_support_sees_no_address_or_birthday_in_a_profile(support: User, student: User, signed_in: SignedIn) -> None:
    Profile.objects.create(user=student, bio="canary-bio", address="canary-street", phone_number="canary-555")

    shown = body(signed_in(support), f"{page(student)}?tab=profile")

    assert "canary-bio" in shown
    assert "canary-street" not in shown
    assert "canary-555" not in shown


@pytest.mark.parametrize("reader", ["manager", "support"])
def test_whoever_only_reads_a_person_gets_no_save_button(
    reader: str, student: User, signed_in: SignedIn, request: pytest.FixtureRequest
) -> None:
    shown = body(signed_in(request.getfixturevalue(reader)), page(student))

    assert 'name="_save"' not in shown
    assert 'type="password"' not in shown


def test_no_password_is_ever_shown_or_asked_for(as_administrator: Client, manager: User) -> None:
    for address in (PEOPLE, page(manager), f"{PEOPLE}add/"):
        shown = body(as_administrator, address)
        assert 'type="password"' not in shown
        assert manager.password not in shown


def test_an_administrator_adds_a_person_who_sets_the_password_by_mail(as_administrator: Client) -> None:
    as_administrator.post(
        f"{PEOPLE}add/",
        {"email": "New@Example.org", "first_name": "Nia", "last_name": "New", "role": "staff", "_reason": "Joins us."},
    )

    made = User.objects.get(email="new@example.org")
    as_administrator.post(f"{PEOPLE}{made.pk}/send-reset-mail/", {"reason": "Joins us."})
    assert (made.role, made.has_usable_password()) == ("staff", False)
    assert [message.to for message in mail.outbox] == [["new@example.org"]]


def test_a_broken_rule_is_shown_on_the_form_and_nothing_is_saved(as_administrator: Client, student: User) -> None:
    before = ChangeSet.objects.count()

    response = as_administrator.post(f"{PEOPLE}add/", {"email": student.email.upper(), "role": "student"})

    assert response.status_code == 200
    assert "already exists" in response.content.decode()
    assert (User.with_archived.filter(email=student.email).count(), ChangeSet.objects.count()) == (1, before)


def test_giving_and_taking_a_role_on_the_page(as_administrator: Client, staff_without_rights: User) -> None:
    role = Role.objects.get(name="support")
    given = as_administrator.post(
        f"{PEOPLE}{staff_without_rights.pk}/give-role/", {"role": role.pk, "reason": "Joins the desk."}
    )
    held = staff_without_rights.groups.filter(pk=role.pk).exists()

    taken = as_administrator.post(
        f"{PEOPLE}{staff_without_rights.pk}/take-role/", {"role": role.pk, "reason": "Left the desk."}
    )

    assert (given.status_code, taken.status_code, held) == (302, 302, True)
    assert not staff_without_rights.groups.exists()
    assert ChangeSet.objects.filter(reason="Left the desk.").count() == 1


@pytest.mark.parametrize("deed", ["give-role", "take-role", "change-account-role", "suspend", "archive", "unlock"])
@pytest.mark.parametrize("reader", ["manager", "support", "moderator"])
def test_deeds_on_colleagues_are_refused_to_everybody_but_administrators(
    deed: str, reader: str, administrator: User, signed_in: SignedIn, request: pytest.FixtureRequest
) -> None:
    client = signed_in(request.getfixturevalue(reader))
    before = administrator.history.count()

    response = client.post(f"{PEOPLE}{administrator.pk}/{deed}/", {"reason": "Because.", "role": "student"})

    administrator.refresh_from_db()
    assert response.status_code == 403
    assert (administrator.is_superuser, administrator.history.count()) == (True, before)


def test_a_session_is_ended_on_its_list(as_administrator: Client, manager: User, signed_in: SignedIn) -> None:
    client = signed_in(manager)
    client.get("/admin/")
    session = UserSession.objects.get(user=manager)

    as_administrator.post(f"{SESSIONS}{session.pk}/end/", {})

    assert client.get("/admin/").status_code == 302
    assert not UserSession.objects.filter(user=manager).exists()


def test_somebody_elses_session_is_not_found(as_support: Client, manager: User, signed_in: SignedIn) -> None:
    signed_in(manager).get("/admin/")
    session = UserSession.objects.get(user=manager)

    response = as_support.post(f"{SESSIONS}{session.pk}/end/", {})

    assert response.status_code == 404
    assert UserSession.objects.filter(pk=session.pk).exists()


def test_nobody_changes_a_sign_in(as_administrator: Client, student: User) -> None:
    event = accounts.login_event.make(user=student)

    response = as_administrator.post(f"{SIGN_INS}{event.pk}/change/", {"email": "other@example.org"})

    assert response.status_code == 403
    assert LoginEvent.objects.get().email == event.email


def test_the_boxes_of_a_role_are_saved_with_their_history(as_administrator: Client) -> None:
    role = Role.objects.get(name="moderator")
    kept = role.permissions.get(codename="view_category")

    response = as_administrator.post(
        f"{ROLES}{role.pk}/change/",
        {
            "display_name": "Moderator",
            "description": "Decides on reviews.",
            "priority": 60,
            "allowed": [kept.pk],
            "_reason": "Less is more.",
            **management_form("assignments"),
        },
    )

    role.refresh_from_db()
    assert response.status_code == 302
    assert role.permission_codes == ["catalog.view_category"]
    assert role.permissions.get() == kept
    assert ChangeSet.objects.filter(reason="Less is more.").count() == 1


@pytest.mark.parametrize("why", ["in use", "built in"])
def test_a_role_in_use_or_of_every_installation_is_not_deleted(
    why: str, as_administrator: Client, administrator: User, staff_without_rights: User
) -> None:
    role = Role.objects.get(name="support")
    if why == "in use":
        role = Role.objects.create(name="editors", display_name="Editors")
        assign_role(staff_without_rights, role, by=administrator)

    as_administrator.post(f"{ROLES}{role.pk}/delete/", {"post": "yes"})

    assert Role.objects.filter(pk=role.pk).exists()


def management_form(prefix: str) -> dict[str, Any]:
    return {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}


@pytest.mark.parametrize("address", [PEOPLE, ROLES, SIGN_INS, SESSIONS])
def test_a_list_costs_the_same_few_queries_however_long_it_is(
    address: str, as_administrator: Client, administrator: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(25):
        someone = person(f"someone{number}")
        assign_role(someone, Role.objects.get(name="support"), by=administrator)
        accounts.login_event.make(user=someone)
        UserSession.objects.create(user=someone, ip="198.51.100.1", session_key=f"key{number}", user_agent="curl/8")
        Role.objects.create(name=f"role{number}", display_name=f"Role {number}")

    with django_assert_max_num_queries(25):
        as_administrator.get(address)


def test_a_persons_page_stays_within_the_queries_of_a_page(
    as_administrator: Client, manager: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        accounts.login_event.make(user=manager)
    as_administrator.get("/admin/keys/")  # the first request of a session notes where it is open

    with django_assert_max_num_queries(25):
        as_administrator.get(page(manager))


def test_people_are_filtered_by_the_role_they_were_given(
    as_administrator: Client, manager: User, support: User
) -> None:
    role = Role.objects.get(name="manager")

    shown = body(as_administrator, f"{PEOPLE}?groups__role__group_ptr__exact={role.pk}")

    assert manager.email in shown
    assert support.email not in shown


def test_a_sign_in_offers_no_history_and_links_only_people_who_may_be_opened(
    as_administrator: Client, moderator: User, signed_in: SignedIn
) -> None:
    event = LoginEvent.objects.create(user=moderator, email=moderator.email, outcome=LoginEvent.Outcome.SUCCESS)
    co_instructor = person("co")
    own = LoginEvent.objects.create(user=co_instructor, email=co_instructor.email, outcome=LoginEvent.Outcome.SUCCESS)

    seen_by_administrator = body(as_administrator, f"{SIGN_INS}{event.pk}/change/")
    answer = signed_in(co_instructor).get(f"{SIGN_INS}{own.pk}/change/")

    assert f'href="{page(moderator)}"' in seen_by_administrator
    assert f"{SIGN_INS}{event.pk}/history/" not in seen_by_administrator
    assert page(co_instructor) not in answer.content.decode()


def test_sessions_are_called_what_the_sidebar_calls_them(as_administrator: Client) -> None:
    shown = body(as_administrator, SESSIONS)

    assert "Sessions | Backoffice" in shown
    assert "User session" not in shown
