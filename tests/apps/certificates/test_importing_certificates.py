"""Certificates of another system come in by their numbers; nothing a certificate says is changed by a file."""

from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.certificates.models import Certificate
from apps.certificates.services import issue_certificate
from apps.certificates.tasks import issue_chosen, issue_due
from apps.enrollments.models import Enrollment
from apps.jobs.models import JobRun
from imports.services import apply_now, undo_now
from tests.recipes import enrollments
from tests.support.importing import applied, planned
from tests.support.people import person

HEAD = "certificate_number,student_email,course_code,learner_name,issued_at,valid_until,state,revocation_reason\n"


def faults(job: Any) -> list[str]:
    rows = job.rows.order_by("number").values_list("messages", flat=True)
    return [message["message"] for messages in rows for message in messages]


def test_old_numbers_come_in_are_checked_by_anybody_and_taken_back(completed: Enrollment, administrator: User) -> None:
    other = enrollments.enrollment.make(course=completed.course)
    text = (
        f"{HEAD}CERT-2021-0042,lou@example.org,PY-101,,2021-03-01 09:00,,,\n"
        f"CERT-2021-0043,{other.user.email},PY-101,Robin Lee,2021-03-01 09:00,,revoked,Copied.\n"
    )

    job = applied("certificates", text, administrator)
    issued = issue_due.now(by=None).outcome
    told = [Client().get(f"/verify/cert2021{last}.json").json() for last in ("0042", "0043")]

    assert (job.status, issued) == ("applied", "No certificate is due.")
    assert [(facts["state"], facts["name"], facts["issued_on"]) for facts in told] == [
        ("valid", "L. M.", "2021-03-01"),
        ("revoked", "R. L.", "2021-03-01"),
    ]
    first, second = Certificate.objects.order_by("number")
    assert (first.course_id, first.user_id) == (completed.course_id, completed.user_id)
    assert (first.is_genuine, second.is_genuine, second.revoked_by) == (True, True, administrator)
    assert first.history.get().change_set.channel == "import"
    undo_now(job, by=administrator)
    assert not Certificate.objects.exists()


def test_what_cannot_come_in_is_said_in_each_row(completed: Enrollment, administrator: User) -> None:
    issued = issue_certificate(completed, by=administrator)
    free = enrollments.enrollment.make(course=completed.course).user.email
    lines = {
        f"{issued.number.lower().replace('-', ' ')},{free},PY-101,,,,,": "This number cannot be used",
        f"C-1000-01,{free},PY-101,A,2021-03-01,2021-02-01,,": "It would end before it was issued",
        f"C-1000-02,{free},PY-101,A,,,replaced,": "comes in valid or revoked",
        f"C-1000-03,{free},PY-101,A,,,revoked,": "Say why it is revoked",
        f"C-1000-04,{free},PY-101,A,,,,Because.": "Only a revoked certificate has a reason",
        "C-1000-05,lou@example.org,PY-101,A,,,,": "The learner has a certificate of this course already",
        f"A-1,{free},PY-101,A,,,,": "The number must have at least 6 letters and digits",
        f"C-1000-06,{free},PY-101,A,,,,": "",
        f"C1000o6,{free},PY-101,A,,,,": "This number cannot be used",
    }

    job = planned("certificates", HEAD + "\n".join(lines) + "\n", administrator)

    told = faults(job)
    assert job.counts["create"] == 1
    assert [words for words in lines.values() if words and not any(words in one for one in told)] == []
    assert Certificate.objects.get() == issued


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("learner_name", "Somebody Else", "What a certificate says is never changed."),
        ("valid_until", "2031-01-01 10:00", "What a certificate says is never changed."),
        ("state", "replaced", "A file may only revoke what counts."),
        ("state", "revoked", "Say why it is revoked."),
    ],
)
def test_a_file_changes_nothing_a_certificate_says(
    completed: Enrollment, administrator: User, column: str, value: str, words: str
) -> None:
    issued = issue_certificate(completed, by=administrator)

    job = planned("certificates", f"certificate_number,{column}\n{issued.number},{value}\n", administrator)

    assert words in " ".join(faults(job))
    assert (job.counts["update"], job.counts["invalid"]) == (0, 1)


def test_a_file_revokes_for_a_reason_and_never_takes_that_back(completed: Enrollment, administrator: User) -> None:
    number = issue_certificate(completed, by=administrator).number
    head = "certificate_number,state,revocation_reason\n"

    done = applied("certificates", f"{head}{number},revoked,Copied.\n", administrator)
    back = planned("certificates", f"{head}{number},valid,(clear)\n", administrator)

    revoked = Certificate.objects.get()
    assert done.status == "applied"
    assert (revoked.state, revoked.revocation_reason, revoked.revoked_by) == ("revoked", "Copied.", administrator)
    assert revoked.revoked_at is not None
    assert "This certificate is revoked." in " ".join(faults(back))


@pytest.mark.parametrize("is_asked", [False, True])
def test_completions_of_a_file_earn_certificates_only_when_that_is_asked_for(
    awarding: Course, administrator: User, is_asked: bool
) -> None:
    person("lou", "student"), person("sam", "student")
    text = "student_email,course_code,status\nlou@example.org,PY-101,completed\nsam@example.org,PY-101,active\n"
    job = planned("enrollments", text, administrator)

    apply_now(job, by=administrator, notify=is_asked)
    due = issue_due.now(by=None).outcome
    for run in JobRun.objects.filter(job="certificates.issue_chosen"):
        issue_chosen.execute(run.pk)

    names = list(Certificate.objects.values_list("learner_name", flat=True))
    assert due == "No certificate is due."
    assert names == (["Robin Lou"] if is_asked else [])
