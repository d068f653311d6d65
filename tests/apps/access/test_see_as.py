"""Seeing the console as somebody: how it starts, what it shows, how it ends, and that each page is written down."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory
from django.utils import timezone

from apps.access.see_as import KEY, start_visit, visit_in
from apps.accounts.models import User
from apps.audit.models import AccessEvent, ChangeSet
from apps.catalog.models import Course
from apps.records.rules import RuleBroken
from tests.support.people import person
from tests.support.visits import END, begin, without_chrome

pytestmark = pytest.mark.django_db
Kind = AccessEvent.Kind

PAGES = (
    "/admin/",
    "/admin/search/?s=P",
    "/admin/keys/",
    "/admin/catalog/course/",
    "/admin/catalog/course/?q=Python",
    "/admin/catalog/course/add/",
    "/admin/catalog/course/{own}/change/",
    "/admin/catalog/course/{own}/history/",
    "/admin/catalog/course/{own}/delete/",
    "/admin/catalog/course/{other}/change/",
    "/admin/catalog/course/{other}/history/",
    "/admin/catalog/lesson/",
    "/admin/catalog/category/",
    "/admin/enrollments/enrollment/",
    "/admin/accounts/user/",
    "/admin/accounts/user/add/",
    "/admin/access/role/",
    "/admin/audit/changeset/",
    "/admin/imports/importjob/",
    "/admin/imports/importjob/add/",
    "/admin/autocomplete/?app_label=catalog&model_name=module&field_name=course",
    "/admin/nothing/here/",
)


def events() -> list[tuple[str, str, int | None]]:
    """What stands in the ledger, oldest first: what happened, where, and the answer."""
    return list(AccessEvent.objects.order_by("pk").values_list("kind", "path", "status"))


@pytest.fixture
def visiting(as_administrator: Client, instructor: User) -> Client:
    """The administrator's client, seeing as the instructor."""
    begin(as_administrator, instructor)
    return as_administrator


@pytest.mark.parametrize("page", PAGES)
def test_each_page_is_what_the_person_gets(
    as_administrator: Client, as_instructor: Client, instructor: User, course: Course, other_course: Course, page: str
) -> None:
    address = page.format(own=course.pk, other=other_course.pk)
    theirs = as_instructor.get(address)
    begin(as_administrator, instructor)
    as_administrator.get("/admin/keys/")  # which shows the message that it began

    seen = as_administrator.get(address)

    assert seen.status_code == theirs.status_code
    if seen.status_code != 403:  # whose page lets them ask for the right, which is not the administrator's to do
        assert without_chrome(seen) == without_chrome(theirs)


@pytest.mark.parametrize("page", PAGES)
def test_each_page_leaves_one_event_with_both_names(
    as_administrator: Client, instructor: User, administrator: User, course: Course, other_course: Course, page: str
) -> None:
    address = page.format(own=course.pk, other=other_course.pk)
    begin(as_administrator, instructor)
    before = AccessEvent.objects.latest("pk").pk

    answer = as_administrator.get(address, REMOTE_ADDR="192.0.2.9")

    event = AccessEvent.objects.get(pk__gt=before)
    assert event.kind == {403: Kind.REFUSED, 404: Kind.NOT_FOUND}.get(answer.status_code, Kind.SEEN_AS)
    assert (event.actor, event.seen_as, event.status) == (administrator, instructor, answer.status_code)
    assert (event.path, event.method) == (address.partition("?")[0], "GET")
    assert event.ip_address == "192.0.2.9"
    assert event.request_id


def test_every_page_says_who_sees_it_as_whom(visiting: Client, course: Course) -> None:
    for address in ("/admin/", "/admin/catalog/course/", f"/admin/catalog/course/{course.pk}/change/", "/admin/x/"):
        page = visiting.get(address).content.decode()

        assert "Robin Administrator, you see the console as Robin Instructor." in page, address
        assert f'action="{END}"' in page, address


def test_what_is_the_administrators_own_stays_so_and_says_so(visiting: Client, administrator: User) -> None:
    page = visiting.get("/accounts/sessions/")

    assert page.context["user"] == administrator
    assert "this page is about your own account" in page.content.decode()


def test_it_starts_with_a_reason_that_is_kept(as_administrator: Client, administrator: User, instructor: User) -> None:
    answer = begin(as_administrator, instructor, reason="A ticket says the list is empty.")

    event = AccessEvent.objects.get()
    assert answer["Location"] == "/admin/"
    assert (event.kind, event.actor, event.seen_as) == (Kind.SEE_AS_STARTED, administrator, instructor)
    assert event.detail == "A ticket says the list is empty."
    assert event.request_id
    assert not ChangeSet.objects.filter(title__startswith="See as them").exists()


def test_it_does_not_start_without_a_reason(as_administrator: Client, instructor: User) -> None:
    begin(as_administrator, instructor, reason=" ")

    assert KEY not in as_administrator.session
    assert events() == []


