"""Subscriptions and payments are taken out by whoever may, with amounts to the hundredth."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import time_machine
from django.test import Client

from apps.accounts.models import User
from apps.subscriptions import services
from apps.subscriptions.models import Plan, Subscription
from imports.models import ExportRecord

MAKE = "/admin/imports/exportrecord/make/"


def exported(client: Client, kind: str) -> list[dict[str, str]]:
    answer: Any = client.post(f"{MAKE}{kind}/", {"format": "csv"})
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_a_manager_takes_out_subscriptions_and_the_ledger_and_support_nothing(
    basic: Plan,
    started: Callable[..., Subscription],
    student: User,
    manager: User,
    as_manager: Client,
    as_support: Client,
    clock: time_machine.Traveller,
) -> None:
    paid = services.record_payment(started(basic), 1234, provider="bank", reference="b", by=manager, method="transfer")
    services.refund_payment(paid, 5, reference="r", by=manager, reason="Rounded.")

    (row,), entries = exported(as_manager, "subscriptions"), exported(as_manager, "payments")
    refused = [
        as_support.post(f"{MAKE}{kind}/", {"format": "csv"}).status_code for kind in ("subscriptions", "payments")
    ]

    assert {name: row[name] for name in ("subscriber_email", "plan_code", "status", "price", "to_be_paid")} == {
        "subscriber_email": student.email,
        "plan_code": "basic-m",
        "status": "active",
        "price": "20.00",
        "to_be_paid": "7.66",
    }
    told = [[entry[name] for name in ("reference", "kind", "amount", "takes_back", "reason")] for entry in entries]
    assert sorted(told) == [["b", "payment", "12.34", "", ""], ["r", "refund", "-0.05", "b", "Rounded."]]
    assert {entry["subscriber_email"] for entry in entries} == {student.email}
    assert refused in ([403, 403], [404, 404])
    assert ExportRecord.objects.count() == 2
