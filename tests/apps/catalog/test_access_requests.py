"""From a refusal to a request: what the page of the refusal offers, who is asked, and who may not ask."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from apps.catalog import offers
from apps.catalog.models import AccessRequest, Course, CourseInstructor, CourseUserGrant, Module
from apps.catalog.refusals import Refused
from apps.catalog.services.requests import MOST_OPEN, ask_for_access
from apps.notifications.models import Notification
from backoffice.errors import permission_denied
from tests.apps.catalog.asking import ASK, LIST, ask, page_of, publish, token_in, told, words_of
from tests.recipes import catalog
from tests.support.people import grant, person

pytestmark = pytest.mark.django_db

State = AccessRequest.State
SignIn = Callable[[User], Client]


# The page of a refusal


def test_the_page_says_what_was_refused_and_who_can_be_asked(as_viewer: Client, course: Course) -> None:
    answer = as_viewer.post(publish(course))

    assert answer.status_code == 403
    words = words_of(answer)
    assert f"do not let you publish the course “{course}” . Nothing was changed." in words
    assert "Your request goes to Robin Instructor." in words
    assert "Ask for this right" in words
    course.refresh_from_db()
    assert course.status == Course.Status.DRAFT


def test_an_empty_form_of_a_course_asks_for_the_right_on_that_course(
    as_viewer: Client, course: Course, module: Module
) -> None:
    address = f"{reverse('admin:catalog_lesson_add')}?course={course.pk}&module={module.pk}"

    asked = ask(as_viewer, address)

    assert (asked.course, asked.right, asked.page) == (course, "edit_content", address)
    assert asked.wish in (f"add lessons to the course “{course}”", f"add lessons to the module “{module}”")


def test_a_page_without_a_course_is_asked_of_administrators(
    as_viewer: Client, administrator: User, instructor: User
) -> None:
    address = reverse("admin:catalog_course_add")
    words = words_of(as_viewer.get(address))

    asked = ask(as_viewer, address)

    assert "This page belongs to no single course, so your request goes to the administrators." in words
    assert (asked.course, asked.right, asked.wish) == (None, "", "add courses")
    assert told(administrator) == [
        "Robin View_course asks to add courses".replace("View_course", str(asked.requester).split()[1])
    ]
    assert told(instructor) == []


def test_what_no_right_opens_says_so_and_goes_to_administrators(
    as_viewer: Client, administrator: User, instructor: User, course: Course
) -> None:
    address = reverse("admin:catalog_course_delete", args=[course.pk])
    words = words_of(as_viewer.get(address))

    asked = ask(as_viewer, address)

    assert "No right on a course opens this, so your request goes to the administrators." in words
    assert (asked.course, asked.right) == (course, "")
    assert (len(told(administrator)), told(instructor)) == (1, [])


def test_a_kind_of_record_the_person_never_sees_names_no_course(
    moderator: User, signed_in: SignIn, course: Course
) -> None:
    answer = signed_in(moderator).get(reverse("admin:catalog_course_change", args=[course.pk]))

    assert answer.status_code == 403
    assert course.title not in answer.content.decode()
    assert course.code not in answer.content.decode()
    assert "do not let you see courses" in words_of(answer)


def test_a_course_named_in_the_address_but_never_seen_is_not_named_on_the_page(
    as_viewer: Client, other_course: Course
) -> None:
    answer = as_viewer.get(f"{reverse('admin:catalog_lesson_add')}?course={other_course.pk}")

    assert answer.status_code == 403
    assert other_course.title not in answer.content.decode()
    assert "do not let you add lessons" in words_of(answer)


@pytest.mark.parametrize("key", ["x", "9" * 30, "", "-1"])
def test_a_malformed_key_in_the_address_is_no_course(as_viewer: Client, key: str) -> None:
    answer = as_viewer.get(reverse("admin:catalog_lesson_add"), {"course": key})

    assert answer.status_code == 403
    assert "do not let you add lessons ." in words_of(answer)


def test_somebody_who_is_no_staff_is_offered_nothing(student: User, course: Course, signed_in: SignIn) -> None:
    request = RequestFactory().get(publish(course))
    request.user = student

    page = permission_denied(request)

    assert page.status_code == 403
    assert b"Ask" not in page.content
    assert signed_in(student).post(ASK, {"refusal": "x"}).status_code in (302, 403)
    assert not AccessRequest.objects.exists()


def test_the_page_is_shown_without_a_database(
    as_viewer: Client, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*args: Any, **kwargs: Any) -> Any:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(offers, "waiting_request", gone)

    answer = as_viewer.post(publish(course))

    assert answer.status_code == 403
    assert "Nothing was changed. If you need it for your work, ask an administrator" in words_of(answer)


def test_a_script_that_wants_json_gets_a_sentence(as_viewer: Client, course: Course) -> None:
    answer = as_viewer.post(publish(course), headers={"Accept": "application/json, text/javascript, */*; q=0.01"})

    assert (answer.status_code, answer["Content-Type"]) == (403, "application/json")
    assert answer.json()["error"] == "Your roles and rights do not cover this. Nothing was changed."


def test_while_an_administrator_looks_as_somebody_nothing_is_asked_in_their_name(
    viewer: User, administrator: User, course: Course
) -> None:
    request = RequestFactory().get(publish(course))
    request.user, request.real_user = viewer, administrator  # type: ignore[attr-defined]

    assert offers.offer_after(request) is None


def test_the_way_back_is_the_record_when_a_button_was_refused(as_viewer: Client, course: Course) -> None:
    asked = ask(as_viewer, publish(course))

    assert asked.page == reverse("admin:catalog_course_change", args=[course.pk])
    assert as_viewer.get(asked.page).status_code == 200


# Asking


def test_a_request_reaches_the_lead_instructor_with_who_what_and_why(
    as_viewer: Client, viewer: User, instructor: User, administrator: User, course: Course, signed_in: SignIn
) -> None:
    asked = ask(as_viewer, publish(course), note="The term begins on Monday.")

    assert (asked.requester, asked.course, asked.right) == (viewer, course, "publish_course")
    assert (asked.state, asked.note) == (State.OPEN, "The term begins on Monday.")
    assert told(instructor) == [f"{viewer} asks to publish the course “{course}”"]
    assert told(administrator) == []
    answer = signed_in(instructor).get(page_of(asked))
    for words in (str(viewer), f"Publish the course “{course}”", "The term begins on Monday.", "Grant"):
        assert words in words_of(answer)
    assert f'href="{asked.page}"' in answer.content.decode()


def test_without_a_lead_whoever_gives_rights_on_the_course_is_asked(
    as_viewer: Client, instructor: User, administrator: User, course: Course
) -> None:
    assert course.category is not None
    CourseInstructor.objects.filter(user=instructor).update(is_active=False)
    by_course, by_category, unable = person("by-course"), person("by-category"), person("unable")
    for who, on in ((by_course, course), (by_category, course.category)):
        grant(who, "grant_access", on)
        grant(who, "publish_course", on)
    grant(unable, "grant_access", course)  # holds nothing that could be given

    CourseUserGrant.objects.filter(user=instructor).delete()
    ask(as_viewer, publish(course))

    assert (len(told(by_course)), len(told(by_category))) == (1, 1)
    assert (told(unable), told(instructor), told(administrator)) == ([], [], [])


def test_the_page_of_a_refusal_costs_the_same_however_many_could_be_asked(
    as_viewer: Client, instructor: User, course: Course
) -> None:
    CourseInstructor.objects.filter(user=instructor).update(is_active=False)
    CourseUserGrant.objects.filter(user=instructor).delete()

    def refusal() -> tuple[int, str]:
        with CaptureQueriesContext(connection) as captured:
            answer = as_viewer.post(publish(course))
        return len(captured), words_of(answer)

    refusal()
    costs = []
    for number in range(6):
        holder = person(f"holder-{number}")
        grant(holder, "grant_access", course)
        grant(holder, "publish_course", course)
        costs.append(refusal())

    assert {words.count("whoever gives rights on the course") for _, words in costs} == {1}
    assert len({queries for queries, _ in costs}) == 1
    assert costs[0][0] <= 16


def test_without_anybody_who_could_give_it_administrators_are_asked(
    as_viewer: Client, instructor: User, administrator: User, course: Course
) -> None:
    instructor.status = User.Status.SUSPENDED
    instructor.save()

    ask(as_viewer, publish(course))

    assert len(told(administrator)) == 1
    assert not Notification.objects.filter(recipient=instructor).exists()


def test_the_right_to_give_rights_is_asked_of_administrators(
    as_viewer: Client, instructor: User, administrator: User, course: Course
) -> None:
    request = RequestFactory().post(reverse("admin:catalog_course_change", args=[course.pk]))
    request.user = as_viewer.get("/admin/").wsgi_request.user
    request.__dict__["_last_refusal"] = ("grant", Course, course.pk)

    offer = offers.offer_after(request)

    assert offer is not None
    assert (offer.refused.right, offer.whom) == ("grant_access", "the administrators")


def test_the_same_is_not_asked_twice(as_viewer: Client, instructor: User, course: Course) -> None:
    first = ask(as_viewer, publish(course))
    refusal = as_viewer.post(publish(course))

    assert "You asked for this now , and it waits for an answer from Robin Instructor." in words_of(refusal)
    assert page_of(first) in refusal.content.decode()
    assert 'name="refusal"' not in refusal.content.decode()


def test_a_token_sent_twice_asks_once(as_viewer: Client, instructor: User, course: Course) -> None:
    token = token_in(as_viewer.post(publish(course)))

    answers = [as_viewer.post(ASK, {"refusal": token}) for _ in range(2)]

    assert AccessRequest.objects.count() == 1
    assert {answer["Location"] for answer in answers} == {page_of(AccessRequest.objects.get())}
    assert len(told(instructor)) == 1


def test_a_person_has_at_most_twenty_requests_that_wait(as_viewer: Client, viewer: User, course: Course) -> None:
    catalog.access_request.make(requester=viewer, course=None, right="", _quantity=MOST_OPEN)
    token = token_in(as_viewer.post(publish(course)))

    answer = as_viewer.post(ASK, {"refusal": token}, follow=True)

    assert "20 of your requests wait for an answer. Withdraw one that you no longer need." in words_of(answer)
    assert AccessRequest.objects.count() == MOST_OPEN
    assert not Notification.objects.exists()


def test_nobody_asks_with_the_refusal_of_somebody_else(
    as_viewer: Client, course: Course, co_instructor_with: Callable[[str], User], signed_in: SignIn
) -> None:
    token = token_in(as_viewer.post(publish(course)))
    somebody = signed_in(co_instructor_with("edit_content"))

    for forged in (token, token[:-3] + "abc", "", "x:y:z"):
        answer = somebody.post(ASK, {"refusal": forged}, follow=True)
        assert "is gone, or is no longer open to you" in words_of(answer)
    assert not AccessRequest.objects.exists()


def test_who_lost_sight_of_the_course_cannot_ask_about_it(as_viewer: Client, viewer: User, course: Course) -> None:
    token = token_in(as_viewer.post(publish(course)))
    CourseUserGrant.objects.filter(user=viewer).delete()

    answer = as_viewer.post(ASK, {"refusal": token}, follow=True)

    assert "is gone, or is no longer open to you" in words_of(answer)
    assert course.title not in answer.content.decode()
    assert not AccessRequest.objects.exists()


def test_who_was_given_the_right_meanwhile_has_nothing_to_ask(as_viewer: Client, viewer: User, course: Course) -> None:
    token = token_in(as_viewer.post(publish(course)))
    grant(viewer, "publish_course", course)

    answer = as_viewer.post(ASK, {"refusal": token}, follow=True)

    assert "You may do this by now. Open the page again." in words_of(answer)
    assert not AccessRequest.objects.exists()


def test_nothing_is_asked_by_a_get(as_viewer: Client, course: Course) -> None:
    token = token_in(as_viewer.post(publish(course)))

    assert as_viewer.get(ASK, {"refusal": token}).status_code == 405
    assert not AccessRequest.objects.exists()


def test_a_letter_no_text_holds_is_refused_in_the_note(as_viewer: Client, course: Course) -> None:
    token = token_in(as_viewer.post(publish(course)))

    answer = as_viewer.post(ASK, {"refusal": token, "note": "Please.\0"}, follow=True)

    assert "Null characters are not allowed." in words_of(answer)
    assert not AccessRequest.objects.exists()


def test_who_lost_the_course_does_not_read_its_new_name_on_their_request(
    as_viewer: Client, viewer: User, course: Course
) -> None:
    asked = ask(as_viewer, publish(course))
    before = as_viewer.get(LIST).content.decode()
    CourseUserGrant.objects.filter(user=viewer).delete()
    course.title = "A title of tomorrow"
    course.save()

    pages = [as_viewer.get(address) for address in (LIST, page_of(asked))]

    assert reverse("admin:catalog_course_change", args=[course.pk]) in before
    assert [answer.status_code for answer in pages] == [200, 200]
    assert not any(course.title in answer.content.decode() for answer in pages)
    assert all("No longer open to you" in words_of(answer) for answer in pages)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_ask_once(viewer: User, instructor: User, course: Course) -> None:
    facts = {"verb": "publish", "model": Course, "record": course, "course": course, "right": "publish_course"}
    refusal = Refused("publish it", "/admin/", **facts)  # type: ignore[arg-type]
    both_ready = Barrier(2)

    def click(_: int) -> int:
        both_ready.wait(timeout=10)
        try:
            return ask_for_access(refusal, by=viewer).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as clicks:
        asked = set(clicks.map(click, range(2)))

    assert asked == {AccessRequest.objects.get().pk}
    assert len(told(instructor)) == 1