@pytest.mark.parametrize("who", ["manager", "support", "moderator", "instructor", "staff_without_rights"])
def test_only_administrators_start_it(
    request: pytest.FixtureRequest, signed_in: object, instructor: User, who: str
) -> None:
    user = request.getfixturevalue(who)
    client = Client()
    client.force_login(user)
    seen = person("somebody", User.Role.INSTRUCTOR)

    answer = begin(client, seen)

    assert answer.status_code in {403, 404}
    assert KEY not in client.session
    assert [kind for kind, *_ in events()] == [Kind.REFUSED if answer.status_code == 403 else Kind.NOT_FOUND]


def test_nobody_sees_as_those_who_see_nothing_or_everything(as_administrator: Client, administrator: User) -> None:
    people = [
        administrator,
        person("second", User.Role.ADMINISTRATOR),
        person("learner", User.Role.STUDENT),
        person("gone", status=User.Status.SUSPENDED),
    ]

    said = [begin(as_administrator, somebody, follow=True).content.decode() for somebody in people]

    assert KEY not in as_administrator.session
    assert events() == []
    for page, words in zip(
        said,
        ("as yourself already", "sees what you see", "cannot open the console", "cannot open the console"),
        strict=True,
    ):
        assert words in page


@pytest.mark.parametrize(
    ("seen", "seer", "reason", "words"),
    [
        ("instructor", "manager", "Asked.", "Only an administrator"),
        ("instructor", "administrator out of work", "Asked.", "Only an administrator"),
        ("administrator", "administrator", "Asked.", "as yourself already"),
        ("student", "administrator", "Asked.", "cannot open the console"),
        ("second administrator", "administrator", "Asked.", "sees what you see"),
        ("instructor", "administrator", " ", "Say why"),
    ],
)
def test_whoever_calls_it_is_asked_again(
    seen: str, seer: str, reason: str, words: str, request: pytest.FixtureRequest, rf: RequestFactory
) -> None:
    others = {
        "administrator out of work": lambda: person("out", User.Role.ADMINISTRATOR, status=User.Status.SUSPENDED),
        "second administrator": lambda: person("second", User.Role.ADMINISTRATOR),
    }
    seen_as, by = (others[who]() if who in others else request.getfixturevalue(who) for who in (seen, seer))
    asked = rf.post("/")
    asked.session = SessionStore()

    with pytest.raises(RuleBroken, match=words):
        start_visit(seen_as, by=by, request=asked, reason=reason)

    assert KEY not in asked.session
    assert events() == []


def test_a_visit_counts_for_nobody_who_is_not_signed_in_as_who_started_it(
    administrator: User, instructor: User, manager: User
) -> None:
    session: Any = {KEY: {"person": instructor.pk, "by": administrator.pk, "started": timezone.now().timestamp()}}

    assert visit_in(session, administrator)
    assert visit_in(session, manager) is None
    assert visit_in(session, AnonymousUser()) is None
    session[KEY]["by"] = None
    assert visit_in(session, AnonymousUser()) is None
    session[KEY] |= {"by": administrator.pk, "person": 0}
    assert visit_in(session, administrator) is None
    assert visit_in({}, administrator) is None  # type: ignore[arg-type]


def test_the_button_is_offered_only_where_it_works(as_administrator: Client, instructor: User, student: User) -> None:
    offered = [
        "/see-as/" in as_administrator.get(f"/admin/accounts/user/{somebody.pk}/change/").content.decode()
        for somebody in (instructor, student, person("second", User.Role.ADMINISTRATOR))
    ]

    assert offered == [True, False, False]


def test_the_button_in_the_banner_ends_it(visiting: Client, administrator: User, instructor: User) -> None:
    answer = visiting.post(END)

    assert answer["Location"] == f"/admin/accounts/user/{instructor.pk}/change/"
    event = AccessEvent.objects.latest("pk")
    assert (event.kind, event.actor, event.seen_as) == (Kind.SEE_AS_ENDED, administrator, instructor)
    assert event.detail == "Ended by hand."
    assert visiting.get("/admin/access/role/").status_code == 200
    assert AccessEvent.objects.latest("pk") == event


def test_ending_what_has_ended_changes_nothing(as_administrator: Client) -> None:
    assert as_administrator.post(END)["Location"] == "/admin/"

    assert events() == []


def test_looking_at_the_end_does_not_end_it(visiting: Client) -> None:
    assert visiting.get(END).status_code == 405

    assert KEY in visiting.session


@pytest.mark.parametrize("address", ["/admin/logout/", "/accounts/logout/"])
def test_signing_out_ends_it(visiting: Client, administrator: User, instructor: User, address: str) -> None:
    visiting.post(address)

    event = AccessEvent.objects.latest("pk")
    assert (event.kind, event.actor, event.seen_as) == (Kind.SEE_AS_ENDED, administrator, instructor)
    assert event.detail == "Signed out."
    assert visiting.get("/admin/").status_code == 302


