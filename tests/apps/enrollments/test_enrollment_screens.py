"""The screens of enrollments and progress: what they show, do and refuse, and for whom."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment, LessonProgress
from apps.enrollments.states import EnrollmentStatus
from tests.apps.catalog.screens import MOST_QUERIES, fill, said, text
from tests.recipes import accounts, enrollments

ENROLLMENTS = "/admin/enrollments/enrollment/"
PROGRESS = "/admin/enrollments/lessonprogress/"
Status = EnrollmentStatus


def page(enrollment: Enrollment, tab: str = "") -> str:
    return f"{ENROLLMENTS}{enrollment.pk}/change/{f'?tab={tab}' if tab else ''}"


def act(client: Client, enrollment: Enrollment, action: str, **asked: Any) -> Any:
    return client.post(f"{ENROLLMENTS}{enrollment.pk}/{action}/", {"reason": "Asked by phone.", **asked})


def test_a_row_says_who_takes_what(as_administrator: Client, enrollment: Enrollment) -> None:
    shown = text(as_administrator.get(ENROLLMENTS))

    for expected in ("Robin Student", "student@example.org", "Python from the first line", "Active"):
        assert expected in shown


@pytest.mark.django_db
def test_empty_lists_say_what_belongs_here(as_administrator: Client) -> None:
    assert "An enrollment is one learner in one course." in text(as_administrator.get(ENROLLMENTS))
    assert "What learners do in their lessons appears here" in text(as_administrator.get(PROGRESS))


@pytest.mark.parametrize("number", [10, 1000])
@pytest.mark.parametrize("address", [ENROLLMENTS, PROGRESS])
def test_the_lists_take_the_same_queries_for_ten_and_for_a_thousand(
    as_administrator: Client,
    course: Course,
    number: int,
    address: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    fill(course, 10)
    lesson = course.lessons.first()
    people = User.objects.bulk_create(User(email=f"p{n}@example.org") for n in range(number))
    rows = Enrollment.objects.bulk_create(Enrollment(user=one, course=course) for one in people)
    LessonProgress.objects.bulk_create(LessonProgress(enrollment=row, lesson=lesson) for row in rows)
    as_administrator.get("/admin/")

    with django_assert_max_num_queries(MOST_QUERIES):
        as_administrator.get(address)


@pytest.mark.parametrize("tab", ["facts", "access", "progress", "history"])
def test_no_tab_takes_more_queries_than_it_may(
    as_administrator: Client, enrollment: Enrollment, tab: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    fill(enrollment.course, 1000)
    LessonProgress.objects.bulk_create(
        LessonProgress(enrollment=enrollment, lesson=lesson) for lesson in enrollment.course.lessons.all()
    )
    as_administrator.get("/admin/")

    with django_assert_max_num_queries(MOST_QUERIES):
        answer = as_administrator.get(page(enrollment, tab))

    assert answer.status_code == 200


def test_the_progress_tab_shows_every_lesson_and_what_was_done(
    as_administrator: Client, lesson_progress: LessonProgress
) -> None:
    lesson_progress.is_completed, lesson_progress.seconds_spent = True, 600
    lesson_progress.save()

    shown = text(as_administrator.get(page(lesson_progress.enrollment, "progress")))

    assert "1 of 1 lessons completed" in shown
    assert "What a variable is" in shown
    assert "10 min" in shown


def test_progress_of_a_course_without_lessons_says_so(as_administrator: Client, enrollment: Enrollment) -> None:
    assert "This course has no lessons yet" in text(as_administrator.get(page(enrollment, "progress")))


def test_a_learner_is_enrolled_from_the_tab_of_the_course(
    as_administrator: Client, course: Course, student: User
) -> None:
    answer = as_administrator.post(
        f"{ENROLLMENTS}add/?course={course.pk}",
        {"course": course.pk, "learner_email": " Student@example.org", "access_ends_at_0": "", "access_ends_at_1": ""},
    )

    made = Enrollment.objects.get(course=course, user=student)
    assert answer["Location"] == f"/admin/catalog/course/{course.pk}/change/?tab=learners"
    assert (made.status, made.source) == (Status.ACTIVE, Enrollment.Source.STAFF)


@pytest.mark.parametrize(
    ("email", "sentence"),
    [("nobody@example.org", "Nobody has this address."), ("student@example.org", "is enrolled in")],
)
def test_what_cannot_be_enrolled_is_refused_in_words(
    as_administrator: Client, enrollment: Enrollment, email: str, sentence: str
) -> None:
    answer = as_administrator.post(
        f"{ENROLLMENTS}add/?course={enrollment.course.pk}", {"course": enrollment.course.pk, "learner_email": email}
    )

    assert sentence in text(answer)
    assert Enrollment.objects.count() == 1


@pytest.mark.parametrize(
    ("before", "action", "after"),
    [
        (Status.ACTIVE, "complete", Status.COMPLETED),
        (Status.ACTIVE, "suspend", Status.SUSPENDED),
        (Status.SUSPENDED, "resume", Status.ACTIVE),
        (Status.ACTIVE, "drop", Status.DROPPED),
        (Status.ACTIVE, "expire", Status.EXPIRED),
        (Status.WAITLISTED, "activate", Status.ACTIVE),
        (Status.DROPPED, "activate", Status.ACTIVE),
    ],
)
def test_every_state_is_reached_by_an_action_with_a_reason(
    as_administrator: Client, course: Course, before: str, action: str, after: str
) -> None:
    enrollment = enrollments.enrollment.make(course=course, status=before)

    act(as_administrator, enrollment, action)

    enrollment.refresh_from_db()
    assert enrollment.status == after
    assert enrollment.history.first().history_change_reason == "Asked by phone."


def test_an_action_without_a_reason_changes_nothing(as_administrator: Client, enrollment: Enrollment) -> None:
    act(as_administrator, enrollment, "drop", reason="")

    enrollment.refresh_from_db()
    assert enrollment.status == Status.ACTIVE


def test_a_way_that_is_not_open_is_refused_in_words(as_administrator: Client, course: Course) -> None:
    enrollment = enrollments.enrollment.make(course=course, status=Status.COMPLETED)

    answer = act(as_administrator, enrollment, "drop")

    assert "This enrollment is completed and cannot become dropped." in said(answer)


def test_access_is_extended(as_administrator: Client, course: Course) -> None:
    enrollment = enrollments.enrollment.make(course=course, status=Status.EXPIRED)
    until = timezone.localtime(timezone.now() + timedelta(days=30))

    act(as_administrator, enrollment, "extend", until_0=f"{until:%Y-%m-%d}", until_1="12:00:00")

    enrollment.refresh_from_db()
    assert enrollment.status == Status.ACTIVE
    assert enrollment.access_ends_at is not None
    assert enrollment.access_ends_at.date() == until.date()


def test_a_selection_is_suspended_and_the_rest_is_named(as_administrator: Client, course: Course) -> None:
    active = enrollments.enrollment.make(course=course)
    dropped = enrollments.enrollment.make(course=course, status=Status.DROPPED)
    data = {"action": "suspend", "_selected_action": [active.pk, dropped.pk], "_confirmed": "yes", "reason": "Audit."}

    sentence = said(as_administrator.post(ENROLLMENTS, data))

    assert "1 enrollment suspended." in sentence
    assert "1 enrollment left alone." in sentence


def test_an_enrollment_is_archived_restored_and_deleted(as_administrator: Client, enrollment: Enrollment) -> None:
    act(as_administrator, enrollment, "archive")
    assert not Enrollment.objects.exists()

    act(as_administrator, enrollment, "restore")
    assert Enrollment.objects.exists()

    as_administrator.post(f"{ENROLLMENTS}{enrollment.pk}/delete/", {"post": "yes"})
    assert not Enrollment.with_archived.exists()


def test_facts_of_an_enrollment_are_not_typed_over(as_administrator: Client, enrollment: Enrollment) -> None:
    assert as_administrator.post(page(enrollment), {"status": "completed"}).status_code == 403


class TestWhoSeesWhat:
    """The rows of the matrix for enrollments and progress."""

    def test_the_instructor_manages_their_learners_and_does_not_know_others(
        self, as_instructor: Client, enrollment: Enrollment, other_course: Course
    ) -> None:
        foreign = enrollments.enrollment.make(course=other_course, user=accounts.person.make(last_name="Elsewhere"))

        assert "Elsewhere" not in text(as_instructor.get(ENROLLMENTS))
        assert as_instructor.get(page(foreign)).status_code == 404
        assert act(as_instructor, foreign, "drop").status_code == 404
        assert act(as_instructor, enrollment, "suspend").status_code == 302
        assert Enrollment.objects.get(pk=enrollment.pk).status == Status.SUSPENDED
        assert Enrollment.objects.get(pk=foreign.pk).status == Status.ACTIVE

    @pytest.mark.parametrize("right", ["view_course", "edit_content", "publish_course", "export_data"])
    def test_other_rights_on_the_course_only_look(
        self,
        signed_in: Callable[[User], Client],
        co_instructor_with: Callable[[str], User],
        enrollment: Enrollment,
        right: str,
    ) -> None:
        client = signed_in(co_instructor_with(right))

        assert client.get(page(enrollment)).status_code == 200
        assert act(client, enrollment, "drop").status_code == 403
        assert client.get(f"{ENROLLMENTS}add/").status_code == 403
        assert Enrollment.objects.get(pk=enrollment.pk).status == Status.ACTIVE

    def test_managers_and_support_read(
        self, as_manager: Client, as_support: Client, as_moderator: Client, enrollment: Enrollment
    ) -> None:
        for client in (as_manager, as_support):
            assert client.get(page(enrollment)).status_code == 200
            assert act(client, enrollment, "drop").status_code == 403
        assert as_moderator.get(ENROLLMENTS).status_code == 403

    def test_progress_is_read_and_never_written(
        self, as_administrator: Client, lesson_progress: LessonProgress
    ) -> None:
        address = f"{PROGRESS}{lesson_progress.pk}/change/"

        assert as_administrator.get(address).status_code == 200
        assert as_administrator.post(address, {"is_completed": "on"}).status_code == 403
        assert as_administrator.get(f"{PROGRESS}add/").status_code == 403

    @pytest.mark.parametrize("address", [f"{ENROLLMENTS}?q={{}}", "/admin/search/?s={}"])
    def test_an_address_that_is_not_shown_finds_nobody_either(
        self, as_instructor: Client, as_administrator: Client, enrollment: Enrollment, address: str
    ) -> None:
        enrollment.user.email = "hidden.canary@example.org"
        enrollment.user.save()

        by_name, by_address, shown = (
            text(client.get(address.format(words)))
            for client, words in (
                (as_instructor, "student"),
                (as_instructor, "hidden.canary"),
                (as_administrator, "hidden.canary"),
            )
        )

        assert [enrollment.learner_name in page for page in (by_name, by_address, shown)] == [True, False, True]
