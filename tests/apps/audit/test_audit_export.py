"""The audit for a program that collects it: every ledger, as JSON lines, from a moment on."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import AccessEvent, ledger_models
from apps.catalog.models import Course
from tests.recipes import accounts, audit, imports
from tests.support.commands import run

pytestmark = pytest.mark.django_db


def lines(since: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("audit", "export", "--since", since).out.splitlines()]


def test_every_ledger_is_in_it_with_people_by_their_addresses(
    as_administrator: Client, administrator: User, course: Course
) -> None:
    as_administrator.post(f"/admin/catalog/course/{course.pk}/archive/", {"reason": "Old."}, REMOTE_ADDR="192.0.2.5")
    as_administrator.get("/admin/catalog/course/98765/change/", REMOTE_ADDR="192.0.2.5")
    accounts.login_event.make(user=administrator)
    imports.export_record.make(requester=administrator, file="exports/secret.csv")

    found = lines("2020-01-01")

    last = {entry["ledger"]: entry for entry in found}
    with_rows = [model for model in ledger_models if model._base_manager.exists()]
    assert set(last) == {"audit.changeset", *(model._meta.label_lower for model in with_rows)}
    assert len(with_rows) >= 3
    change, refusal = last["audit.changeset"], last["audit.accessevent"]
    assert (change["actor_email"], change["reason"], change["ip_address"]) == (administrator.email, "Old.", "192.0.2.5")
    assert (refusal["actor_email"], refusal["kind"], refusal["object_key"]) == (
        administrator.email,
        "not_found",
        "98765",
    )
    assert last["imports.exportrecord"]["requester_email"] == administrator.email
    assert "secret" not in json.dumps(found)
    assert all(entry["at"] for entry in found)


def test_only_what_came_since_is_in_it(db: None) -> None:
    audit.access_event.make(occurred_at=timezone.now() - timedelta(days=9))
    later = audit.access_event.make()

    since = (timezone.now() - timedelta(days=1)).isoformat()

    assert [entry["id"] for entry in lines(since) if entry["ledger"] == AccessEvent._meta.label_lower] == [later.pk]


def test_a_moment_nobody_can_read_is_refused_in_words(db: None) -> None:
    ran = run("audit", "export", "--since", "yesterday")

    assert (ran.code, ran.out) == (2, "")
    assert "2026-11-01" in ran.err
