"""Append-only tables: triggers refuse to change or delete what was recorded, in the database itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from simple_history.utils import get_history_model_for_model

from apps.audit.models import AppendOnlySwitch, ChangeSet, ledger_models

SENTENCE = "This table is append-only."


def tracked_models() -> list[type[models.Model]]:
    """Every model that has a history, in the order of the apps."""
    return [model for model in apps.get_models() if hasattr(model._meta, "simple_history_manager_attribute")]


def protect_tables(**kwargs: Any) -> None:  # noqa: ARG001
    """Sets the triggers on every history table, ledger and closed change set; run after each migration."""
    existing = set(connection.introspection.table_names())
    if AppendOnlySwitch._meta.db_table not in existing:
        return
    ledgers = [get_history_model_for_model(model) for model in tracked_models()] + ledger_models
    tables = [(model._meta.db_table, "") for model in ledgers] + [
        (ChangeSet._meta.db_table, "OLD.finished_at IS NOT NULL")
    ]
    with connection.cursor() as cursor:
        write = _protect_postgresql if connection.vendor == "postgresql" else _protect_sqlite
        for table, condition in tables:
            if table in existing:
                write(cursor, table, condition)


def _protect_sqlite(cursor: Any, table: str, condition: str) -> None:
    closed = f"NOT EXISTS (SELECT 1 FROM {AppendOnlySwitch._meta.db_table})"
    when = f"{closed} AND {condition}" if condition else closed
    for verb in ("UPDATE", "DELETE"):
        cursor.execute(
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )


def _protect_postgresql(cursor: Any, table: str, condition: str) -> None:
    cursor.execute(
        f"""CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM {AppendOnlySwitch._meta.db_table}) THEN
                RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'restrict_violation';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; ELSIF TG_OP = 'UPDATE' THEN RETURN NEW; END IF;
            RETURN NULL;
        END $$"""
    )
    when = f"WHEN ({condition})" if condition else ""
    cursor.execute(
        f"CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW {when} EXECUTE FUNCTION audit_refuse_change()"
    )
    cursor.execute(
        f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()"
    )


@contextmanager
def append_only_lifted(reason: str) -> Iterator[None]:
    """Opens the switch for this transaction alone: for the erasure of personal data and for the reset of tests."""
    with transaction.atomic():
        switch = AppendOnlySwitch.objects.create(reason=reason)
        yield
        switch.delete()
