"""The secure defaults, one test for each that exists here.

Certificates (10) come with their own app. What stops a bad installation from starting is in `test_checks.py`.
"""

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from admin_theme.actions import is_console_action
from admin_theme.console import ConsoleAdmin
from apps.accounts.models import LoginEvent, User
from apps.audit.models import AccessEvent, ChangeSet, ledger_models
from apps.catalog.models import Course
from backoffice.search import MOST_RESULTS
from tests.apps.access.matrix.addresses import routes
from tests.apps.access.matrix.table import table
from tests.recipes import catalog

pytestmark = pytest.mark.django_db

HASH = re.compile(r"(pbkdf2_sha256|md5|argon2\w*|bcrypt\w*)\$")


def test_1_importing_and_exporting_are_permissions_of_their_own() -> None:
    assert settings.IMPORT_EXPORT_IMPORT_PERMISSION_CODE == "import"
    assert settings.IMPORT_EXPORT_EXPORT_PERMISSION_CODE == "export"


def test_2_every_screen_stands_on_the_one_base_and_offers_only_guarded_actions() -> None:
    screens = admin.site._registry.values()
    offered = [(screen, name) for screen in screens for name in screen.actions or () if isinstance(name, str)]

    assert [screen for screen in screens if not isinstance(screen, ConsoleAdmin)] == []
    assert [name for screen, name in offered if not is_console_action(getattr(screen, name))] == []


def test_3_no_page_shows_a_password_not_even_its_hash(as_administrator: Client, administrator: User) -> None:
    administrator.set_password("Abc12345678!")
    administrator.save()
    as_administrator.force_login(administrator)

    for address in (f"/admin/accounts/user/{administrator.pk}/change/", "/admin/accounts/user/"):
        assert not HASH.search(as_administrator.get(address).content.decode())


def test_4_no_action_is_done_by_following_a_link() -> None:
    deeds = {line.address for line in table() if not line.is_read and set(line.letters.values()) & {"ok"}}
    pages = [line for line in table() if line.is_read and line.address in deeds and "action" not in dict(line.data)]

    written = [str(line) for line in pages if "leaves" in line.words and not line.address.endswith("/file/")]
    assert written == []


def test_4_the_palette_shows_at_most_fifty_hits(as_administrator: Client) -> None:
    catalog.course.make(_quantity=MOST_RESULTS + 10)

    shown = as_administrator.get("/admin/search/?s=course").content.decode()

    assert shown.count("<a ") <= MOST_RESULTS


def test_5_passwords_are_in_no_history() -> None:
    fields = {field.name for field in User.history.model._meta.get_fields()}

    assert not fields & {"password", "last_login"}


def test_6_the_only_screen_for_grants_is_ours() -> None:
    assert [route for route in routes() if "permissions" in route] == []
    assert settings.ANONYMOUS_USER_NAME is None


def test_7_what_a_schedule_runs_is_no_field_of_its_form(as_administrator: Client) -> None:
    task = admin.site._registry[next(model for model in admin.site._registry if model.__name__ == "PeriodicTask")]
    request: Any = as_administrator.get("/admin/").wsgi_request

    fields = task.get_form(request, task.get_queryset(request).first(), change=True).base_fields

    assert not {"task", "args", "kwargs", "queue"} & set(fields)


def test_9_sessions_end_and_their_cookies_are_out_of_reach() -> None:
    assert settings.SESSION_COOKIE_AGE <= 8 * 3_600
    assert settings.SESSION_IDLE_MINUTES <= 30
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE in ("Lax", "Strict")


@pytest.mark.parametrize("model", [ChangeSet, AccessEvent, LoginEvent])
def test_11_what_is_written_down_is_neither_changed_nor_deleted(model: Any, administrator: User) -> None:
    closed = {"actor": administrator, "finished_at": timezone.now()}
    facts: dict[Any, dict[str, Any]] = {LoginEvent: {"user": administrator, "outcome": "success"}, ChangeSet: closed}
    model.objects.create(**facts.get(model, {"actor": administrator}))

    for sql in ("UPDATE {0} SET id = id + 1000", "DELETE FROM {0}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.format(model._meta.db_table))

    assert model.objects.exists()
    assert model in (*ledger_models, ChangeSet)


@pytest.mark.parametrize(("address", "status"), [("/admin/nowhere/", 404), ("/admin/?a=%00", 400)])
def test_12_pages_of_errors_are_ours_and_tell_no_detail(address: str, status: int, as_administrator: Client) -> None:
    answer = as_administrator.get(address)

    shown = answer.content.decode()
    assert answer.status_code == status
    assert not {word for word in ("Traceback", "urlpatterns", "settings.py", "DEBUG") if word in shown}
    assert re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", shown)


def test_13_messages_to_workers_are_plain_data_and_are_kept_until_done() -> None:
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
    assert settings.CELERY_TASK_ACKS_LATE
    assert settings.CELERY_TASK_REJECT_ON_WORKER_LOST
    assert settings.CELERY_TASK_TIME_LIMIT


@pytest.mark.skipif(connection.vendor != "sqlite", reason="It is about SQLite.")
def test_14_sqlite_waits_for_its_writer_and_holds_its_keys() -> None:
    with connection.cursor() as cursor:
        values = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("foreign_keys", "busy_timeout")}

    assert values["foreign_keys"] == 1
    assert values["busy_timeout"] >= 5_000


def test_14_the_database_itself_refuses_a_price_below_zero(course: Course) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_course SET price = -1 WHERE id = %s", [course.pk])


def test_15_a_new_installation_has_nobody_in_it_and_asks_staff_for_two_steps(db: None) -> None:
    assert not User.with_archived.exists()
    assert (not settings.DEBUG) == settings.MFA_REQUIRED or settings.MFA_REQUIRED is False
