"""Mails about notifications nobody looked at: who gets one, once, and what happens when it cannot be sent."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.jobs.models import JobRun
from apps.notifications.models import Mail, Notification
from apps.notifications.services import write_due_mails
from apps.notifications.tasks import mail_unread_notifications
from tests.recipes import accounts
from tests.recipes import notifications as recipes

pytestmark = pytest.mark.django_db


def unread(person: User, title: str = "Look at this", *, minutes: int = 20, **facts: Any) -> Notification:
    received = timezone.now() - timedelta(minutes=minutes)
    made: Notification = recipes.notification.make(recipient=person, title=title, created_at=received, **facts)
    return made


def run() -> JobRun:
    return mail_unread_notifications.now(by=None)


def test_what_was_not_looked_at_is_mailed_once_with_its_link(manager: User) -> None:
    notification = unread(manager, text="The term begins.", link="/admin/catalog/accessrequest/1/change/")

    outcomes = [run().outcome, run().outcome]

    assert outcomes == ["1 mail sent.", "Nobody waits for a mail."]
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([manager.email], "[Backoffice] Look at this")
    assert sent.body.endswith(
        "Look at this\nThe term begins.\nhttp://127.0.0.1:8000/admin/catalog/accessrequest/1/change/"
    )
    notification.refresh_from_db()
    assert notification.emailed_at is not None


def test_everything_that_waits_for_one_person_is_one_mail(manager: User, administrator: User) -> None:
    for person, title in ((manager, "One"), (administrator, "Other"), (manager, "Two")):
        unread(person, title)

    run()

    of_manager, of_administrator = sorted(mail.outbox, key=lambda sent: sent.to != [manager.email])
    assert of_manager.subject == "[Backoffice] 2 notifications wait for you"
    assert ("One" in of_manager.body, "Two" in of_manager.body, "Other" in of_manager.body) == (True, True, False)
    assert "Other" in of_administrator.body


@pytest.mark.parametrize(
    "facts",
    [
        {"minutes": 5},
        {"minutes": 60 * 25},
        {"read_at": timezone.now()},
        {"dismissed_at": timezone.now()},
        {"emailed_at": timezone.now()},
        {"expires_at": timezone.now() - timedelta(minutes=1)},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_what_is_not_due_or_dealt_with_is_not_mailed(manager: User, facts: dict[str, Any]) -> None:
    unread(manager, **facts)

    run()

    assert mail.outbox == []


@pytest.mark.parametrize("change", [{"status": User.Status.SUSPENDED}, {"role": User.Role.STUDENT}])
def test_who_cannot_open_the_console_gets_no_mail(manager: User, change: dict[str, str]) -> None:
    unread(manager)
    for name, value in change.items():
        setattr(manager, name, value)
    manager.save()

    run()

    assert mail.outbox == []


def test_who_wants_no_mails_gets_none(manager: User) -> None:
    accounts.profile.make(user=manager, receive_email_notifications=False)
    unread(manager)

    run()

    assert mail.outbox == []


def test_a_mail_that_could_not_be_sent_waits_in_the_outbox_and_is_not_written_twice(
    manager: User, settings: Any
) -> None:
    notification = unread(manager)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 9, False

    refused = run()

    notification.refresh_from_db()
    assert (refused.state, refused.outcome) == (JobRun.State.SUCCEEDED, "Nobody waits for a mail.")
    assert "The mail server takes nothing" in refused.log_lines.get().text
    assert notification.mail == Mail.objects.get(state="waiting", to=manager.email)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Mail.objects.update(due_at=timezone.now())
    assert [run().outcome, run().outcome] == ["1 mail sent.", "Nobody waits for a mail."]


def test_one_person_gets_one_mail_and_many_people_cost_no_more_statements(administrator: User) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            write_due_mails()
        return len(captured)

    unread(administrator)
    few = statements()
    for other in accounts.person.make(role=User.Role.STAFF, _quantity=30):
        unread(other)

    assert statements() == few
    assert Mail.objects.count() == 31
