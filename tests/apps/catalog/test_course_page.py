"""The page of a course: its head, its tabs with real rows, and what each says when there is nothing."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.catalog.models import Course, CourseInstructor, Lesson
from apps.catalog.services import publish_course
from apps.enrollments.models import Enrollment
from tests.apps.catalog.screens import MOST_QUERIES, fill, page, text
from tests.recipes import accounts, catalog, enrollments

TABS = ("facts", "curriculum", "instructors", "learners", "resources", "history")


def test_the_head_shows_state_figures_and_what_stands_before_publication(
    as_administrator: Client, course: Course
) -> None:
    course.instructors.all().delete()

    shown = text(as_administrator.get(page("course", course)))

    assert "Python from the first line" in shown
    assert "Draft" in shown
    assert "To publish it, add" in shown
    assert "an active instructor." in shown
    assert "Last changed" in shown


def test_warnings_are_shown_before_publication(as_administrator: Client, course: Course) -> None:
    shown = text(as_administrator.get(page("course", course)))

    assert "Before you publish:" in shown
    assert "It has no lessons." in shown


def test_lists_of_words_are_read_as_lines_and_written_as_lines(
    as_manager: Client, as_administrator: Client, course: Course
) -> None:
    course.skills = ["Loops", "<b>Names</b>"]
    course.requirements = []
    course.save()

    by_reader, by_writer = (text(client.get(page("course", course))) for client in (as_manager, as_administrator))

    assert "Loops<br>&lt;b&gt;Names&lt;/b&gt;" in by_reader
    assert "<textarea" not in by_reader
    assert ">[]" not in "".join(by_reader.split())
    assert "Loops\n&lt;b&gt;Names&lt;/b&gt;</textarea>" in by_writer


def test_the_curriculum_shows_modules_with_their_lessons(as_administrator: Client, lesson: Lesson) -> None:
    shown = text(as_administrator.get(page("course", lesson.course, "curriculum")))

    assert "First steps" in shown
    assert "What a variable is" in shown
    assert f"/admin/catalog/lesson/{lesson.pk}/change/" in shown
    assert "data-arrange" in shown


def test_the_learners_are_real_rows(as_administrator: Client, enrollment: Enrollment) -> None:
    shown = text(as_administrator.get(page("course", enrollment.course, "learners")))

    assert "student@example.org" in shown
    assert "Enroll a learner" in shown
    assert f"course__id__exact={enrollment.course.pk}" in shown


def test_the_resources_are_real_rows(as_administrator: Client, lesson: Lesson) -> None:
    catalog.resource.make(lesson=lesson, title="The slides of the first hour")

    shown = text(as_administrator.get(page("course", lesson.course, "resources")))

    assert "The slides of the first hour" in shown


def test_the_history_says_who_and_why(as_administrator: Client, course: Course, manager: User) -> None:
    publish_course(course, by=manager, reason="The term begins.")

    shown = text(as_administrator.get(page("course", course, "history")))

    assert "Robin Manager" in shown
    assert "The term begins." in shown


@pytest.mark.parametrize(
    ("tab", "sentence"),
    [
        ("curriculum", "Add the first one, or import them from a file."),
        ("instructors", "It needs an active instructor before it can be published."),
        ("learners", "Enroll the first learner here"),
        ("resources", "Resources belong to lessons, and this course has none yet."),
    ],
)
def test_an_empty_tab_says_what_to_do_next(
    as_administrator: Client, other_course: Course, tab: str, sentence: str
) -> None:
    shown = text(as_administrator.get(page("course", other_course, tab)))

    assert sentence in shown


def test_an_unknown_tab_shows_the_first(as_administrator: Client, course: Course) -> None:
    shown = text(as_administrator.get(page("course", course, "nonsense")))

    assert 'aria-current="page">Facts' in shown


@pytest.mark.parametrize("tab", TABS)
def test_no_tab_takes_more_queries_with_a_thousand_rows_than_it_may(
    as_administrator: Client,
    course: Course,
    tab: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    fill(course, 1000)
    people = User.objects.bulk_create(User(email=f"p{n}@example.org") for n in range(1000))
    Enrollment.objects.bulk_create(Enrollment(user=one, course=course) for one in people)
    for _ in range(10):
        catalog.course_instructor.make(course=course, role=CourseInstructor.Role.ASSISTANT)

    as_administrator.get("/admin/")
    with django_assert_max_num_queries(MOST_QUERIES):
        as_administrator.get(page("course", course, tab))


@pytest.mark.parametrize("tab", TABS)
def test_an_instructor_pays_no_more_queries_for_the_rights_than_there_may_be(
    as_instructor: Client, course: Course, tab: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    fill(course, 10)
    as_instructor.get("/admin/")

    with django_assert_max_num_queries(MOST_QUERIES):
        answer = as_instructor.get(page("course", course, tab))

    assert answer.status_code == 200


def test_learners_are_paged(as_administrator: Client, course: Course) -> None:
    for number in range(30):
        person = accounts.person.make(email=f"l{number}@example.org", first_name="Lee", last_name=f"No{number}")
        enrollments.enrollment.make(course=course, user=person)

    shown = text(as_administrator.get(page("course", course, "learners")))
    rest = text(as_administrator.get(f"{page('course', course, 'learners')}&page=2"))

    assert "1–25 of 30" in shown
    assert "26–30 of 30" in rest
