"""The list of courses: what it shows, finds and does to a selection, and for whom."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.catalog.models import Category, Course, Lesson
from apps.catalog.services import archive_course
from apps.catalog.states import CourseStatus
from tests.apps.catalog.screens import COURSES, MOST_QUERIES, fill, said, text
from tests.recipes import catalog


def names(answer: object) -> list[str]:
    return [course.title for course in answer.context["cl"].result_list]  # type: ignore[attr-defined]


def select(client: Client, action: str, *courses: Course, **asked: object) -> str:
    data = {"action": action, "_selected_action": [course.pk for course in courses], "_confirmed": "yes", **asked}
    return said(client.post(COURSES, data))


def test_a_row_says_what_a_course_is(as_administrator: Client, lesson: Lesson) -> None:
    shown = text(as_administrator.get(COURSES))

    for expected in ("Python from the first line", "PY-101 · Programming", "Draft", "49.00 USD", "Robin Instructor"):
        assert expected in shown
    assert "1 lesson" in shown


def test_an_empty_list_says_what_to_do(as_administrator: Client, db: None) -> None:
    assert "Add the first one, or import a whole catalog." in text(as_administrator.get(COURSES))


@pytest.mark.parametrize("number", [10, 1000])
def test_the_list_takes_the_same_queries_for_ten_and_for_a_thousand(
    as_administrator: Client, course: Course, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Course.objects.bulk_create(
        Course(code=f"N-{n}", slug=f"n-{n}", title=f"Number {n}", category=course.category) for n in range(number)
    )
    fill(course, 20)
    as_administrator.get("/admin/")

    with django_assert_max_num_queries(MOST_QUERIES):
        as_administrator.get(COURSES)


@pytest.mark.parametrize("term", ["first line", "py-101", "Instructor", "instructor@example"])
def test_courses_are_found_by_title_code_and_instructor(
    as_administrator: Client, course: Course, other_course: Course, term: str
) -> None:
    assert names(as_administrator.get(COURSES, {"q": term})) == [course.title]


def test_a_category_finds_the_courses_below_it(as_administrator: Client, course: Course, category: Category) -> None:
    parent = catalog.category.make(name="Technology")
    category.parent = parent
    category.save()

    assert names(as_administrator.get(COURSES, {"category": parent.pk})) == [course.title]


def test_courses_are_filtered_by_category_none_and_instructor(
    as_administrator: Client, course: Course, other_course: Course, instructor: User
) -> None:
    other_course.category = None
    other_course.save()

    assert names(as_administrator.get(COURSES, {"category": "none"})) == [other_course.title]
    assert names(as_administrator.get(COURSES, {"instructor": instructor.pk})) == [course.title]
    assert names(as_administrator.get(COURSES, {"instructor": "none"})) == [other_course.title]
    assert names(as_administrator.get(COURSES, {"instructor": "x'; --"})) == []


def test_archived_courses_are_hidden_until_asked_for(
    as_administrator: Client, course: Course, other_course: Course, administrator: User
) -> None:
    archive_course(course, by=administrator)

    assert names(as_administrator.get(COURSES)) == [other_course.title]
    assert names(as_administrator.get(COURSES, {"archived": "yes"})) == [course.title]


def test_a_selection_is_published_and_those_that_cannot_be_are_named_with_the_reason(
    as_administrator: Client, course: Course, other_course: Course
) -> None:
    sentence = select(as_administrator, "publish", course, other_course)

    assert "1 course published." in sentence
    assert "1 course left alone." in sentence
    assert "Watercolor in the open air cannot be published yet: it needs an active instructor." in sentence
    assert Course.objects.get(pk=course.pk).status == CourseStatus.PUBLISHED
    assert Course.objects.get(pk=other_course.pk).status == CourseStatus.DRAFT


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        ("feature", "2 courses featured."),
        ("archive", "2 courses archived."),
        ("unpublish", "2 courses left alone."),
        ("unfeature", "2 courses left alone."),
        ("restore", "2 courses left alone."),
    ],
)
def test_every_action_says_what_became_of_the_selection(
    as_administrator: Client, course: Course, other_course: Course, action: str, sentence: str
) -> None:
    assert sentence in select(as_administrator, action, course, other_course, reason="Tidying up.")


def test_a_selection_is_moved_to_another_category(
    as_administrator: Client, course: Course, other_course: Course, category: Category
) -> None:
    sentence = select(as_administrator, "change_category", course, other_course, category=category.pk)

    assert "1 course moved to the category." in sentence
    assert "is in Programming already" in sentence
    assert Course.objects.get(pk=other_course.pk).category == category


def test_an_archived_selection_is_restored(as_administrator: Client, course: Course, administrator: User) -> None:
    archive_course(course, by=administrator)
    data = {"action": "restore", "_selected_action": [course.pk], "_confirmed": "yes"}

    answer = as_administrator.post(f"{COURSES}?archived=yes", data)

    assert "1 course restored." in said(answer)
    assert Course.objects.get(pk=course.pk).status == CourseStatus.DRAFT


class TestWhoSeesWhat:
    """The rows of the matrix for the list and the page of a course."""

    def test_an_instructor_sees_only_their_own(
        self, as_instructor: Client, course: Course, other_course: Course
    ) -> None:
        assert names(as_instructor.get(COURSES)) == [course.title]
        assert as_instructor.get(f"{COURSES}{other_course.pk}/change/").status_code == 404
        assert as_instructor.get(f"{COURSES}987654/change/").status_code == 404

    def test_another_instructor_sees_nothing_of_it(
        self, signed_in: Callable[[User], Client], other_instructor: User, course: Course
    ) -> None:
        client = signed_in(other_instructor)

        for address in ("change/", "change/?tab=learners", "history/", "delete/"):
            assert client.get(f"{COURSES}{course.pk}/{address}").status_code == 404
        assert client.post(f"{COURSES}{course.pk}/publish/", {"confirmed": "on"}).status_code == 404
        assert client.post(f"{COURSES}{course.pk}/arrange/", [], content_type="application/json").status_code == 404

    @pytest.mark.usefixtures("course")
    def test_a_moderator_is_refused(self, as_moderator: Client) -> None:
        assert as_moderator.get(COURSES).status_code == 403

    def test_a_manager_reads(self, as_manager: Client, course: Course) -> None:
        shown = as_manager.get(f"{COURSES}{course.pk}/change/")

        assert shown.status_code == 200
        assert 'name="_save"' not in text(shown)
        assert as_manager.post(f"{COURSES}{course.pk}/feature/").status_code == 403

    def test_support_reads_without_prices(self, as_support: Client, course: Course) -> None:
        listed, opened = text(as_support.get(COURSES)), text(as_support.get(f"{COURSES}{course.pk}/change/"))

        assert course.title in listed
        assert "49.00" not in listed
        assert "49.00" not in opened

    @pytest.mark.parametrize("right", ["view_course", "manage_students", "export_data"])
    def test_a_right_to_look_is_not_one_to_publish(
        self,
        signed_in: Callable[[User], Client],
        co_instructor_with: Callable[[str], User],
        course: Course,
        right: str,
    ) -> None:
        client = signed_in(co_instructor_with(right))

        assert client.get(f"{COURSES}{course.pk}/change/").status_code == 200
        assert client.post(f"{COURSES}{course.pk}/publish/", {"confirmed": "on"}).status_code == 403
        assert Course.objects.get(pk=course.pk).status == CourseStatus.DRAFT

    def test_the_right_to_publish_publishes_and_edits_nothing(
        self, signed_in: Callable[[User], Client], co_instructor_with: Callable[[str], User], course: Course
    ) -> None:
        client = signed_in(co_instructor_with("publish_course"))

        client.post(f"{COURSES}{course.pk}/publish/", {"confirmed": "on"})
        refused = client.post(f"{COURSES}{course.pk}/change/", {"title": "Changed"})

        assert Course.objects.get(pk=course.pk).status == CourseStatus.PUBLISHED
        assert refused.status_code == 403

    def test_the_right_to_edit_does_not_set_the_price(
        self, signed_in: Callable[[User], Client], co_instructor_with: Callable[[str], User], course: Course
    ) -> None:
        client = signed_in(co_instructor_with("edit_content"))
        facts = {
            "title": "New title",
            "code": course.code,
            "slug": course.slug,
            "category": course.category_id,
            "level": course.level,
            "language": course.language,
            "sort_order": 0,
            "price": "1.00",
        }

        answer = client.post(f"{COURSES}{course.pk}/change/", facts)

        course.refresh_from_db()
        assert answer.status_code == 302
        assert (course.title, str(course.price)) == ("New title", "49.00")


def test_what_somebody_may_not_do_to_a_selection_is_left_alone(
    signed_in: Callable[[User], Client], co_instructor_with: Callable[[str], User], course: Course
) -> None:
    client = signed_in(co_instructor_with("publish_course"))

    sentence = select(client, "publish", course)
    refused = client.post(COURSES, {"action": "archive", "_selected_action": [course.pk], "_confirmed": "yes"})

    assert "1 course published." in sentence
    assert refused.status_code in (200, 302, 403)
    assert Course.objects.get(pk=course.pk).archived_at is None


def test_no_address_of_an_action_works_by_get(as_administrator: Client, course: Course) -> None:
    for action in (
        "publish",
        "unpublish",
        "feature",
        "unfeature",
        "change-category",
        "archive",
        "restore",
        "new-version",
    ):
        assert as_administrator.get(f"{COURSES}{course.pk}/{action}/").status_code == 405

    assert Course.objects.get(pk=course.pk).updated_at <= timezone.now()
    assert course.history.count() == 1
