"""The page of a learner: what support is asked most, a tab for everything kept about them, and who sees what of it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import NamedTuple

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from apps.accounts.models import LoginEvent, Profile, User
from apps.assessments.models import Attempt
from apps.audit.recording import change_set
from apps.catalog.models import Course, CourseInstructor
from apps.catalog.states import CourseStatus
from apps.enrollments.access import access_now, is_open_now
from apps.enrollments.models import Enrollment, LessonProgress
from apps.enrollments.services import suspend_enrollment
from apps.enrollments.states import EnrollmentStatus
from apps.reviews.models import Review
from tests.recipes import assessments, catalog, enrollments, notifications, reviews
from tests.support.kept import kept_for_the_file
from tests.support.people import give_role, person, teach

TABS = ("access", "progress", "attempts", "review", "account", "profile", "sign-ins", "notifications", "changes")
MOST_QUERIES, MOST_FOR_ALL_KINDS = 20, 48


class Stage(NamedTuple):
    """A learner of three courses who was suspended in one, and the people who look at them."""

    learner: User
    support: User
    moderator: User
    instructor: User
    administrator: User
    courses: list[Course]


def make_stage() -> Stage:
    learner = person("learner", User.Role.STUDENT)
    stage = Stage(
        learner,
        give_role(person("su"), "support"),
        give_role(person("mo"), "moderator"),
        give_role(person("io", User.Role.INSTRUCTOR), "instructor"),
        person("ad", User.Role.ADMINISTRATOR),
        [catalog.course.make(title=f"Course {number}", status=CourseStatus.PUBLISHED) for number in range(3)],
    )
    teach(stage.instructor, stage.courses[0])
    Profile.objects.create(user=learner, bio="canary-bio", address="canary-street", phone_number="canary-555")
    for course in stage.courses:
        add_rows(learner, course)
    suspend_enrollment(
        Enrollment.objects.get(user=learner, course=stage.courses[1]),
        by=stage.administrator,
        reason="Shared their key.",
    )
    return stage


def add_rows(learner: User, course: Course) -> None:
    """One row of each kind the page shows."""
    lesson = catalog.lesson.make(course=course, module=catalog.module.make(course=course))
    enrollment = enrollments.enrollment.make(user=learner, course=course)
    LessonProgress.objects.create(enrollment=enrollment, lesson=lesson, is_completed=True, seconds_spent=120)
    assessments.attempt.make(user=learner, assessment=assessments.assessment.make(lesson=lesson))
    reviews.review.make(user=learner, course=course)
    LoginEvent.objects.create(user=learner, email=learner.email, outcome=LoginEvent.Outcome.SUCCESS)
    notifications.notification.make(recipient=learner, title="canary-told", kind="course_news")


@pytest.fixture(scope="module")
def stage_of_the_file(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Stage]:
    yield from kept_for_the_file("stage", request, django_db_blocker, make_stage)


@pytest.fixture
def stage(stage_of_the_file: Stage, db: None) -> Stage:
    return stage_of_the_file


def page(learner: User, tab: str = "") -> str:
    return reverse("admin:accounts_user_change", args=[learner.pk]) + (f"?tab={tab}" if tab else "")


def shown(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_support_reads_the_answer_first_and_why_a_course_is_closed(
    stage: Stage, signed_in: Callable[[User], Client]
) -> None:
    seen = shown(signed_in(stage.support), page(stage.learner))

    assert "Has access to 2 of 3 courses; never signed in; no subscription." in seen
    assert "The enrollment is suspended; reactivating it opens the course again." in seen
    assert "Shared their key." in seen
    assert stage.learner.email in seen
    assert f"/admin/accounts/user/{stage.learner.pk}/send-reset-mail/" in seen


def test_each_tab_shows_its_own_rows_and_hides_what_support_does_not_see(
    stage: Stage, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(stage.support)

    seen = {tab: shown(client, page(stage.learner, tab)) for tab in TABS}

    attempt = Attempt.objects.get(user=stage.learner, assessment__lesson__course=stage.courses[0])
    review = Review.objects.get(user=stage.learner, course=stage.courses[0])
    assert "Not yet" in seen["notifications"]
    assert "canary-told" not in "".join(seen.values())
    assert "2 min" in seen["progress"]
    assert "1 of 1" in seen["progress"]
    assert f"/admin/assessments/attempt/{attempt.pk}/" in seen["attempts"]
    assert f"/admin/reviews/review/{review.pk}/" in seen["review"]
    assert "Signed in" in seen["sign-ins"]
    assert "Signed in now" not in seen["sign-ins"]
    assert "canary-bio" in seen["profile"]
    assert "Shared their key." in seen["changes"]
    assert "canary-bio" in seen["changes"]
    assert not [tab for tab in TABS if "canary-street" in seen[tab] or "canary-555" in seen[tab]]
    assert not [tab for tab in TABS if 'name="_save"' in seen[tab]]


def test_the_page_costs_the_same_queries_however_much_a_learner_has_done(
    stage: Stage, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(stage.support)
    client.get("/admin/keys/")

    few = {tab: queries(client, page(stage.learner, tab)) for tab in TABS}
    for number in range(8):
        add_rows(stage.learner, catalog.course.make(title=f"More {number}", status=CourseStatus.PUBLISHED))
    many = {tab: queries(client, page(stage.learner, tab)) for tab in TABS}

    assert {tab: number for tab, number in many.items() if number > few[tab]} == {}
    assert few.pop("changes") <= MOST_FOR_ALL_KINDS
    assert max(few.values()) <= MOST_QUERIES


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)


@pytest.mark.parametrize("reader", ["moderator", "instructor"])
def test_who_sees_names_only_gets_one_tab_with_the_name(
    reader: str, stage: Stage, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(getattr(stage, reader))

    seen = [shown(client, page(stage.learner, tab)) for tab in ("", *TABS)]

    assert all("Robin Learner" in text for text in seen)
    assert not [text for text in seen if stage.learner.email in text or "canary-" in text or "Shared their key" in text]
    assert not [text for text in seen if "Has access to" in text or "tab=changes" in text or "Last changed" in text]


def test_the_timeline_tells_who_changed_what_of_theirs_and_why(
    stage: Stage, signed_in: Callable[[User], Client]
) -> None:
    with change_set(by=stage.administrator, reason="Teaches now.", title="Make them teach"):
        CourseInstructor.objects.create(course=stage.courses[2], user=stage.learner, revenue_share_percent=0)
    with change_set(by=stage.administrator, reason="Another person.", title="Not theirs"):
        enrollments.enrollment.make(course=stage.courses[2], user=person("somebody", User.Role.STUDENT))

    for_support = shown(signed_in(stage.support), page(stage.learner, "changes"))
    for_administrator = shown(signed_in(stage.administrator), page(stage.learner, "changes"))

    assert "Teaches now." in for_administrator
    assert "Teaches now." not in for_support
    assert "Shared their key." in for_support
    assert "Robin Ad" in for_support
    assert "Another person." not in for_administrator


def test_an_account_that_cannot_sign_in_says_why_first(stage: Stage, signed_in: Callable[[User], Client]) -> None:
    User.objects.filter(pk=stage.learner.pk).update(status=User.Status.SUSPENDED, is_active=False)

    seen = shown(signed_in(stage.support), page(stage.learner))

    assert "Cannot sign in." in seen
    assert "The account is suspended." in seen
    assert "Has access to 0 of 3 courses" in seen
    assert "The account cannot sign in." in seen


def test_a_colleague_without_courses_opens_at_the_account(stage: Stage, signed_in: Callable[[User], Client]) -> None:
    seen = shown(signed_in(stage.administrator), page(stage.moderator))

    assert 'href="?tab=account" aria-current="page"' in seen
    assert "tab=access" not in seen
    assert "Ask what they may do to a record" in seen


def test_a_learner_who_did_nothing_yet_is_told_apart_from_an_error(
    stage: Stage, signed_in: Callable[[User], Client]
) -> None:
    nobody = person("nobody", User.Role.STUDENT)
    client = signed_in(stage.support)

    seen = [shown(client, page(nobody, tab)) for tab in TABS]

    assert "Takes no course; never signed in; no subscription." in seen[0]
    assert "They take no course" in seen[0]
    assert "Nothing learned yet" in seen[1]
    assert "Nothing tried yet" in seen[2]


def test_what_the_words_say_of_access_is_what_the_database_counts(stage: Stage) -> None:
    now, learner = timezone.now(), person("many", User.Role.STUDENT)
    ends = (None, now - timedelta(days=1), now + timedelta(days=1))
    for status in EnrollmentStatus:
        for end in ends:
            for course in (CourseStatus.PUBLISHED, CourseStatus.UNPUBLISHED, CourseStatus.DRAFT, CourseStatus.ARCHIVED):
                gone = now if course == CourseStatus.ARCHIVED else None
                made = catalog.course.make(status=course, archived_at=gone)
                enrollments.enrollment.make(user=learner, course=made, status=status, access_ends_at=end)

    rows = Enrollment.with_archived.filter(user=learner).select_related("course", "user")
    open_by_words = {row.pk for row in rows if access_now(row).is_open}

    assert open_by_words == set(rows.filter(is_open_now()).values_list("pk", flat=True))
    assert len(open_by_words) == 4
    assert all(access_now(row).because.endswith(".") for row in rows)


def test_the_page_leads_to_enrolling_this_person_and_nobody_hidden(
    stage: Stage, signed_in: Callable[[User], Client]
) -> None:
    address = f"{reverse('admin:enrollments_enrollment_add')}?user={stage.learner.pk}"

    for_administrator = shown(signed_in(stage.administrator), address)
    for_instructor = shown(signed_in(stage.instructor), address)

    assert address in shown(signed_in(stage.administrator), page(stage.learner))
    assert f'value="{stage.learner.email}"' in for_administrator
    assert stage.learner.email not in for_instructor
