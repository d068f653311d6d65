"""A certificate in a browser: issued, fetched, checked on a phone, revoked, and checked again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.certificates.models import Certificate
from apps.certificates.pdf import address_to_check
from tests.apps.certificates.conftest import completed_by
from tests.support.people import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_certificate_is_issued_fetched_checked_and_revoked(
    open_browser: Callable[..., Any],
    course: Course,
    instructor: User,
    manager: User,
    settings: LazySettings,
    live_server: LiveServer,
) -> None:
    settings.SITE_URL = live_server.url
    Course.objects.filter(pk=course.pk).update(has_certificate=True)
    enrollment = completed_by(person("lou", "student"), course)
    teacher = open_browser(instructor)
    teacher.goto(f"/admin/enrollments/enrollment/{enrollment.pk}/change/?tab=certificates")

    teacher.get_by_role("button", name="Issue a certificate").click()
    expect(teacher.get_by_text("Robin Lou has a certificate:")).to_be_visible()
    certificate = Certificate.objects.get()
    teacher.get_by_role("link", name=certificate.number).click()
    with teacher.expect_download() as download:
        teacher.get_by_role("link", name="Download PDF").click()
    file = Path(download.value.path()).read_bytes()

    assert download.value.suggested_filename == f"Robin-Lou-{certificate.number}.pdf"
    assert file.startswith(b"%PDF-")
    assert address_to_check(certificate.number).encode() in file

    phone = open_browser(width=390)
    phone.goto(address_to_check(certificate.number))
    expect(phone.get_by_role("heading", name="This certificate is valid")).to_be_visible()
    expect(phone.get_by_text("Robin Lou")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    office = open_browser(manager)
    office.goto(f"/admin/certificates/certificate/{certificate.pk}/change/")
    office.get_by_role("button", name="Revoke").or_(office.get_by_role("link", name="Revoke")).first.click()
    dialog = office.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("Handed in for somebody else.")
    dialog.get_by_role("button", name="Revoke").click()
    expect(office.get_by_text("The certificate of Robin Lou is revoked.")).to_be_visible()

    phone.get_by_label("Certificate number").fill(certificate.number.lower().replace("-", " "))
    phone.get_by_role("button", name="Check").click()
    expect(phone.get_by_role("heading", name="This certificate was revoked")).to_be_visible()
    expect(phone.get_by_text("Handed in for somebody else.")).to_have_count(0)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
