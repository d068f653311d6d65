"""Learners are told about their certificates by mail: each once, whatever the mail server does."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.certificates import services
from apps.certificates.models import Certificate
from apps.certificates.tasks import issue_due
from apps.enrollments.models import Enrollment
from apps.enrollments.states import EnrollmentStatus
from apps.notifications.models import Mail, Notification
from apps.notifications.tasks import mail_unread_notifications, send_mails
from apps.records.rules import RuleBroken
from tests.recipes import accounts
from tests.support.smtp import MailServer, mail_server, send_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(settings: Any) -> Iterator[MailServer]:
    with mail_server() as answering:
        send_by(answering, settings)
        yield answering


def completed_by_many(course: Course, number: int) -> None:
    people = User.objects.bulk_create(
        accounts.person.prepare(email=f"reader-{place}@example.org", first_name="Robin", is_active=True)
        for place in range(number)
    )
    Enrollment.objects.bulk_create(
        Enrollment(user=one, course=course, status=EnrollmentStatus.COMPLETED, completed_at=timezone.now())
        for one in people
    )


def test_a_certificate_is_told_once_with_its_number_and_where_it_is_checked(
    box: MailServer, certificate: Certificate
) -> None:
    mail_unread_notifications.now(by=None)
    mail_unread_notifications.now(by=None)

    ((reader, message),) = box.taken
    text = message.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    assert (reader, message["Subject"]) == (
        "lou@example.org",
        "[Backoffice] Your certificate for Python from the first line",
    )
    assert f"/verify/{certificate.number}" in text
    assert text.startswith("Hello Lou Marlow,")


def test_a_revocation_and_a_replacement_are_told_without_the_words_of_staff(
    box: MailServer, certificate: Certificate, administrator: User
) -> None:
    replacement = services.reissue_certificate(certificate, by=administrator, reason="A typo, canary-reason.")
    services.revoke_certificate(replacement, by=administrator, reason="Copied, canary-reason.")

    mail_unread_notifications.now(by=None)

    told = list(Notification.objects.order_by("pk").values_list("kind", flat=True))
    assert told == [f"learner.certificate_{word}" for word in ("issued", "replaced", "revoked")]
    assert box.readers == ["lou@example.org"]
    assert "canary-reason" not in str(box.taken[0][1])
    assert "3 notifications wait for you" in box.taken[0][1]["Subject"]


def test_what_is_refused_is_told_to_nobody(
    certificate: Certificate, completed: Enrollment, administrator: User
) -> None:
    before = Notification.objects.count()

    with pytest.raises(RuleBroken):
        services.issue_certificate(completed, by=administrator)
    with pytest.raises(RuleBroken):
        services.revoke_certificate(certificate, by=administrator, reason=" ")

    assert Notification.objects.count() == before == 1


def test_with_the_mail_server_down_five_hundred_certificates_stand_and_each_is_mailed_once(
    awarding: Course, settings: Any
) -> None:
    completed_by_many(awarding, 500)
    with mail_server() as box:
        send_by(box, settings)

    with time_machine.travel(timezone.now(), tick=False) as clock:
        issued = issue_due.now(by=None).outcome
        for _ in range(3):
            mail_unread_notifications.now(by=None)
            clock.shift(timedelta(minutes=1))
        waiting = Mail.objects.filter(state="waiting").count()
        clock.shift(timedelta(minutes=20))
        with mail_server(box):
            sent = send_mails.now(by=None).outcome
            again = send_mails.now(by=None).outcome

    assert (issued, Certificate.objects.count()) == ("500 certificates issued.", 500)
    assert (waiting, sent, again) == (500, "500 mails sent.", "Nobody waits for a mail.")
    assert sorted(box.readers) == sorted(
        User.objects.filter(email__startswith="reader-").values_list("email", flat=True)
    )


def test_telling_many_costs_a_few_statements(awarding: Course) -> None:
    def statements() -> int:
        ids = list(Enrollment.objects.filter(certificates=None).values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as captured:
            services.issue_certificates(ids, by=None)
        return len(captured)

    completed_by_many(awarding, 3)
    few = statements()
    Enrollment.objects.update(status=EnrollmentStatus.ACTIVE)
    people = accounts.person.make(_quantity=40)
    Enrollment.objects.bulk_create(
        Enrollment(user=one, course=awarding, status=EnrollmentStatus.COMPLETED, completed_at=timezone.now())
        for one in people
    )

    assert statements() == few
    assert Notification.objects.filter(kind="learner.certificate_issued").count() == 43
