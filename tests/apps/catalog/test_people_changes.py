"""Giving rights on the People tab, changing their end and taking them back: what is done, and what is refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.access.models import Role
from apps.accounts.models import User
from apps.accounts.services import suspend_person
from apps.audit.models import ChangeSet
from apps.catalog.models import Category, CategoryUserGrant, Course, CourseGroupGrant, CourseUserGrant
from apps.catalog.rights import EDIT, EXPORT, GRANT, PUBLISH, RIGHTS, VIEW
from apps.records.policy import scope
from tests.apps.catalog.screens import text
from tests.recipes import catalog
from tests.support.people import give_role, grant, person

SignedIn = Callable[[User], Client]
DIALOG = {"HX-Request": "true"}
DEEDS = ("give-rights", "change-rights-end", "take-rights-back")
LATER = "2031-05-01T12:30"


def address(place: Course | Category, deed: str) -> str:
    return f"/admin/catalog/{place._meta.model_name}/{place.pk}/{deed}/"


def asked(email: str = "guest@example.org", *rights: str, **more: Any) -> dict[str, Any]:
    return {"email": email, "rights": rights or (EDIT,), "reason": "Helps out.", **more}


def of(holder: User | Role, *rights: str, **more: Any) -> dict[str, Any]:
    kind = "role" if isinstance(holder, Role) else "person"
    return {"holder": f"{kind}-{holder.pk}", "rights": rights or (EDIT,), "reason": "Done.", **more}


def everything_given() -> list[Any]:
    """All rights there are, and how many changes were made so far."""
    tables = (CourseUserGrant, CourseGroupGrant, CategoryUserGrant)
    return [*(list(table.objects.order_by("pk").values()) for table in tables), ChangeSet.objects.count()]


@pytest.fixture
def guest(db: None) -> User:
    return person("guest")


def test_a_right_is_given_with_its_end_and_its_reason(
    as_administrator: Client, administrator: User, course: Course, guest: User
) -> None:
    answer = as_administrator.post(
        address(course, "give-rights"), asked("Guest@Example.org", expires_at=LATER), follow=True
    )

    given = course.user_grants.get(user=guest)
    assert "Robin Guest has the right to edit content now." in text(answer)
    assert (given.permission.codename, given.reason, given.granted_by) == (EDIT, "Helps out.", administrator)
    assert given.expires_at == datetime(2031, 5, 1, 12, 30, tzinfo=UTC)
    assert scope(guest, "change", Course).get() == course


def test_several_rights_are_given_in_one_change(as_instructor: Client, course: Course, guest: User) -> None:
    before = ChangeSet.objects.count()

    answer = as_instructor.post(
        address(course, "give-rights"), asked("guest@example.org", VIEW, EDIT, EXPORT), headers=DIALOG
    )

    assert "HX-Redirect" in answer.headers
    assert set(course.user_grants.filter(user=guest).values_list("permission__codename", flat=True)) == {
        VIEW,
        EDIT,
        EXPORT,
    }
    assert ChangeSet.objects.count() == before + 1


def test_a_right_given_twice_changes_its_end_only(as_administrator: Client, course: Course, guest: User) -> None:
    as_administrator.post(address(course, "give-rights"), asked())
    as_administrator.post(address(course, "give-rights"), asked(expires_at=LATER))

    assert course.user_grants.get(user=guest).expires_at == datetime(2031, 5, 1, 12, 30, tzinfo=UTC)


def test_a_right_on_a_category_is_given_on_its_tab(
    as_administrator: Client, course: Course, category: Category, guest: User
) -> None:
    as_administrator.post(address(category, "give-rights"), asked())

    assert category.user_grants.get().user == guest
    assert scope(guest, "change", Course).get() == course


def test_a_right_is_given_to_a_role(as_administrator: Client, course: Course, guest: User) -> None:
    role = Role.objects.get(name="moderator")

    as_administrator.post(address(course, "give-rights"), asked("", EDIT, role=role.pk))
    give_role(guest, "moderator")

    assert course.group_grants.get().group_id == role.pk
    assert scope(guest, "change", Course).get() == course


def test_the_end_of_rights_is_changed_and_taken_away(as_instructor: Client, course: Course, guest: User) -> None:
    grant(guest, EDIT, course)
    grant(guest, VIEW, course)

    as_instructor.post(address(course, "change-rights-end"), of(guest, EDIT, VIEW, expires_at=LATER))
    with_end = set(course.user_grants.filter(user=guest).values_list("expires_at", flat=True))
    as_instructor.post(address(course, "change-rights-end"), of(guest, EDIT, VIEW, expires_at=""))
    without = set(course.user_grants.filter(user=guest).values_list("expires_at", flat=True))

    assert with_end == {datetime(2031, 5, 1, 12, 30, tzinfo=UTC)}
    assert without == {None}


def test_rights_of_one_person_are_taken_back_in_bulk_with_one_reason(
    as_instructor: Client, instructor: User, course: Course, guest: User
) -> None:
    for right in (VIEW, EDIT, PUBLISH):
        grant(guest, right, course)

    as_instructor.post(address(course, "take-rights-back"), of(guest, VIEW, EDIT))

    left = course.user_grants.get(user=guest)
    taken = CourseUserGrant.history.filter(history_type="-", user=guest)
    assert left.permission.codename == PUBLISH
    assert {row.history_change_reason for row in taken} == {"Done."}
    assert {row.change_set.actor for row in taken} == {instructor}


def test_a_right_of_a_role_is_taken_back(as_administrator: Client, course: Course) -> None:
    role = Role.objects.get(name="moderator")
    catalog.course_group_grant.make(group=role, content_object=course)

    as_administrator.post(address(course, "take-rights-back"), of(role))

    assert not course.group_grants.exists()


@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_is_done_by_opening_an_address(
    as_administrator: Client, course: Course, guest: User, deed: str
) -> None:
    grant(guest, EDIT, course)
    before = everything_given()

    opened = as_administrator.get(address(course, deed), of(guest))
    dialog = as_administrator.get(address(course, deed), of(guest), headers=DIALOG)

    assert (opened.status_code, opened["Allow"], dialog.status_code) == (405, "POST", 200)
    assert everything_given() == before


def test_the_dialog_offers_only_the_rights_of_whoever_opens_it(
    as_instructor: Client, course: Course, signed_in: SignedIn
) -> None:
    granter = person("granter")
    for right in (GRANT, EDIT):
        grant(granter, right, course)

    of_all = text(as_instructor.get(address(course, "give-rights"), headers=DIALOG))
    of_one = text(signed_in(granter).get(address(course, "give-rights"), headers=DIALOG))

    assert [right for right in RIGHTS if f'value="{right}"' in of_all] == [one for one in RIGHTS if one != GRANT]
    assert [right for right in RIGHTS if f'value="{right}"' in of_one] == [EDIT]


def test_the_dialog_suggests_colleagues_only_to_those_who_see_them(
    as_administrator: Client, as_instructor: Client, course: Course, guest: User, student: User
) -> None:
    to_administrator = text(as_administrator.get(address(course, "give-rights"), headers=DIALOG))
    to_instructor = text(as_instructor.get(address(course, "give-rights"), headers=DIALOG))

    assert 'value="guest@example.org"' in to_administrator
    assert student.email not in to_administrator
    assert "Moderator" in to_administrator
    assert "@example.org" not in to_instructor
    assert "Moderator" not in to_instructor


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("right", [right for right in RIGHTS if right != GRANT])
def test_whoever_may_not_grant_is_refused(
    deed: str,
    right: str,
    course: Course,
    guest: User,
    co_instructor_with: Callable[[str], User],
    signed_in: SignedIn,
) -> None:
    grant(guest, right, course)
    client = signed_in(co_instructor_with(right))
    before = everything_given()

    answers = [
        client.post(address(course, deed), {**asked("guest@example.org", right), **of(guest, right)}),
        client.get(address(course, deed), headers=DIALOG),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert everything_given() == before


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("role", ["manager", "moderator", "support"])
def test_roles_that_may_not_grant_are_refused(
    deed: str, role: str, course: Course, category: Category, guest: User, signed_in: SignedIn
) -> None:
    grant(guest, EDIT, course)
    client = signed_in(give_role(person("colleague"), role))
    before = everything_given()

    answers = [client.post(address(place, deed), {**asked(), **of(guest)}) for place in (course, category)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert everything_given() == before


@pytest.mark.parametrize("deed", DEEDS)
def test_a_course_of_others_is_as_if_it_were_not_there(
    deed: str, course: Course, other_course: Course, guest: User, as_instructor: Client
) -> None:
    grant(guest, EDIT, other_course)
    before = everything_given()

    answers = [
        as_instructor.post(f"/admin/catalog/course/{key}/{deed}/", {**asked(), **of(guest)})
        for key in (other_course.pk, 987654, "x")
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert everything_given() == before


@pytest.mark.parametrize("deed", DEEDS)
def test_visitors_and_students_are_led_to_the_login(deed: str, course: Course, as_student: Client) -> None:
    before = everything_given()

    answers = [client.post(address(course, deed), asked()) for client in (Client(), as_student)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert everything_given() == before


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "to oneself": ({"email": "instructor@example.org"}, "Nobody grants rights to themselves."),
    "the right to grant": ({"rights": (GRANT,)}, "You cannot give or take the right “grant_access” here."),
    "a right that is none": ({"rights": ("delete_course",)}, "You cannot give or take the right “delete_course” here."),
    "no right": ({"rights": ()}, "This field is required."),
    "nobody": ({"email": ""}, "Name a colleague."),
    "to an unknown address": ({"email": "nobody@example.org"}, "Nobody who works here signs in with this address."),
    "to a student": ({"email": "student@example.org"}, "Nobody who works here signs in with this address."),
    "to a suspended person": ({"email": "former@example.org"}, "Nobody who works here signs in with this address."),
    "without a reason": ({"reason": "  "}, "This field is required."),
    "with a novel": ({"reason": "x" * 301}, "at most 300 characters"),
    "with an end that has passed": ({"expires_at": "2020-01-01T00:00"}, "This end has passed already."),
    "with an end that is none": ({"expires_at": "soon"}, "Enter a valid date/time."),
    "to a role, forged": ({"email": "", "role": "1"}, "Name a colleague."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_may_not_be_given_is_refused_with_a_sentence_and_nothing_changes(
    case: str, course: Course, guest: User, student: User, administrator: User, as_instructor: Client
) -> None:
    suspend_person(person("former"), by=administrator, reason="Left us.")
    changes, sentence = REFUSED[case]
    before = everything_given()

    answer = as_instructor.post(address(course, "give-rights"), {**asked(), **changes}, headers=DIALOG)

    assert answer.status_code == 200
    assert sentence in text(answer)
    assert everything_given() == before


def test_a_right_that_outlives_the_granters_own_is_refused_and_so_are_those_asked_with_it(
    course: Course, guest: User, signed_in: SignedIn
) -> None:
    granter = person("granter")
    grant(granter, GRANT, course)
    grant(granter, VIEW, course)
    grant(granter, EDIT, course, expires_at=timezone.now() + timedelta(days=2))
    before = everything_given()

    answer = signed_in(granter).post(
        address(course, "give-rights"), asked("guest@example.org", VIEW, EDIT), headers=DIALOG
    )

    assert "Your own right ends on" in text(answer)
    assert everything_given() == before


def test_an_administrator_gives_nothing_to_a_role_of_their_own(
    as_administrator: Client, administrator: User, course: Course
) -> None:
    role = Role.objects.get(name="moderator")
    give_role(administrator, "moderator")
    before = everything_given()

    answer = as_administrator.post(address(course, "give-rights"), asked("", EDIT, role=role.pk), headers=DIALOG)

    assert "You belong to this role." in text(answer)
    assert everything_given() == before


def test_nothing_is_given_on_an_archived_course(as_administrator: Client, course: Course, guest: User) -> None:
    course.archived_at = timezone.now()
    course.save()
    before = everything_given()

    answer = as_administrator.post(address(course, "give-rights"), asked(), headers=DIALOG)

    assert "Restore it before you give rights on it." in text(answer)
    assert everything_given() == before


@pytest.mark.parametrize("deed", ["change-rights-end", "take-rights-back"])
def test_rights_that_follow_from_teaching_are_not_changed_here(
    deed: str, as_administrator: Client, course: Course, instructor: User
) -> None:
    before = everything_given()

    answer = as_administrator.post(address(course, deed), of(instructor, expires_at=LATER), headers=DIALOG)

    assert "They hold no such right here that you may change." in text(answer)
    assert everything_given() == before


@pytest.mark.parametrize("deed", ["change-rights-end", "take-rights-back"])
def test_only_rights_one_holds_are_changed_and_only_those_of_this_place(
    deed: str, course: Course, other_course: Course, category: Category, guest: User, as_instructor: Client
) -> None:
    grant(guest, GRANT, course)
    grant(guest, EDIT, other_course)
    grant(guest, EDIT, category)
    before = everything_given()

    answers = [
        text(as_instructor.post(address(course, deed), {**forged, "expires_at": LATER}, headers=DIALOG))
        for forged in (
            of(guest, GRANT),
            of(guest, EDIT),
            {**of(guest), "holder": "person-x"},
            {**of(guest), "holder": ""},
        )
    ]

    assert all("They hold no such right here that you may change." in shown for shown in answers)
    assert everything_given() == before


def test_nobody_gives_their_own_right_another_end(
    as_administrator: Client, administrator: User, course: Course
) -> None:
    grant(administrator, EDIT, course, expires_at=timezone.now() + timedelta(days=1))
    before = everything_given()

    answer = as_administrator.post(
        address(course, "change-rights-end"), of(administrator, expires_at=LATER), headers=DIALOG
    )

    assert "Nobody grants rights to themselves." in text(answer)
    assert everything_given() == before
