"""Answering requests for rights: who sees and decides, what is given, and what is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import AccessRequest, Course, CourseUserGrant
from apps.notifications.models import Notification
from apps.records.policy import policy_for
from tests.apps.catalog.asking import LIST, ask, holds, page_of, press, publish, told, words_of
from tests.recipes import catalog
from tests.support.people import grant, person

pytestmark = pytest.mark.django_db

State = AccessRequest.State
SignIn = Callable[[User], Client]


# Answering


def test_granting_gives_the_right_tells_who_asked_and_is_one_change(
    as_viewer: Client, viewer: User, as_instructor: Client, instructor: User, course: Course
) -> None:
    asked = ask(as_viewer, publish(course))
    before = ChangeSet.objects.count()

    press(as_instructor, "grant", asked, reason="For the new term.")

    asked.refresh_from_db()
    assert (asked.state, asked.decided_by, asked.decision_reason) == (State.GRANTED, instructor, "For the new term.")
    given = CourseUserGrant.objects.get(user=viewer, permission__codename="publish_course")
    assert (given.granted_by, given.reason, given.expires_at) == (instructor, "For the new term.", None)
    assert told(viewer) == [f"You may now publish the course “{course}”"]
    assert told(instructor) == []
    assert ChangeSet.objects.count() == before + 1
    assert as_viewer.post(publish(course)).status_code == 302


def test_a_right_can_be_granted_until_a_moment(
    as_viewer: Client, viewer: User, as_instructor: Client, course: Course
) -> None:
    asked = ask(as_viewer, publish(course))
    end = (timezone.localtime() + timedelta(days=3)).replace(second=0, microsecond=0)

    press(as_instructor, "grant", asked, reason="For the new term.", expires_at=end.strftime("%Y-%m-%dT%H:%M"))

    assert CourseUserGrant.objects.get(user=viewer, permission__codename="publish_course").expires_at == end


def test_the_reason_of_the_grant_is_prefilled_with_what_was_asked(
    as_viewer: Client, as_instructor: Client, course: Course
) -> None:
    asked = ask(as_viewer, publish(course), note="The term begins.")

    dialog = as_instructor.get(
        reverse("admin:catalog_accessrequest_grant", args=[asked.pk]), headers={"HX-Request": "true"}
    )

    assert f"They asked to publish the course “{course}”. The term begins." in words_of(dialog)


def refused(client: Client, action: str, asked: AccessRequest, sentence: str, **data: Any) -> None:
    """The answer says so, the request waits on, and nobody got or was told anything."""
    notified = Notification.objects.count()

    answer = press(client, action, asked, **data)

    assert sentence in words_of(answer)
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by, asked.decision_reason) == (State.OPEN, None, "")
    assert Notification.objects.count() == notified


def test_granting_what_they_hold_by_now_is_refused(
    as_viewer: Client, viewer: User, as_instructor: Client, course: Course
) -> None:
    asked = ask(as_viewer, publish(course))
    grant(viewer, "publish_course", course)

    refused(as_instructor, "grant", asked, f"{viewer} may publish on {course} by now.", reason="Yes.")


def test_an_end_that_has_passed_is_refused(
    as_viewer: Client, viewer: User, as_instructor: Client, course: Course
) -> None:
    asked = ask(as_viewer, publish(course))

    refused(as_instructor, "grant", asked, "This end has passed", reason="Yes.", expires_at="2020-01-01T00:00")
    assert not holds(viewer, "publish_course")


@pytest.mark.parametrize("action", ["grant", "decline"])
def test_an_answer_without_a_reason_is_refused(
    as_viewer: Client, viewer: User, as_instructor: Client, course: Course, action: str
) -> None:
    asked = ask(as_viewer, publish(course))

    refused(as_instructor, action, asked, "This field is required", reason=" ")
    assert not holds(viewer, "publish_course")


def test_nobody_grants_a_right_they_do_not_hold(
    as_viewer: Client, viewer: User, course: Course, signed_in: SignIn
) -> None:
    asked = ask(as_viewer, publish(course))
    giver = person("giver")
    grant(giver, "grant_access", course)

    refused(signed_in(giver), "grant", asked, "You can grant only what you hold.", reason="Yes.")
    assert not holds(viewer, "publish_course")


def test_a_second_answer_is_refused(
    as_viewer: Client, as_instructor: Client, as_administrator: Client, instructor: User, course: Course
) -> None:
    asked = ask(as_viewer, publish(course))
    press(as_instructor, "decline", asked, reason="Not now.")

    answer = press(as_administrator, "grant", asked, reason="Yes.")

    assert f"This request was declined by {instructor} already." in words_of(answer)
    asked.refresh_from_db()
    assert (asked.state, asked.decision_reason) == (State.DECLINED, "Not now.")
    assert not holds(asked.requester, "publish_course")


def test_declining_tells_who_asked_and_why(
    as_viewer: Client, viewer: User, as_instructor: Client, instructor: User, course: Course
) -> None:
    asked = ask(as_viewer, publish(course))

    press(as_instructor, "decline", asked, reason="Two lessons are missing.")

    notification = Notification.objects.get(recipient=viewer)
    assert notification.title == f"You may not publish the course “{course}”"
    assert notification.text == f"{instructor}: Two lessons are missing."
    assert notification.link == page_of(asked)
    assert told(instructor) == []
    assert not holds(viewer, "publish_course")


@pytest.mark.parametrize("change", [{"status": User.Status.SUSPENDED}, {"role": User.Role.STUDENT}])
@pytest.mark.parametrize("action", ["grant", "settle"])
def test_the_request_of_somebody_who_has_left_is_closed_with_a_sentence(
    viewer: User, as_administrator: Client, course: Course, change: dict[str, str], action: str
) -> None:
    right = "publish_course" if action == "grant" else ""
    asked = catalog.access_request.make(requester=viewer, course=course, right=right, wish="publish it")
    for name, value in change.items():
        setattr(viewer, name, value)
    viewer.save()

    answer = press(as_administrator, action, asked, reason="Yes.")

    assert f"The request of {viewer} is declined. {viewer} cannot open the console any more." in words_of(answer)
    asked.refresh_from_db()
    assert asked.state == State.DECLINED
    assert not holds(viewer, "publish_course")


def test_an_administrator_settles_what_no_right_opens(
    as_viewer: Client, viewer: User, as_administrator: Client
) -> None:
    asked = ask(as_viewer, reverse("admin:catalog_course_add"))

    press(as_administrator, "settle", asked, reason="You have the role of an instructor now.")

    asked.refresh_from_db()
    assert asked.state == State.GRANTED
    assert told(viewer) == ["You may now add courses"]


@pytest.mark.parametrize(
    ("action", "right", "sentence"),
    [
        ("grant", "", "It asks for no right on a course."),
        ("settle", "publish_course", "Grant the request instead."),
    ],
)
def test_each_kind_of_request_has_its_own_answer(
    viewer: User, as_administrator: Client, course: Course, action: str, right: str, sentence: str
) -> None:
    asked = catalog.access_request.make(requester=viewer, course=course, right=right)

    refused(as_administrator, action, asked, sentence, reason="Yes.")


def test_who_asked_takes_the_request_back(as_viewer: Client, instructor: User, course: Course) -> None:
    asked = ask(as_viewer, publish(course))

    answer = press(as_viewer, "withdraw", asked)

    assert "Your request is withdrawn." in words_of(answer)
    asked.refresh_from_db()
    assert asked.state == State.WITHDRAWN
    assert told(instructor) == []
    assert ask(as_viewer, publish(course)).pk != asked.pk


# Who sees and decides


@pytest.mark.parametrize("action", ["grant", "decline", "settle"])
def test_nobody_decides_on_their_own_request(viewer: User, course: Course, signed_in: SignIn, action: str) -> None:
    for right in ("grant_access", "publish_course"):
        grant(viewer, right, course)
    asked = catalog.access_request.make(requester=viewer, course=course, right="edit_content")

    answer = press(signed_in(viewer), action, asked, reason="Yes.")

    assert answer.status_code == 403
    asked.refresh_from_db()
    assert asked.is_open


def test_not_even_an_administrator_decides_on_their_own(
    administrator: User, as_administrator: Client, course: Course
) -> None:
    asked = catalog.access_request.make(requester=administrator, course=course)

    assert press(as_administrator, "decline", asked, reason="Yes.").status_code == 403
    asked.refresh_from_db()
    assert asked.is_open


def test_only_who_asked_takes_a_request_back(
    as_viewer: Client, as_instructor: Client, as_administrator: Client, course: Course
) -> None:
    asked = ask(as_viewer, publish(course))

    for client in (as_instructor, as_administrator):
        assert press(client, "withdraw", asked).status_code == 403
    asked.refresh_from_db()
    assert asked.is_open


def test_requests_are_seen_by_who_asked_by_who_gives_rights_there_and_by_administrators(
    viewer: User,
    as_viewer: Client,
    as_instructor: Client,
    as_administrator: Client,
    as_manager: Client,
    course: Course,
    other_course: Course,
    other_instructor: User,
    signed_in: SignIn,
) -> None:
    here = catalog.access_request.make(requester=viewer, course=course, wish="canary-here")
    elsewhere = catalog.access_request.make(course=other_course, wish="canary-elsewhere")

    def seen(client: Client) -> tuple[bool, bool]:
        listed = client.get(LIST).content.decode()
        found = tuple(client.get(page_of(asked)).status_code == 200 for asked in (here, elsewhere))
        assert found == ("canary-here" in listed, "canary-elsewhere" in listed)
        return found

    assert seen(as_viewer) == (True, False)
    assert seen(as_instructor) == (True, False)
    assert seen(as_administrator) == (True, True)
    assert seen(as_manager) == (False, False)
    assert seen(signed_in(other_instructor)) == (False, False)


@pytest.mark.parametrize("right", ["", "grant_access"])
def test_what_only_administrators_give_an_instructor_sees_but_does_not_decide(
    viewer: User, as_instructor: Client, course: Course, right: str
) -> None:
    asked = catalog.access_request.make(requester=viewer, course=course, right=right)

    assert as_instructor.get(page_of(asked)).status_code == 200
    for action in ("grant", "settle", "decline"):
        assert press(as_instructor, action, asked, reason="Yes.").status_code == 403
    asked.refresh_from_db()
    assert asked.is_open


def test_somebody_elses_request_does_not_exist(as_manager: Client, viewer: User, course: Course) -> None:
    asked = catalog.access_request.make(requester=viewer, course=course)

    for action in ("grant", "decline", "withdraw"):
        assert press(as_manager, action, asked, reason="Yes.").status_code == 404
    asked.refresh_from_db()
    assert asked.is_open


def test_an_administrator_grants_what_the_lead_instructor_cannot(
    viewer: User, as_administrator: Client, course: Course
) -> None:
    asked = catalog.access_request.make(requester=viewer, course=course, right="grant_access")

    press(as_administrator, "grant", asked, reason="Yes.")

    assert holds(viewer, "grant_access")


def test_a_request_is_added_changed_and_deleted_by_nobody(
    as_administrator: Client, viewer: User, course: Course
) -> None:
    asked = catalog.access_request.make(requester=viewer, course=course, wish="publish it")

    assert as_administrator.get(f"{LIST}add/").status_code == 403
    assert as_administrator.post(page_of(asked), {"wish": "delete it"}).status_code == 403
    assert as_administrator.post(f"{LIST}{asked.pk}/delete/", {"post": "yes"}).status_code == 403
    asked.refresh_from_db()
    assert asked.wish == "publish it"


def test_open_requests_come_first_and_the_list_asks_no_more_for_more_rows(
    as_administrator: Client, course: Course
) -> None:
    catalog.access_request.make(course=course, wish="newer", state=State.DECLINED, decided_at=timezone.now())
    catalog.access_request.make(course=course, wish="older", created_at=timezone.now() - timedelta(days=30))

    def queries() -> tuple[int, str]:
        with CaptureQueriesContext(connection) as captured:
            content = as_administrator.get(LIST).content.decode()
        return len(captured), content

    queries()
    few, content = queries()
    for _ in range(20):
        catalog.access_request.make(course=course)

    assert content.index("older") < content.index("newer")
    assert few == queries()[0] <= 25


def test_the_door_of_deciding_opens_for_those_who_give_rights_somewhere(
    administrator: User, instructor: User, viewer: User, manager: User, student: User, course: Course
) -> None:
    policy = policy_for(AccessRequest)

    opens = [policy.may_ever(somebody, "decide") for somebody in (administrator, instructor, viewer, manager, student)]

    assert opens == [True, True, False, False, False]
    assert [policy.may_ever(somebody, "view") for somebody in (viewer, student)] == [True, False]
    assert not any(policy.may_ever(somebody, "change") for somebody in (administrator, instructor))


def test_the_overview_of_whoever_decides_says_how_many_wait(
    as_viewer: Client, as_instructor: Client, course: Course
) -> None:
    asked = ask(as_viewer, publish(course))

    (waiting,) = as_instructor.get("/admin/").context["attention"]
    assert waiting.title == "1 request for rights to answer"
    assert str(asked) in words_of(as_instructor.get(waiting.link))
    assert as_viewer.get("/admin/").context["attention"] == []

    press(as_instructor, "decline", asked, reason="Not before the term.")
    assert as_instructor.get("/admin/").context["attention"] == []
