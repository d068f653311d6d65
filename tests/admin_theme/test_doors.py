"""The doors of the console: signing in, being no staff, errors in words, searching."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.catalog.models import Course
from backoffice import errors
from backoffice.search.kinds import KINDS
from tests.support.overview import facts_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def plain_errors(settings: Any) -> None:
    settings.DEBUG = False


def test_nobody_in_particular_is_sent_to_sign_in_and_back(client: Client) -> None:
    to_admin = client.get("/admin/?a=1")
    to_login = client.get(to_admin["Location"])

    assert to_login["Location"] == "/accounts/login/?next=/admin/%3Fa%3D1"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_way_back_never_leads_elsewhere(client: Client, as_administrator: Client, elsewhere: str) -> None:
    answers = [
        client.get("/admin/login/", {"next": elsewhere}),
        as_administrator.get("/admin/login/", {"next": elsewhere}),
    ]

    assert [answer["Location"] for answer in answers] == ["/accounts/login/?next=/admin/", "/admin/"]


def test_somebody_who_is_no_staff_is_told_so(as_student: Client) -> None:
    answer = as_student.get("/admin/", follow=True)

    assert answer.status_code == 403
    assert "The console is for staff" in answer.content.decode()


def test_signing_in_with_the_right_password_opens_the_overview(client: Client, administrator: User) -> None:
    administrator.set_password("a-long-enough-phrase")
    administrator.save()

    answer = client.post(
        "/accounts/login/", {"login": administrator.email, "password": "a-long-enough-phrase"}, follow=True
    )

    assert answer.redirect_chain[-1][0] == "/admin/"
    assert answer.status_code == 200


def test_signing_out_leads_to_the_sign_in_page(as_administrator: Client) -> None:
    answer = as_administrator.post("/admin/logout/")

    assert answer["Location"] == "/accounts/login/"
    assert as_administrator.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    "page",
    [
        "/accounts/login/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/1-a/",
        "/accounts/signup/",
        "/accounts/inactive/",
    ],
)
def test_every_page_before_signing_in_has_our_look(client: Client, page: str) -> None:
    content = client.get(page, follow=True).content.decode()

    assert "admin_theme/console.css" in content
    assert 'class="c-card' in content


@pytest.mark.parametrize(
    "page",
    [
        "/accounts/logout/",
        "/accounts/password/change/",
        "/accounts/sessions/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/reauthenticate/",
        "/accounts/email/",
    ],
)
def test_every_page_of_ones_own_account_has_our_look(client: Client, administrator: User, page: str) -> None:
    administrator.set_password("a-long-enough-phrase")
    administrator.save()
    client.post("/accounts/login/", {"login": administrator.email, "password": "a-long-enough-phrase"})

    answer = client.get(page, follow=True)

    assert answer.status_code == 200
    assert 'class="c-card' in answer.content.decode()


def test_a_missing_page_says_so_in_words_without_the_address(as_administrator: Client, plain_errors: None) -> None:
    answer = as_administrator.get("/admin/canary-nowhere/")

    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()
    assert "canary-nowhere" not in answer.content.decode()
    assert answer.content.decode().count("Request <code>") == 1


@pytest.mark.urls("tests.admin_theme.screens")
def test_pages_in_words_are_shown_in_development_too(as_administrator: Client, settings: Any) -> None:
    settings.DEBUG = True

    missing = as_administrator.get("/admin/catalog/course/987654/change/")
    forged = as_administrator.get("/admin/catalog/course/", {"archived_by__password": "a"})

    assert (missing.status_code, forged.status_code) == (404, 400)
    assert "There is nothing here" in missing.content.decode()
    assert "That request made no sense" in forged.content.decode()


def test_too_many_attempts_are_paused_in_words(client: Client, db: None) -> None:
    for _ in range(5):
        assert client.post("/accounts/password/reset/", {"email": "pat@example.org"}).status_code == 302

    answer = client.post("/accounts/password/reset/", {"email": "pat@example.org"})

    assert answer.status_code == 429
    assert "Too many attempts" in answer.content.decode()


def test_a_form_without_its_token_is_refused_in_words(administrator: User, plain_errors: None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)

    answer = client.post("/admin/logout/")

    assert answer.status_code == 403
    assert "This page was open too long" in answer.content.decode()


@pytest.mark.parametrize(
    ("fault", "status"), [(SuspiciousOperation("canary"), 400), (RequestDataTooBig("canary"), 413)]
)
def test_a_bad_request_is_told_from_one_that_is_too_big(rf: RequestFactory, fault: Exception, status: int) -> None:
    answer = errors.bad_request(rf.get("/"), fault)

    assert answer.status_code == status
    assert "canary" not in answer.content.decode()


def test_our_own_mistake_is_told_without_asking_the_database(
    rf: RequestFactory, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(0):
        answer = errors.server_error(rf.get("/"))

    assert answer.status_code == 500
    assert "The console made a mistake" in answer.content.decode()


@pytest.mark.urls("tests.admin_theme.screens")
def test_the_search_finds_only_what_is_in_scope(as_instructor: Client, course: Course, other_course: Course) -> None:
    mine = as_instructor.get("/admin/search/", {"s": "python", "extended": "1"}).content.decode()
    theirs = as_instructor.get("/admin/search/", {"s": "watercolor", "extended": "1"}).content.decode()

    assert f"/admin/catalog/course/{course.pk}/change/" in mine
    assert "open air" not in theirs


@pytest.mark.urls("tests.admin_theme.screens")
def test_the_search_forgets_at_once_what_may_no_longer_be_seen(
    co_instructor_with: Callable[[str], User], signed_in: Callable[[User], Client], course: Course
) -> None:
    editor = co_instructor_with("edit_content")
    client = signed_in(editor)
    before = client.get("/admin/search/", {"s": "python"}).content.decode()

    course.user_grants.filter(user=editor).delete()
    after = client.get("/admin/search/", {"s": "python"}).content.decode()

    assert course.title in before
    assert course.title not in after


@pytest.mark.urls("tests.admin_theme.screens")
def test_the_search_shows_at_most_fifty(as_administrator: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(60):
        User.objects.create(email=f"pat{number}@example.org", first_name="Pat")

    with django_assert_max_num_queries(2 * len(KINDS) + 5):
        page = as_administrator.get("/admin/search/", {"s": "pat"}).content.decode()

    assert 1 <= page.count("<li") <= 50


def test_the_overview_counts_only_what_is_in_scope(
    co_instructor_with: Callable[[str], User],
    signed_in: Callable[[User], Client],
    other_course: Course,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(co_instructor_with("edit_content"))

    with django_assert_max_num_queries(25):
        page = client.get("/admin/")

    assert {figure.label: figure.value for figure in facts_of(page, "within")}["courses"] == 1


def test_the_sidebar_shows_only_screens_the_person_may_open(as_moderator: Client, as_administrator: Client) -> None:
    seen = as_moderator.get("/admin/").content.decode()
    all_of_them = as_administrator.get("/admin/").content.decode()

    assert "/admin/audit/changeset/" in all_of_them
    assert "/admin/django_celery_beat/periodictask/" in all_of_them
    assert "/admin/django_celery_beat/periodictask/" not in seen


def test_no_page_holds_an_inline_script(as_administrator: Client, client: Client) -> None:
    pages = [
        client.get("/accounts/login/"),
        *(as_administrator.get(page) for page in ("/admin/", "/admin/audit/changeset/", "/accounts/sessions/")),
    ]

    for page in pages:
        content = page.content.decode()
        assert "<script>" not in content
        assert " onclick=" not in content
        assert "script-src 'self' 'unsafe-eval'" in page["Content-Security-Policy"]
