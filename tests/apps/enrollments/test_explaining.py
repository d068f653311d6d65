"""Why a learner can or cannot open a course: each thing that closes it has a sentence, and nothing else does."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Course, Lesson
from apps.enrollments import services
from apps.enrollments.explaining import Answer, explain_access, explain_levels
from apps.enrollments.models import Enrollment
from apps.subscriptions.services import pause_subscription
from tests.apps.catalog.screens import text
from tests.recipes import catalog, enrollments, subscriptions
from tests.support.commands import run

Prepare = Callable[[Enrollment, User], object]
IN_A_MONTH = timezone.now() + timedelta(days=30)


@pytest.fixture
def taken(enrollment: Enrollment, lesson: Lesson) -> Enrollment:
    """An enrollment in a published course with a lesson for people who are signed in."""
    Course.objects.filter(pk=enrollment.course_id).update(status=Course.Status.PUBLISHED)
    enrollment.refresh_from_db()
    return enrollment


def answer_for(taken: Enrollment, lesson: Lesson | None = None) -> Answer:
    course = Course.with_archived.get(pk=taken.course_id)
    return explain_access(User.with_archived.get(pk=taken.user_id), course, lesson)


def changed(taken: Enrollment, **facts: object) -> None:
    Enrollment.objects.filter(pk=taken.pk).update(**facts)


def course_changed(taken: Enrollment, **facts: object) -> None:
    Course.objects.filter(pk=taken.course_id).update(**facts)


def person_changed(taken: Enrollment, **facts: object) -> None:
    for name, value in facts.items():
        setattr(taken.user, name, value)
    taken.user.save()


def dropped(taken: Enrollment, by: User) -> None:
    services.drop_enrollment(taken, by=by, reason="Asked by phone")


OPEN: dict[str, tuple[Prepare, str]] = {
    "enrolled": (lambda taken, by: None, "They are enrolled, without an end."),  # noqa: ARG005
    "with an end": (
        lambda taken, by: changed(taken, access_ends_at=IN_A_MONTH),  # noqa: ARG005
        "They are enrolled, until ",
    ),
    "completed": (
        lambda taken, by: services.complete_enrollment(taken, by=by),
        "They completed the course, and it stays open to them without an end.",
    ),
}
CLOSED: dict[str, tuple[Prepare, str]] = {
    "draft": (lambda taken, by: course_changed(taken, status="draft"), "The course is a draft"),  # noqa: ARG005
    "unpublished": (
        lambda taken, by: course_changed(taken, status="unpublished"),  # noqa: ARG005
        "The course is not published any more",
    ),
    "archived course": (
        lambda taken, by: course_changed(taken, archived_at=timezone.now()),  # noqa: ARG005
        "The course is archived",
    ),
    "suspended person": (
        lambda taken, by: person_changed(taken, status=User.Status.SUSPENDED),  # noqa: ARG005
        "The account is suspended, so that they cannot sign in.",
    ),
    "archived person": (
        lambda taken, by: person_changed(taken, archived_at=timezone.now()),  # noqa: ARG005
        "The account was archived on ",
    ),
    "not enrolled": (
        lambda taken, by: services.delete_enrollment(taken, by=by),
        "They are not enrolled in Python from the first line.",
    ),
    "archived": (lambda taken, by: services.archive_enrollment(taken, by=by), "Their enrollment is archived."),
    "waiting": (
        lambda taken, by: changed(taken, status="waitlisted"),  # noqa: ARG005
        "They wait for a seat, as the 1st of 1 on the waiting list.",
    ),
    "dropped": (dropped, "Activate the enrollment to let them in. The reason given: Asked by phone."),
    "suspended": (
        lambda taken, by: services.suspend_enrollment(taken, by=by, reason="Payment is late."),
        "Resume it to let them in. The reason given: Payment is late.",
    ),
    "expired": (lambda taken, by: services.expire_enrollment(taken, by=by), "Extend it to let them in."),
    "past its end": (
        lambda taken, by: changed(taken, access_ends_at=timezone.now()),  # noqa: ARG005
        "Their access ended on ",
    ),
    "transferred": (
        lambda taken, by: services.transfer_enrollment(taken, catalog.course.make(), by=by),
        "They were transferred to another course on ",
    ),
}


@pytest.mark.parametrize("case", [*OPEN, *CLOSED])
def test_each_thing_that_decides_is_said_and_nothing_else(taken: Enrollment, administrator: User, case: str) -> None:
    prepare, sentence = (OPEN | CLOSED)[case]
    prepare(taken, administrator)

    answer = answer_for(taken)

    assert answer.is_open is (case in OPEN)
    assert len(answer.because) == 1
    assert sentence in answer.because[0]


def test_everything_that_closes_is_named_at_once(taken: Enrollment, administrator: User) -> None:
    course_changed(taken, status="unpublished")
    person_changed(taken, status=User.Status.SUSPENDED)
    services.drop_enrollment(taken, by=administrator)

    assert len(answer_for(taken).because) == 3


def test_a_lesson_is_open_by_its_level(taken: Enrollment, lesson: Lesson, administrator: User) -> None:
    module = lesson.module
    preview = catalog.lesson.make(module=module, code="l2", is_free_preview=True)
    guest = catalog.lesson.make(module=module, code="l3", access_level="guest")
    premium = catalog.lesson.make(module=module, code="l4", access_level="premium", registered_content="A summary.")

    with_nothing = [answer_for(taken, one) for one in (preview, guest, lesson, premium)]
    subscription = subscriptions.subscription.make(user=taken.user)
    subscribed = answer_for(taken, premium)
    pause_subscription(subscription, by=administrator, reason="Asked.")
    paused = answer_for(taken, premium)
    services.drop_enrollment(taken, by=administrator)
    left = [answer_for(taken, one).is_open for one in (preview, guest, lesson, premium)]

    assert [answer.is_open for answer in with_nothing] == [True, True, True, False]
    assert with_nothing[3].because == (
        "The lesson is premium. They have no subscription. They are shown the version for people without premium.",
    )
    assert subscribed.is_open
    assert "their subscription opens premium lessons" in subscribed.because[1]
    assert "is paused" in paused.because[0]
    assert left == [True, True, False, False]


def test_an_archived_lesson_and_one_of_another_course_are_closed(
    taken: Enrollment, lesson: Lesson, other_course: Course
) -> None:
    elsewhere = catalog.lesson.make(course=other_course, module=catalog.module.make(course=other_course))
    lesson.archived_at = timezone.now()

    assert answer_for(taken, lesson).because == ("The lesson is archived.",)
    assert answer_for(taken, elsewhere).because == (
        "The lesson belongs to another course than Python from the first line.",
    )


def test_the_page_of_an_enrollment_says_it_for_each_level(
    as_administrator: Client, taken: Enrollment, lesson: Lesson
) -> None:
    catalog.lesson.make(module=lesson.module, code="l2", access_level="premium")

    shown = text(as_administrator.get(f"/admin/enrollments/enrollment/{taken.pk}/change/?tab=access"))

    assert [(one.label, one.number, one.answer.is_open) for one in explain_levels(taken)] == [
        ("Registered", 1, True),
        ("Premium", 1, False),
    ]
    assert "The learner can open this course." in shown
    assert "They have no subscription." in shown


def test_an_account_is_nothing_for_those_who_see_no_more_of_people_than_their_names(
    as_administrator: Client, as_instructor: Client, taken: Enrollment
) -> None:
    person_changed(taken, status=User.Status.SUSPENDED)
    address = f"/admin/enrollments/enrollment/{taken.pk}/change/?tab=access"

    whole, narrow = text(as_administrator.get(address)), text(as_instructor.get(address))

    assert "The account is suspended" in whole
    assert "The account is suspended" not in narrow
    assert "Whether they can sign in is not shown to you; support knows." in narrow


def test_the_command_says_it_in_a_terminal(taken: Enrollment, lesson: Lesson) -> None:
    enrollments.enrollment.make()
    asked = ("enrollments", "explain", "Student@example.org", "py-101")

    opened, as_json = run(*asked), run(*asked, "l1", "--json")
    refused = [
        run(*asked, "nothing"),
        run(*asked[:3], "nothing"),
        run("enrollments", "explain", "nobody@example.org", "PY-101"),
    ]

    assert (opened.code, opened.out) == (0, "Open.\n- They are enrolled, without an end.\n")
    assert as_json.json == {"open": True, "because": ["They are enrolled, without an end."]}
    assert [(ran.code, ran.err) for ran in refused] == [
        (2, "This course has no lesson with this code."),
        (2, "There is no course with this code."),
        (2, "Nobody has this address."),
    ]
