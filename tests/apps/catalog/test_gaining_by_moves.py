"""Moving courses and categories to where one holds more rights: nobody grants rights to themselves, at any door."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.audit.services import revert_record
from apps.catalog.models import Category, Course
from apps.catalog.rights import EDIT, EXPORT, GRANT, IMPORT, PUBLISH, VIEW
from apps.catalog.services import change_category
from apps.records.policy import policy_for
from apps.records.rules import RuleBroken
from imports.codes import RowCode
from tests.apps.catalog.screens import page, text
from tests.apps.catalog.test_course_changes import facts_of
from tests.recipes import access, catalog
from tests.support.importing import codes, planned
from tests.support.people import give_role, grant, person

REFUSED = "would give you rights on it that you do not hold now: {}. Nobody grants rights to themselves."


@pytest.fixture
def elsewhere(db: None) -> Category:
    return catalog.category.make(name="Elsewhere")


@pytest.fixture
def mover(course: Course, elsewhere: Category) -> User:
    """May change and give rights on the course, and publish and export whatever lies elsewhere."""
    user = person("mover", User.Role.INSTRUCTOR)
    for right in (VIEW, EDIT, IMPORT, GRANT):
        grant(user, right, course)
    for right in (VIEW, IMPORT, PUBLISH, EXPORT):
        grant(user, right, elsewhere)
    return user


def test_a_course_is_not_moved_to_where_the_mover_holds_more_rights(
    course: Course, mover: User, elsewhere: Category
) -> None:
    with pytest.raises(RuleBroken, match=REFUSED.format("publish and export")):
        change_category(course, elsewhere, by=mover)

    course.refresh_from_db()
    assert course.category != elsewhere


def test_a_course_is_moved_by_somebody_who_gains_nothing_and_by_an_administrator(
    course: Course, mover: User, elsewhere: Category, administrator: User
) -> None:
    first = course.category
    assert first is not None
    for right in (PUBLISH, EXPORT):
        grant(mover, right, course)

    change_category(course, elsewhere, by=mover)
    change_category(course, first, by=administrator)
    grant(administrator, PUBLISH, elsewhere)
    change_category(course, elsewhere, by=administrator)

    course.refresh_from_db()
    assert course.category == elsewhere


def test_the_form_of_a_course_refuses_such_a_move(
    course: Course, mover: User, elsewhere: Category, client: Client
) -> None:
    client.force_login(mover)

    answer = client.post(page("course", course), facts_of(course, category=elsewhere.pk))

    course.refresh_from_db()
    assert "Moving" in text(answer)
    assert course.category != elsewhere


def test_an_earlier_version_does_not_bring_such_a_move_back(course: Course, mover: User, elsewhere: Category) -> None:
    first = course.category
    course.category = elsewhere
    course.save()
    version = course.history.first()
    course.category = first
    course.save()
    course.refresh_from_db()

    with pytest.raises(RuleBroken, match="publish and export"):
        revert_record(course, version, by=mover, allowed={"category"})

    course.refresh_from_db()
    assert course.category == first


def test_a_file_does_not_bring_such_a_move(course: Course, mover: User, elsewhere: Category) -> None:
    job = planned("courses", f"course_code,category\n{course.code},{elsewhere.slug}\n", mover)

    assert codes(job, 2) == [RowCode.R_DENIED]
    assert REFUSED.format("publish and export") in str(job.rows.get().messages)


@pytest.fixture
def keeper(course: Course, elsewhere: Category) -> User:
    """Keeps the tree of categories as a manager, and may publish whatever lies elsewhere."""
    user = give_role(person("keeper"), "manager")
    files = access.role.make(name="files")
    files.permissions.add(Permission.objects.get(codename="import_category"))
    user.groups.add(files)
    grant(user, PUBLISH, elsewhere)
    return user


def moved_by_form(branch: Category, below: Category, client: Client) -> Any:
    facts = {"name": branch.name, "slug": branch.slug, "parent": below.pk, "sort_order": 0, "is_active": "on"}
    return client.post(page("category", branch), facts)


def test_a_branch_is_not_moved_to_where_the_mover_holds_more_rights(
    course: Course, keeper: User, elsewhere: Category, client: Client
) -> None:
    branch = course.category
    assert branch is not None
    neutral = catalog.category.make(name="Neutral")
    client.force_login(keeper)

    refused = moved_by_form(branch, elsewhere, client)
    job = planned("categories", f"slug,parent_slug\n{branch.slug},{elsewhere.slug}\n", keeper)

    assert "rights on its courses that you do not hold now: publish." in text(refused)
    assert codes(job, 2) == [RowCode.R_DENIED]
    branch.refresh_from_db()
    assert branch.parent is None
    assert moved_by_form(branch, neutral, client).status_code == 302
    branch.refresh_from_db()
    assert branch.parent == neutral


def test_a_branch_is_moved_by_whoever_holds_the_same_rights_on_it_already(
    keeper: User, elsewhere: Category, client: Client
) -> None:
    branch = catalog.category.make(pk=900_001)  # which is the number of no course
    grant(keeper, PUBLISH, branch)
    client.force_login(keeper)

    assert moved_by_form(branch, elsewhere, client).status_code == 302

    branch.refresh_from_db()
    assert branch.parent == elsewhere


def test_a_branch_that_holds_nothing_yet_is_added_there_and_one_is_taken_to_the_top(
    keeper: User, elsewhere: Category, client: Client
) -> None:
    client.force_login(keeper)
    facts = {"name": "New", "slug": "new", "description": "", "sort_order": "0", "is_active": "on"}

    added = client.post("/admin/catalog/category/add/", {**facts, "parent": elsewhere.pk})

    assert added.status_code == 302
    branch = Category.objects.get(slug="new")
    assert branch.parent == elsewhere
    policy_for(Category).refuse_gain(keeper, Category(pk=branch.pk, parent=None))


def test_a_branch_is_not_moved_there_through_a_new_category_of_the_same_file(
    course: Course, keeper: User, elsewhere: Category
) -> None:
    branch = course.category
    assert branch is not None
    file = f"slug,name,parent_slug\n{branch.slug},,new\nnew,New,newer\nnewer,Newer,{elsewhere.slug}\n"

    job = planned("categories", file, keeper)

    assert codes(job, 2) == [RowCode.R_DENIED]
    assert (codes(job, 3), codes(job, 4)) == ([], [])


def test_moving_many_branches_takes_no_more_queries_than_moving_one(keeper: User, elsewhere: Category) -> None:
    def queries(number: int) -> int:
        made = [catalog.category.make(name=f"Branch {number} {at}") for at in range(number)]
        rows = "".join(f"{one.slug},{elsewhere.slug}\n" for one in made)
        with CaptureQueriesContext(connection) as captured:
            job = planned("categories", f"slug,parent_slug\n{rows}", keeper)
        assert job.counts["invalid"] == number
        return len(captured)

    assert queries(1) == queries(12)
