"""Issuing: who earns a certificate, who is given one anyway or never, and that nobody gets two."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.audit.recording import change_set, operation
from apps.catalog.models import Course
from apps.certificates.models import Certificate, CertificateNote, CertificateTemplate
from apps.certificates.numbers import is_unguessable, key_of, new_number, number_from
from apps.certificates.services import issue_certificate, issue_certificates, revoke_certificate, save_note
from apps.certificates.services.issuing import months_later
from apps.certificates.states import CertificateState, Ruling
from apps.certificates.tasks import issue_due
from apps.enrollments.models import Enrollment
from apps.enrollments.services import delete_enrollment
from apps.enrollments.states import EnrollmentStatus
from apps.records.rules import RuleBroken
from tests.apps.certificates.conftest import completed_by
from tests.recipes import accounts, certificates, enrollments
from tests.support.people import person


def test_a_certificate_keeps_the_words_of_the_day_it_was_issued(completed: Enrollment, administrator: User) -> None:
    CertificateTemplate.objects.filter(language="en").update(valid_months=24)

    issued = issue_certificate(completed, by=administrator, reason="Asked for by phone.")
    Course.objects.filter(pk=completed.course_id).update(title="Renamed")
    User.objects.filter(pk=completed.user_id).update(last_name="Renamed")

    kept = Certificate.objects.get()
    assert (kept.pk, kept.learner_name, kept.course_title) == (issued.pk, "Lou Marlow", "Python from the first line")
    assert (kept.course_id, kept.user_id, kept.completed_at) == (
        completed.course_id,
        completed.user_id,
        completed.completed_at,
    )
    assert kept.valid_until == months_later(kept.issued_at, 24)
    assert kept.is_genuine
    assert is_unguessable(kept.number_key)
    version = kept.history.get()
    assert (version.history_type, version.number, version.history_user_id) == ("+", kept.number, administrator.pk)
    assert (version.history_change_reason, version.change_set.counts) == (
        "Asked for by phone.",
        {"certificates.certificate": {"created": 1}},
    )


def test_the_template_speaks_the_language_of_the_course_or_english(awarding: Course, administrator: User) -> None:
    spoken = []
    for language in ("de", "zh-hans", "pt-br"):
        Course.objects.filter(pk=awarding.pk).update(language=language)
        enrollment = completed_by(accounts.person.make(), awarding)
        spoken.append(issue_certificate(enrollment, by=administrator).template.language)

    assert spoken == ["de", "zh", "en"]


def refusals(completed: Enrollment, administrator: User) -> dict[str, Any]:
    """Each thing that stands in the way, and the words it is refused in."""
    note: dict[str, Any] = {"course": completed.course, "user": completed.user}
    return {
        "only completed": (lambda: set_to(completed, status=EnrollmentStatus.ACTIVE), "has not completed"),
        "only where awarded": (
            lambda: Course.objects.filter(pk=completed.course_id).update(has_certificate=False),
            "awards no certificate",
        ),
        "not archived": (lambda: set_to(completed, archived_at=timezone.now()), "is archived"),
        "never": (
            lambda: certificates.certificate_note.make(**note, ruling=Ruling.NEVER, reason="Copied"),
            "is never given a certificate of Python from the first line: Copied.",
        ),
        "not twice": (lambda: issue_certificate(completed, by=administrator), "has a certificate already: "),
        "not after a revocation": (
            lambda: revoke_certificate(issue_certificate(completed, by=administrator), by=administrator, reason="No."),
            "was revoked",
        ),
        "only with a name": (
            lambda: User.objects.filter(pk=completed.user_id).update(first_name="", last_name=""),
            "has no name",
        ),
        "only with a template": (lambda: CertificateTemplate.objects.update(is_default=False), "No template is used"),
    }


def set_to(enrollment: Enrollment, **facts: Any) -> None:
    Enrollment.with_archived.filter(pk=enrollment.pk).update(**facts)


@pytest.mark.parametrize(
    "what",
    [
        "only completed",
        "only where awarded",
        "not archived",
        "never",
        "not twice",
        "not after a revocation",
        "only with a name",
        "only with a template",
    ],
)
def test_what_stands_in_the_way_is_said_and_nothing_is_issued(
    completed: Enrollment, administrator: User, what: str
) -> None:
    prepare, words = refusals(completed, administrator)[what]
    prepare()
    before = list(Certificate.objects.values()), ChangeSet.objects.count()

    with pytest.raises(RuleBroken, match=words):
        issue_certificate(completed, by=administrator)

    assert (list(Certificate.objects.values()), ChangeSet.objects.count()) == before


def test_who_is_always_given_one_needs_neither_completion_nor_award(enrollment: Enrollment, manager: User) -> None:
    note = CertificateNote(course=enrollment.course, user=enrollment.user, ruling=Ruling.ALWAYS, reason="By phone.")
    save_note(note, by=manager)

    first = issue_certificate(enrollment, by=manager)
    revoke_certificate(first, by=manager, reason="Wrong person.")
    second = issue_certificate(enrollment, by=manager)

    assert second.standing() == CertificateState.VALID
    assert note.history.get().history_change_reason == "By phone."
    with pytest.raises(RuleBroken, match="There is a note about this learner and course already"):
        save_note(CertificateNote(course=note.course, user=note.user, ruling=Ruling.NEVER, reason="No."), by=manager)
    with pytest.raises(RuleBroken, match="Say why"):
        save_note(CertificateNote(course=note.course, user=note.user, ruling=Ruling.NEVER, reason=" "), by=manager)


def test_many_are_issued_in_a_few_statements_with_their_history(
    awarding: Course, administrator: User, django_assert_max_num_queries: Any
) -> None:
    taken = [completed_by(person(f"learner{n}", "student"), awarding) for n in range(30)]
    set_to(taken[0], status=EnrollmentStatus.ACTIVE)

    with django_assert_max_num_queries(12):
        issued = issue_certificates([one.pk for one in taken], by=administrator)

    assert len(issued.certificates) == Certificate.objects.count() == 29
    assert len({one.number for one in issued.certificates}) == 29
    assert [sentence for _, sentence in issued.refused] == [
        "Robin Learner0 has not completed Python from the first line."
    ]
    assert set(Certificate.history.values_list("number", "learner_name", "verification_hash")) == set(
        Certificate.objects.values_list("number", "learner_name", "verification_hash")
    )
    assert Certificate.history.values("change_set").distinct().count() == 1


# The job


def test_the_job_issues_what_is_due_once_and_leaves_everything_else(
    completed: Enrollment, administrator: User, awarding: Course, other_course: Course
) -> None:
    always = enrollments.enrollment.make(course=other_course)
    certificates.certificate_note.make(course=other_course, user=always.user, ruling=Ruling.ALWAYS)
    never, revoked, nameless = (completed_by(person(name, "student"), awarding) for name in ("ann", "ben", "cleo"))
    certificates.certificate_note.make(course=awarding, user=never.user, ruling=Ruling.NEVER)
    revoke_certificate(issue_certificate(revoked, by=administrator), by=administrator, reason="No.")
    User.objects.filter(pk=nameless.user_id).update(first_name="", last_name="")
    completed_by(person("dan", "student"), other_course)
    enrollments.enrollment.make(course=awarding)
    with operation(by=administrator, channel="import"), change_set(title="A file"):
        completed_by(person("eve", "student"), awarding)

    first, second = issue_due.now(by=None), issue_due.now(by=None)

    assert (first.outcome, first.counts) == (
        "2 certificates issued. 1 left alone; the log says why.",
        {"issued": 2, "left_alone": 1},
    )
    assert (second.outcome, second.counts) == (
        "0 certificates issued. 1 left alone; the log says why.",
        {"issued": 0, "left_alone": 1},
    )
    valid = Certificate.objects.filter(state=CertificateState.VALID)
    assert set(valid.values_list("enrollment", flat=True)) == {completed.pk, always.pk}
    assert valid.filter(enrollment=completed).get().history.get().history_change_reason == "The course is completed."


def test_an_enrollment_with_a_certificate_is_not_deleted(certificate: Certificate, administrator: User) -> None:
    with pytest.raises(RuleBroken, match="in use"):
        delete_enrollment(certificate.enrollment, by=administrator)

    assert Enrollment.objects.filter(pk=certificate.enrollment_id).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_issue_at_once_one_is_told_that_there_is_one(course: Course, administrator: User) -> None:
    Course.objects.filter(pk=course.pk).update(has_certificate=True)
    completed = completed_by(person("lou", "student"), course)
    barrier, outcomes = Barrier(2), []

    def issue() -> None:
        try:
            barrier.wait()
            outcomes.append(issue_certificate(completed, by=administrator).number)
        except RuleBroken as refused:
            outcomes.append(refused.sentence)
        finally:
            connection.close()

    threads = [Thread(target=issue) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    number = Certificate.objects.get().number
    assert sorted(outcomes) == sorted([number, f"Robin Lou has a certificate already: {number}."])


# Numbers


def test_a_number_is_found_as_people_type_it_and_is_never_one_of_another_system() -> None:
    number = number_from(2**127 + 123456789)

    key = key_of(number)
    typed = number.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert (len(number), len(key), key_of(typed), key_of(f" {number} ")) == (34, 28, key, key)
    assert is_unguessable(key)
    assert not is_unguessable(key[:-1] + ("0" if key[-1] != "0" else "2"))
    assert not is_unguessable(key_of("CERT-2021-0042"))
    assert len({new_number() for _ in range(1000)}) == 1000


def test_months_end_with_the_month_they_fall_into() -> None:
    assert months_later(datetime(2027, 1, 31, 12, tzinfo=UTC), 1) == datetime(2027, 2, 28, 12, tzinfo=UTC)
    assert months_later(datetime(2027, 12, 31, 12, tzinfo=UTC), 14) == datetime(2029, 2, 28, 12, tzinfo=UTC)
    assert months_later(datetime(2027, 5, 10, tzinfo=UTC), 12) - datetime(2027, 5, 10, tzinfo=UTC) == timedelta(366)