def test_it_is_over_after_half_an_hour_however_busy(visiting: Client, instructor: User) -> None:
    visiting.get("/admin/")
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        still = visiting.get("/admin/access/role/").status_code
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        over = visiting.get("/admin/access/role/", follow=True)

    assert still == 403
    assert over.redirect_chain == [("/admin/", 302)]
    assert "Half an hour as Robin Instructor is over. You are yourself again" in over.content.decode()
    assert AccessEvent.objects.latest("pk").kind == Kind.SEE_AS_ENDED


def test_what_was_sent_when_it_was_over_is_not_done_in_the_administrators_name(
    visiting: Client, course: Course
) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        visiting.get("/admin/")
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        answer = visiting.post(f"/admin/catalog/course/{course.pk}/archive/", {"reason": "x"})

    course.refresh_from_db()
    assert answer["Location"] == "/admin/"
    assert not course.is_archived


def test_forms_of_pages_seen_as_somebody_are_refused_once_it_ended(
    administrator: User, instructor: User, course: Course
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)
    page = client.get(f"/admin/accounts/user/{instructor.pk}/change/")
    begin(client, instructor, csrfmiddlewaretoken=str(page.context["csrf_token"]))
    page = client.get(f"/admin/catalog/course/{course.pk}/change/")
    stale = str(page.context["csrf_token"])
    client.post(END, {"csrfmiddlewaretoken": stale})

    answer = client.post(f"/admin/catalog/course/{course.pk}/archive/", {"reason": "x", "csrfmiddlewaretoken": stale})

    course.refresh_from_db()
    assert KEY not in client.session
    assert answer.status_code == 403
    assert not course.is_archived


@pytest.mark.parametrize("change", ["demoted", "suspended", "archived"])
def test_it_ends_when_the_administrator_is_none_any_more(
    visiting: Client, administrator: User, course: Course, change: str
) -> None:
    facts: dict[str, Any] = {
        "demoted": ("role", User.Role.STAFF),
        "suspended": ("status", User.Status.SUSPENDED),
        "archived": ("archived_at", timezone.now()),
    }
    name, value = facts[change]
    person("second", User.Role.ADMINISTRATOR)
    setattr(administrator, name, value)
    administrator.save()

    answer = visiting.get("/admin/catalog/course/")

    assert answer.status_code == 302
    assert visiting.get(f"/admin/catalog/course/{course.pk}/change/").status_code in {302, 403}
    if change == "demoted":
        assert AccessEvent.objects.filter(kind=Kind.SEE_AS_ENDED).get().detail.startswith("Only an administrator")


@pytest.mark.parametrize("facts", [{"role": User.Role.STUDENT}, {"status": User.Status.SUSPENDED}])
def test_it_ends_when_the_person_does_not_work_here_any_more(
    visiting: Client, instructor: User, facts: dict[str, str]
) -> None:
    for name, value in facts.items():
        setattr(instructor, name, value)
    instructor.save()

    page = visiting.get("/admin/catalog/course/", follow=True)

    assert "cannot open the console" in page.content.decode()
    assert AccessEvent.objects.latest("pk").kind == Kind.SEE_AS_ENDED
    assert visiting.get("/admin/access/role/").status_code == 200


def test_it_ends_when_the_person_becomes_an_administrator(visiting: Client, instructor: User) -> None:
    instructor.role = User.Role.ADMINISTRATOR
    instructor.save()

    visiting.get("/admin/")

    assert AccessEvent.objects.latest("pk").kind == Kind.SEE_AS_ENDED


def test_what_a_session_says_counts_for_nobody_but_the_administrator_who_started_it(
    as_manager: Client, manager: User, administrator: User, instructor: User
) -> None:
    for by in (administrator, manager):
        session = as_manager.session
        session[KEY] = {"person": instructor.pk, "by": by.pk, "started": timezone.now().timestamp()}
        session.save()

        as_manager.get("/admin/")
        page = as_manager.get("/admin/")

        assert page.context["user"] == manager
        assert KEY not in as_manager.session


def test_a_right_taken_from_the_person_binds_the_next_page(visiting: Client, instructor: User, course: Course) -> None:
    address = f"/admin/catalog/course/{course.pk}/change/"
    before = visiting.get(address).status_code
    course.user_grants.all().delete()

    assert (before, visiting.get(address).status_code) == (200, 404)


def test_the_person_has_no_sign_in_and_no_session_of_it(
    visiting: Client, administrator: User, instructor: User
) -> None:
    visiting.get("/admin/")

    instructor.refresh_from_db()
    assert instructor.last_login is None
    assert not instructor.login_events.exists()
    assert [session.user for session in UserSession.objects.all()] == [administrator]
