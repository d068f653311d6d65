"""What the log says of requests: a line for each refusal, and the whole traceback of a mistake."""

import logging
from typing import Any

import pytest
from django.test import Client

from apps.catalog.models import Course

pytestmark = pytest.mark.django_db


def test_a_refusal_is_one_line_without_a_traceback(
    as_instructor: Client, course: Course, caplog: pytest.LogCaptureFixture
) -> None:
    answer = as_instructor.post("/admin/accounts/user/add/", {})

    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert answer.status_code == 403
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert "/admin/accounts/user/add/" in record.getMessage()


def test_a_mistake_of_ours_is_logged_with_its_traceback(
    as_administrator: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: Any, **facts: Any) -> None:
        raise LookupError("A mistake of ours.")

    monkeypatch.setattr("django.contrib.admin.ModelAdmin.changelist_view", fail)
    as_administrator.raise_request_exception = False

    answer = as_administrator.get("/admin/reviews/review/")

    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert answer.status_code == 500
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert record.exc_info[0] is LookupError
