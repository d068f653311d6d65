"""The tab "People" of a course and of a category: everybody with a right there, from where, and until when."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.access.models import Role
from apps.accounts.models import User
from apps.accounts.services import suspend_person
from apps.catalog.grants import end_grant, grant_right
from apps.catalog.models import Category, Course, CourseUserGrant
from apps.catalog.rights import EDIT, EXPORT, RIGHTS, VIEW
from tests.apps.catalog.screens import MOST_QUERIES, page, text
from tests.recipes import catalog
from tests.support.people import give_role, grant, person

SignedIn = Callable[[User], Client]


def line_of(shown: str, name: str) -> str:
    """What the tab says in the line of one person or role."""
    return next((line for line in shown.split('<li class="people-line">')[1:] if name in line.split("</div>")[0]), "")


def words(html: str) -> str:
    return " ".join(html.split())


def test_rights_given_by_hand_say_by_whom_why_and_until_when(
    as_administrator: Client, administrator: User, course: Course
) -> None:
    guest, end = person("guest"), timezone.now() + timedelta(days=60)
    for right in (VIEW, EDIT):
        grant_right(guest, right, course, by=administrator, reason="Rewrites module 2.", expires_at=end)

    line = words(line_of(text(as_administrator.get(page("course", course, "people"))), "Robin Guest"))

    assert ">View</span>" in line
    assert ">Edit content</span>" in line
    assert "Given here by Robin Administrator" in line
    assert "Rewrites module 2." in line
    assert f"{timezone.localtime(end):%H:%M:%S}" in line
    assert line.count("Rewrites module 2.") == 1


def test_rights_that_follow_from_teaching_lead_to_the_instructors(as_administrator: Client, course: Course) -> None:
    line = line_of(text(as_administrator.get(page("course", course, "people"))), "Robin Instructor")

    assert "Every right" in line
    assert 'href="?tab=instructors"' in line
    assert "take-rights-back" not in line


def test_rights_on_a_category_above_lead_to_its_own_tab(
    as_administrator: Client, administrator: User, course: Course, category: Category
) -> None:
    above = catalog.category.make(name="Technology")
    category.parent = above
    category.save()
    course.refresh_from_db()
    grant_right(person("guest"), EXPORT, above, by=administrator, reason="The partner's figures.")

    line = line_of(text(as_administrator.get(page("course", course, "people"))), "Robin Guest")

    assert f'<a href="/admin/catalog/category/{above.pk}/change/?tab=people">Technology</a>' in line
    assert "take-rights-back" not in line


def test_roles_say_what_their_permissions_and_their_grants_open(
    as_administrator: Client, administrator: User, manager: User, course: Course
) -> None:
    grant_right(Role.objects.get(name="moderator"), EDIT, course, by=administrator, reason="A trial.")

    shown = text(as_administrator.get(page("course", course, "people")))

    assert "Robin Administrator" in line_of(shown, "Administrators")
    assert "Every right" in line_of(shown, "Administrators")
    assert "1 person" in line_of(shown, "Manager")
    assert ">View</span>" in line_of(shown, "Manager")
    assert ">Export</span>" in line_of(shown, "Manager")
    assert "A trial." in line_of(shown, "Moderator")
    assert line_of(shown, "Instructor") == line_of(shown, "Robin Instructor")


def test_a_right_on_another_course_or_one_that_ran_out_is_not_among_those_that_hold(
    as_administrator: Client, course: Course, other_course: Course
) -> None:
    grant(person("elsewhere"), EDIT, other_course)
    grant(person("former"), EDIT, course, expires_at=timezone.now() - timedelta(seconds=1))

    shown = text(as_administrator.get(page("course", course, "people")))

    assert line_of(shown, "Robin Elsewhere") == ""
    assert line_of(shown, "Robin Former") == ""


def test_what_has_ended_says_how(as_administrator: Client, administrator: User, course: Course) -> None:
    grant(person("former"), EDIT, course, expires_at=timezone.now() - timedelta(seconds=1))
    given = grant_right(person("guest"), EXPORT, course, by=administrator, reason="One report.")
    end_grant(given, by=administrator, reason="The report is done.")

    shown = words(text(as_administrator.get(f"{page('course', course, 'people')}&ended=1")))

    assert "Robin Former</th> <td>Edit content</td>" in shown
    assert "It ran out." in shown
    assert "Robin Guest</th> <td>Export</td>" in shown
    assert "The report is done." in shown


def test_somebody_who_cannot_sign_in_is_marked(as_administrator: Client, administrator: User, course: Course) -> None:
    guest = person("guest")
    grant(guest, EDIT, course)
    suspend_person(guest, by=administrator, reason="Left us.")

    line = line_of(text(as_administrator.get(page("course", course, "people"))), "Robin Guest")

    assert "Suspended" in line


def test_an_instructor_sees_names_and_neither_addresses_nor_pages_of_people(
    as_instructor: Client, course: Course, manager: User
) -> None:
    grant(person("guest"), EDIT, course)

    shown = text(as_instructor.get(page("course", course, "people")))

    assert "take-rights-back" in line_of(shown, "Robin Guest")
    assert "guest@example.org" not in shown
    assert "administrator@example.org" not in shown
    assert "/admin/accounts/user/" not in line_of(shown, "Robin Guest")
    assert "/admin/access/role/" not in shown


def test_an_instructor_is_offered_nothing_that_is_for_administrators_or_for_other_places(
    as_instructor: Client, administrator: User, course: Course, category: Category
) -> None:
    grant(person("granter"), "grant_access", course)
    grant(person("above"), EDIT, category)

    shown = text(as_instructor.get(page("course", course, "people")))

    assert "Give rights" in line_of(shown, "Robin Granter")
    assert "take-rights-back" not in line_of(shown, "Robin Granter")
    assert "Programming" in line_of(shown, "Robin Above")
    assert f"/admin/catalog/category/{category.pk}/" not in line_of(shown, "Robin Above")


@pytest.mark.parametrize("right", [right for right in RIGHTS if right != "grant_access"])
def test_who_may_not_grant_has_no_such_tab(
    right: str, course: Course, category: Category, co_instructor_with: Callable[[str], User], signed_in: SignedIn
) -> None:
    client = signed_in(co_instructor_with(right))

    for address in (page("course", course, "people"), page("category", category, "people")):
        shown = text(client.get(address))
        assert "tab=people" not in shown
        assert "Robin Instructor" not in shown.partition('class="people"')[2]


@pytest.mark.parametrize("role", ["manager", "support"])
def test_roles_that_may_not_grant_have_no_such_tab(role: str, course: Course, signed_in: SignedIn) -> None:
    shown = text(signed_in(give_role(person("colleague"), role)).get(page("course", course, "people")))

    assert "tab=people" not in shown
    assert "people-line" not in shown


def test_a_category_shows_its_people_to_whoever_may_grant_on_it(
    course: Course, category: Category, signed_in: SignedIn
) -> None:
    granter = person("granter")
    for right in ("grant_access", EDIT):
        grant(granter, right, category)
    grant(person("guest"), EDIT, category)
    grant(person("helper"), EDIT, course)
    client = signed_in(granter)

    on_category = text(client.get(page("category", category, "people")))
    on_course = text(client.get(page("course", course, "people")))

    assert "take-rights-back" in line_of(on_category, "Robin Guest")
    assert line_of(on_category, "Robin Helper") == ""
    assert f"/admin/catalog/category/{category.pk}/change/?tab=people" in line_of(on_course, "Robin Guest")
    assert "take-rights-back" in line_of(on_course, "Robin Helper")


def test_nobody_with_rights_is_said_with_what_to_do(as_administrator: Client, other_course: Course) -> None:
    shown = text(as_administrator.get(page("course", other_course, "people")))
    ended = text(as_administrator.get(f"{page('course', other_course, 'people')}&ended=1"))

    assert "Nobody was given rights here" in shown
    assert "No right has ended here" in ended


def test_an_archived_course_offers_taking_back_only(as_administrator: Client, course: Course) -> None:
    grant(person("guest"), EDIT, course)
    course.archived_at = timezone.now()
    course.save()

    shown = text(as_administrator.get(page("course", course, "people")))

    assert "take-rights-back" in shown
    assert "give-rights" not in shown
    assert "change-rights-end" not in shown


def many_guests(course: Course, number: int) -> None:
    permission = catalog.on_course()
    guests = User.objects.bulk_create(
        User(email=f"g{n}@example.org", first_name="Guest", last_name=f"No {n:03}", role="staff", is_staff=True)
        for n in range(number)
    )
    CourseUserGrant.objects.bulk_create(
        CourseUserGrant(user=guest, content_object=course, permission=permission, reason="One of many.")
        for guest in guests
    )


@pytest.mark.parametrize("number", [10, 500])
@pytest.mark.parametrize("who", ["administrator", "instructor"])
def test_the_tab_takes_few_queries_however_many_people_have_rights(
    number: int,
    who: str,
    course: Course,
    category: Category,
    administrator: User,
    instructor: User,
    manager: User,
    signed_in: SignedIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    many_guests(course, number)
    grant(person("above"), EDIT, category)
    client = signed_in({"administrator": administrator, "instructor": instructor}[who])
    client.get("/admin/")

    with django_assert_max_num_queries(MOST_QUERIES):
        answer = client.get(page("course", course, "people"))

    assert text(answer).count("people-line") == min(number + 2, 25) + 3


def test_the_people_are_paged_and_the_roles_stand_on_the_first_page(as_administrator: Client, course: Course) -> None:
    many_guests(course, 30)

    first = text(as_administrator.get(page("course", course, "people")))
    second = text(as_administrator.get(f"{page('course', course, 'people')}&page=2"))

    assert "1–25 of 31" in first
    assert "By role" in first
    assert "26–31 of 31" in second
    assert "By role" not in second
