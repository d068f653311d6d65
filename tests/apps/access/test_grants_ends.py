"""The end of a right: changing it, who may, and what an administrator's custom roles let their people give."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from apps.access.models import Role
from apps.access.services import set_active
from apps.accounts.models import User
from apps.accounts.services import suspend_person
from apps.audit.models import ChangeSet
from apps.catalog.grants import change_grant_end, end_grant, grant_right, rights_to_give
from apps.catalog.models import Category, Course, CourseUserGrant
from apps.catalog.rights import EDIT, EXPORT, GRANT, PUBLISH, RIGHTS, VIEW
from apps.records.rules import RuleBroken
from tests.recipes import access
from tests.support.people import give_role, grant, person

LATER = timezone.now() + timedelta(days=300)


@pytest.fixture
def guest(db: None) -> User:
    return person("guest")


@pytest.fixture
def given(course: Course, guest: User, administrator: User) -> CourseUserGrant:
    made = grant_right(guest, EDIT, course, by=administrator, reason="Helps out.")
    assert isinstance(made, CourseUserGrant)
    return made


def holder_of_permissions(*codes: str) -> User:
    """Somebody with a role that has these permissions on courses."""
    role = access.role.make(name="custom", display_name="Custom")
    role.permissions.set(Permission.objects.filter(codename__in=codes, content_type__model="course"))
    return give_role(person("granter"), "custom")


def test_the_end_of_a_right_changes_with_its_reason_and_in_its_history(
    given: CourseUserGrant, instructor: User
) -> None:
    change_grant_end(given, LATER, by=instructor, reason="Until the launch.")

    given.refresh_from_db()
    version = given.history.latest("history_id")
    assert (given.expires_at, given.granted_by, given.reason) == (LATER, instructor, "Until the launch.")
    assert (version.history_type, version.change_set.actor) == ("~", instructor)


def refuse_nothing(given: CourseUserGrant, course: Course, administrator: User) -> None:
    pass


def suspend_holder(given: CourseUserGrant, course: Course, administrator: User) -> None:
    suspend_person(given.user, by=administrator, reason="Left us.")
    given.refresh_from_db()


def archive(given: CourseUserGrant, course: Course, administrator: User) -> None:
    Course.objects.filter(pk=course.pk).update(archived_at=timezone.now())
    given.refresh_from_db()


def take_back(given: CourseUserGrant, course: Course, administrator: User) -> None:
    end_grant(CourseUserGrant.objects.get(pk=given.pk), by=administrator, reason="Done.")


@pytest.mark.parametrize(
    ("first", "end", "reason", "sentence"),
    [
        (refuse_nothing, timezone.now() - timedelta(days=1), "Why.", "has passed already"),
        (refuse_nothing, LATER, " ", "Say why"),
        (refuse_nothing, LATER, "x" * 301, "At most 300 characters"),
        (suspend_holder, LATER, "Why.", "cannot open the console"),
        (archive, LATER, "Why.", "is archived"),
        (take_back, LATER, "Why.", "was taken back already"),
    ],
)
def test_an_end_that_may_not_be_is_refused_and_nothing_changes(
    first: Callable[..., None],
    end: Any,
    reason: str,
    sentence: str,
    given: CourseUserGrant,
    course: Course,
    administrator: User,
) -> None:
    first(given, course, administrator)
    before = [*CourseUserGrant.objects.values(), ChangeSet.objects.count()]

    with pytest.raises(RuleBroken, match=sentence):
        change_grant_end(given, end, by=administrator, reason=reason)

    assert [*CourseUserGrant.objects.values(), ChangeSet.objects.count()] == before


def test_nobody_makes_their_own_right_longer(course: Course, administrator: User) -> None:
    own = grant_right(person("lead"), EDIT, course, by=administrator, reason="For now.")
    for right in (GRANT, VIEW):
        grant(own.user, right, course)  # type: ignore[union-attr]

    with pytest.raises(RuleBroken, match="themselves"):
        change_grant_end(own, LATER, by=own.user, reason="I like it here.")  # type: ignore[union-attr]

    assert not CourseUserGrant.objects.filter(expires_at=LATER).exists()


def test_the_end_of_a_right_that_follows_from_teaching_is_the_instructors_rows(
    course: Course, administrator: User, instructor: User
) -> None:
    follows = course.user_grants.filter(user=instructor).earliest("pk")

    for change in (
        lambda: change_grant_end(follows, LATER, by=administrator, reason="Why."),
        lambda: end_grant(follows, by=administrator, reason="Why."),
    ):
        with pytest.raises(RuleBroken, match="follows from teaching"):
            change()

    assert course.user_grants.filter(user=instructor, expires_at=None).count() == len(RIGHTS)


def test_a_right_taken_back_by_two_people_ends_once(given: CourseUserGrant, administrator: User) -> None:
    same = CourseUserGrant.objects.get(pk=given.pk)
    end_grant(given, by=administrator, reason="Done.")

    with pytest.raises(RuleBroken, match="taken back already"):
        end_grant(same, by=administrator, reason="Done.")

    assert CourseUserGrant.history.filter(history_type="-").count() == 1


def test_only_a_right_one_holds_is_taken_back(course: Course, given: CourseUserGrant) -> None:
    granter = person("granter")
    for right in (GRANT, VIEW):
        grant(granter, right, course)

    with pytest.raises(RuleBroken, match="You do not hold the right to edit content"):
        end_grant(given, by=granter, reason="Why not.")

    assert CourseUserGrant.objects.filter(pk=given.pk).exists()


def test_a_role_that_is_not_active_is_given_nothing(course: Course, administrator: User) -> None:
    role = Role.objects.get(name="moderator")
    set_active(role, is_active=False, by=administrator)

    with pytest.raises(RuleBroken, match="not active"):
        grant_right(role, EDIT, course, by=administrator, reason="A trial.")

    assert not course.group_grants.exists()


def test_a_role_that_may_grant_gives_what_its_permissions_are_as_good_as(course: Course, guest: User) -> None:
    granter = holder_of_permissions("grant_access", "view_course", "change_course", "export_course")

    assert rights_to_give(granter, course) == {VIEW: None, EDIT: None, EXPORT: None}
    with pytest.raises(RuleBroken, match="You do not hold the right to publish"):
        grant_right(guest, PUBLISH, course, by=granter, reason="A favor.")
    assert not course.user_grants.filter(user=guest).exists()


def test_a_permission_no_policy_listens_to_lets_nobody_give_the_right_of_the_same_name(course: Course) -> None:
    granter = holder_of_permissions("grant_access", "edit_content", "import_content", "export_data")

    assert rights_to_give(granter, course) == {}


def test_the_latest_end_of_ones_own_rights_counts(course: Course, category: Category) -> None:
    granter, soon = person("granter"), timezone.now() + timedelta(days=1)
    grant(granter, GRANT, course)
    grant(granter, EDIT, course, expires_at=soon)
    grant(granter, EDIT, category, expires_at=LATER)
    grant(granter, VIEW, course, expires_at=soon)
    grant(granter, VIEW, category)
    grant(granter, EXPORT, course, expires_at=timezone.now() - timedelta(seconds=1))

    assert rights_to_give(granter, course) == {VIEW: None, EDIT: LATER}


def test_a_right_on_the_course_gives_nothing_on_its_category(course: Course, category: Category, guest: User) -> None:
    granter = person("granter")
    for right in (GRANT, EDIT):
        grant(granter, right, course)

    with pytest.raises(RuleBroken, match="You may not grant rights on Programming"):
        grant_right(guest, EDIT, category, by=granter, reason="A favor.")

    assert not category.user_grants.exists()


def test_who_asks_while_suspended_or_no_staff_any_more_gives_nothing(
    course: Course, instructor: User, administrator: User, guest: User
) -> None:
    suspend_person(instructor, by=administrator, reason="Left us.")

    with pytest.raises(RuleBroken, match="You may not grant rights"):
        grant_right(guest, EDIT, course, by=instructor, reason="A favor.")

    assert not course.user_grants.filter(user=guest).exists()


def test_long_names_fit_into_the_title_of_the_change(course: Course, administrator: User, guest: User) -> None:
    course.title = "A very long title " * 11
    course.save()

    given = grant_right(guest, EDIT, course, by=administrator, reason="Helps out.")
    end_grant(given, by=administrator, reason="Done.")

    assert all(len(title) <= 200 for title in ChangeSet.objects.values_list("title", flat=True))


def test_the_timeline_says_who_may_what_in_words(
    given: CourseUserGrant, course: Course, administrator: User, signed_in: Callable[[User], Client]
) -> None:
    to_role = grant_right(Role.objects.get(name="moderator"), EXPORT, course, by=administrator, reason="A trial.")
    client = signed_in(administrator)

    of_person, of_role = (
        client.get(f"/admin/audit/changeset/{one.history.get().change_set_id}/change/").content.decode()
        for one in (given, to_role)
    )

    assert "Robin Guest may edit content: Python from the first line" in of_person
    assert "Moderator may export: Python from the first line" in of_role
