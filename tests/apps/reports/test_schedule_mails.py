"""The mails of reports that are sent: a link that ends, or the file, for whoever may still have it when it goes out."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from apps.accounts.models import User
from apps.accounts.services import suspend_person
from apps.audit.models import ChangeSet
from apps.enrollments.models import Enrollment
from apps.notifications.models import Mail
from apps.notifications.tasks import send_mails
from apps.reports.models import ReportRun
from apps.reports.services import delivering
from apps.reports.tasks import tidy_reports
from tests.apps.reports.conftest import Scheduling, come_due
from tests.support.smtp import MailServer, mail_server, send_by


@pytest.fixture
def box(settings: Any) -> Iterator[MailServer]:
    with mail_server() as answering:
        send_by(answering, settings)
        yield answering


def attached_to(message: Any) -> list[tuple[str, bytes]]:
    return [(part.get_filename(), part.get_content()) for part in message.iter_attachments()]


def test_an_attached_file_is_what_was_recorded_and_audited_once(
    scheduled: Scheduling, clock: Any, box: MailServer, manager: User, enrolled: list[Enrollment]
) -> None:
    scheduled(manager, delivery="attached", format="xlsx")
    come_due(clock)
    newest = ChangeSet.objects.latest("pk").pk

    send_mails.now(by=None)

    run, ((reader, message),) = ReportRun.objects.get(), box.taken
    ((name, content),) = attached_to(message)
    entry = ChangeSet.objects.get(pk__gt=newest)
    assert (reader, name) == (manager.email, "who-learns-2026-03-30.xlsx")
    assert len(content) == run.size_bytes
    assert (entry.actor, entry.origin) == (manager, f"reports.reportrun:{run.pk}")
    assert entry.title == "Mailed who-learns-2026-03-30.xlsx to Robin Manager"
    assert Mail.objects.get().attached == ""


def test_a_file_too_large_for_a_mail_is_linked_with_a_sentence(
    scheduled: Scheduling, clock: Any, manager: User, enrolled: list[Enrollment], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "LARGEST_ATTACHED", 10)
    scheduled(manager, delivery="attached")

    come_due(clock)

    mail = Mail.objects.get()
    assert mail.attached == ""
    assert "too large for a mail" in mail.text


def test_with_the_mail_server_down_the_file_waits_and_goes_out_once_and_is_audited_once(
    scheduled: Scheduling, clock: Any, settings: Any, manager: User, enrolled: list[Enrollment]
) -> None:
    with mail_server() as box:
        send_by(box, settings)
    scheduled(manager, delivery="attached")
    come_due(clock)
    for _ in range(3):
        send_mails.now(by=None)
        clock.shift(timedelta(minutes=30))
    with mail_server(box):
        send_mails.now(by=None)
        send_mails.now(by=None)

    assert box.readers == [manager.email]
    assert len(attached_to(box.taken[0][1])) == 1
    assert ChangeSet.objects.filter(title__startswith="Mailed").count() == 1


@pytest.mark.parametrize("deed", ["suspended", "role taken away"])
def test_a_mail_that_waited_does_not_bring_the_file_to_a_former_colleague(
    scheduled: Scheduling,
    clock: Any,
    settings: Any,
    manager: User,
    administrator: User,
    enrolled: list[Enrollment],
    deed: str,
) -> None:
    with mail_server() as box:
        send_by(box, settings)
    scheduled(manager, delivery="attached", owner=administrator)
    come_due(clock)
    if deed == "suspended":
        suspend_person(manager, by=administrator, reason="Left.")
    else:
        manager.groups.clear()
    with mail_server(box):
        send_mails.now(by=None)

    mail = Mail.objects.get(kind="report")
    assert box.readers == []
    assert (mail.state, mail.error) == ("failed", "The file it brings is not open to its recipient any more.")
    assert not ChangeSet.objects.filter(title__startswith="Mailed").exists()


def test_a_mail_that_is_refused_keeps_its_file_for_the_next_try(
    scheduled: Scheduling, clock: Any, box: MailServer, manager: User, enrolled: list[Enrollment]
) -> None:
    box.refuses = {manager.email: "452 Box is full"}
    scheduled(manager, delivery="attached")
    come_due(clock)
    send_mails.now(by=None)
    box.refuses = {}
    clock.shift(timedelta(minutes=2))

    send_mails.now(by=None)

    assert len(attached_to(box.taken[0][1])) == 1


def test_the_file_is_kept_for_a_week(
    scheduled: Scheduling,
    clock: Any,
    manager: User,
    enrolled: list[Enrollment],
    signed_in: Callable[[User], Any],
) -> None:
    scheduled(manager)
    come_due(clock)
    run = ReportRun.objects.get()
    answers = []
    for days in (6, 2):
        clock.shift(timedelta(days=days))
        answers.append(signed_in(manager).get(f"/admin/reports/reportrun/{run.pk}/file/").status_code)
    tidied = tidy_reports.now(by=None).outcome

    assert answers == [200, 404]
    assert tidied.endswith("old files deleted.")
