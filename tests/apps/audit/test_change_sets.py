"""Change sets: one operation, one row, every history row inside it."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import LoginEvent, User
from apps.audit.models import ChangeSet
from apps.audit.recording import (
    change_set,
    close_change_set,
    continue_change_set,
    open_change_set,
    operation,
    write_history,
)
from apps.catalog.models import Category, Course

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return User.objects.create_user("editor@example.org", role=User.Role.STAFF)


def test_everything_saved_in_one_operation_belongs_to_one_change_set(editor: User) -> None:
    with change_set(by=editor, reason="Spring cleaning.", title="Tidied up"):
        category = Category.objects.create(name="Data", slug="data")
        course = Course.objects.create(code="DB-1", title="SQL", slug="sql", category=category)
        course.title = "SQL in depth"
        course.save()

    made = ChangeSet.objects.get(title="Tidied up")
    assert made.actor == editor
    assert made.counts == {"catalog.category": {"created": 1}, "catalog.course": {"created": 1, "changed": 1}}
    assert {row.change_set_id for row in course.history.all()} == {made.pk}
    assert {row.history_change_reason for row in course.history.all()} == {"Spring cleaning."}
    assert course.history.first().history_user_id == editor.pk


def test_an_operation_that_changes_nothing_leaves_no_change_set(editor: User) -> None:
    before = ChangeSet.objects.count()

    with change_set(by=editor, title="Looked around"):
        pass

    assert ChangeSet.objects.count() == before


def test_an_operation_that_changes_nothing_asks_no_table_whether_it_changed_something(
    editor: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(4), change_set(by=editor, title="Looked around"):
        pass


def test_a_change_set_that_history_names_cannot_be_left_out(editor: User) -> None:
    made = open_change_set(by=editor)
    with continue_change_set(made):
        Category.objects.create(name="Data", slug="data")

    def leave_out() -> None:
        with transaction.atomic():
            close_change_set(made, {})
            connection.check_constraints()

    with pytest.raises(IntegrityError):
        leave_out()

    assert ChangeSet.objects.filter(pk=made.pk).exists()


def test_a_change_set_inside_another_joins_it_and_gives_it_its_first_title(editor: User) -> None:
    with change_set(by=editor) as outer, change_set(by=editor, title="Made a category", reason="Asked for.") as inner:
        Category.objects.create(name="Data", slug="data")

    assert inner.pk == outer.pk
    assert ChangeSet.objects.get(pk=outer.pk).title == "Made a category"
    assert ChangeSet.objects.get(pk=outer.pk).reason == "Asked for."


def test_a_part_that_is_rolled_back_is_not_counted(editor: User) -> None:
    def make_a_category_twice() -> None:
        with change_set(by=editor):
            Category.objects.create(name="Dropped", slug="dropped")
            Category.objects.create(name="Dropped", slug="dropped")

    with change_set(by=editor) as made:
        Category.objects.create(name="Kept", slug="kept")
        with pytest.raises(IntegrityError):
            make_a_category_twice()

    made.refresh_from_db()
    assert made.counts == {"catalog.category": {"created": 1}}


def test_a_save_outside_any_operation_gets_a_change_set_of_its_own() -> None:
    category = Category.objects.create(name="Data", slug="data")

    made = category.history.get().change_set
    assert made.counts == {"catalog.category": {"created": 1}}
    assert made.started_at == made.finished_at
    assert made.actor is None


def test_a_save_outside_any_operation_writes_its_change_set_once() -> None:
    category = Category.objects.create(name="Data", slug="data")

    with CaptureQueriesContext(connection) as captured:
        category.save()

    written = [query["sql"] for query in captured if '"audit_changeset"' in query["sql"]]
    assert [sql.split()[0] for sql in written] == ["INSERT"]


def test_the_person_of_the_request_is_the_actor(editor: User) -> None:
    with operation(by=editor, channel="screen", ip_address="192.0.2.7", request_id="r-1"):
        category = Category.objects.create(name="Data", slug="data")

    made = category.history.get().change_set
    assert (made.actor, made.channel, made.ip_address, made.request_id) == (editor, "screen", "192.0.2.7", "r-1")


def test_the_last_sign_in_alone_is_not_history(editor: User) -> None:
    before = editor.history.count()

    editor.save(update_fields=["last_login"])

    assert editor.history.count() == before


def test_history_written_in_bulk_carries_the_same_facts(editor: User) -> None:
    categories = Category.objects.bulk_create([Category(name=f"C{n}", slug=f"c{n}") for n in range(3)])

    with change_set(by=editor, reason="Bulk.") as made:
        write_history(categories, "+")

    rows = Category.history.all()
    assert {(row.change_set_id, row.history_user_id, row.history_change_reason) for row in rows} == {
        (made.pk, editor.pk, "Bulk.")
    }
    assert ChangeSet.objects.get(pk=made.pk).counts == {"catalog.category": {"created": 3}}


def test_bulk_history_without_a_change_set_is_refused() -> None:
    with pytest.raises(LookupError, match="open change set"):
        write_history([Category(name="C", slug="c")], "+")


@pytest.mark.parametrize("statement", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}"])
@pytest.mark.parametrize(
    ("table", "column"),
    [("catalog_historicalcategory", "name"), ("audit_changeset", "title"), ("accounts_loginevent", "email")],
)
def test_the_database_refuses_to_change_what_was_recorded(
    statement: str, table: str, column: str, editor: User
) -> None:
    Category.objects.create(name="Data", slug="data")
    LoginEvent.objects.create(user=editor, email=editor.email, outcome="success")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=table, column=column))

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {table}")
        assert cursor.fetchone()[0] > 0


def test_a_change_whose_history_cannot_be_written_does_not_happen(editor: User) -> None:
    category = Category.objects.create(name="Data", slug="data")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE catalog_historicalcategory RENAME TO moved_away")

    category.name = "Unrecorded"
    with pytest.raises(DatabaseError), transaction.atomic():
        category.save()

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE moved_away RENAME TO catalog_historicalcategory")
    category.refresh_from_db()
    assert category.name == "Data"
