"""The screens of certificates: what they show, do and refuse, and how much they ask of the database."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Course
from apps.certificates.models import Certificate, CertificateNote, CertificateTemplate
from apps.certificates.services import reissue_certificate, revoke_certificate
from apps.enrollments.models import Enrollment
from apps.enrollments.states import EnrollmentStatus
from apps.jobs.models import JobRun
from tests.apps.catalog.screens import MOST_QUERIES, said, text
from tests.apps.certificates.conftest import completed_by
from tests.recipes import certificates, enrollments
from tests.support.people import person

CERTIFICATES = "/admin/certificates/certificate/"
NOTES = "/admin/certificates/certificatenote/"
TEMPLATES = "/admin/certificates/certificatetemplate/"
ENROLLMENTS = "/admin/enrollments/enrollment/"


def act(client: Client, record: Any, action: str, **asked: Any) -> str:
    return said(client.post(f"/admin/certificates/{record._meta.model_name}/{record.pk}/{action}/", asked))


def page(certificate: Certificate) -> str:
    return f"{CERTIFICATES}{certificate.pk}/change/"


def choose(client: Client, address: str, action: str, chosen: list[Any], **asked: Any) -> Any:
    return client.post(address, {"action": action, "_selected_action": [one.pk for one in chosen], **asked})


@pytest.mark.parametrize("number", [3, 300])
def test_the_list_and_the_page_take_the_same_queries_for_few_and_many(
    as_instructor: Client, awarding: Course, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    people = User.objects.bulk_create(User(email=f"p{n}@example.org", last_name="P") for n in range(number))
    taken = Enrollment.objects.bulk_create(Enrollment(course=awarding, user=one) for one in people)
    template = CertificateTemplate.objects.get(language="en")
    made = [
        Certificate(
            enrollment=one, course=awarding, user=one.user, template=template, learner_name="P", course_title="T"
        )
        for one in taken
    ]
    for certificate in made:
        certificate.completed_at = timezone.now()
        certificate.seal()
    Certificate.objects.bulk_create(made)
    as_instructor.get("/admin/")

    with django_assert_max_num_queries(MOST_QUERIES):
        listed = as_instructor.get(CERTIFICATES)
    with django_assert_max_num_queries(MOST_QUERIES):
        shown = as_instructor.get(page(made[0]))

    assert listed.context["cl"].result_count == number
    assert "p0@example.org" not in text(listed) + text(shown)


def test_the_list_is_narrowed_to_what_certificates_are_now(as_manager: Client, administrator: User) -> None:
    past, now = timezone.now() - timedelta(days=30), timezone.now()
    valid, revoked, expired, replaced = (
        certificates.certificate.make(learner_name=name, issued_at=past, valid_until=until)
        for name, until in (("Val", None), ("Rev", None), ("Exp", now), ("Rep", now + timedelta(days=9)))
    )
    revoke_certificate(revoked, by=administrator, reason="Asked.")
    newer = reissue_certificate(replaced, by=administrator, reason="Asked.")

    found = {
        query: {row.pk for row in as_manager.get(f"{CERTIFICATES}?{query}").context["cl"].result_list}
        for query in ("state=valid", "state=revoked", "state=expired", "state=replaced", "state=dull", "q=Exp")
    }

    assert found == {
        "state=valid": {valid.pk, newer.pk},
        "state=revoked": {revoked.pk},
        "state=expired": {expired.pk},
        "state=replaced": {replaced.pk},
        "state=dull": set(),
        "q=Exp": {expired.pk},
    }


def test_an_empty_list_offers_to_issue_one_to_those_who_may(
    as_instructor: Client, as_support: Client, awarding: Course
) -> None:
    offered = [text(client.get(CERTIFICATES)) for client in (as_instructor, as_support)]

    assert ["Whoever completes a course" in shown for shown in offered] == [True, True]
    assert ["Issue a certificate" in shown for shown in offered] == [True, False]


def test_an_instructor_issues_by_the_rule_on_their_own_course(
    as_instructor: Client, completed: Enrollment, other_course: Course
) -> None:
    elsewhere = enrollments.enrollment.make(course=other_course, status=EnrollmentStatus.COMPLETED)
    asked = {"taken_course": completed.course_id, "learner_email": "lou@example.org"}

    strange = as_instructor.post(f"{CERTIFICATES}add/", {**asked, "taken_course": other_course.pk})
    unknown = as_instructor.post(f"{CERTIFICATES}add/", {**asked, "learner_email": elsewhere.user.email})
    before = Certificate.objects.count()
    done = as_instructor.post(f"{CERTIFICATES}add/", asked, follow=True)
    again = as_instructor.post(f"{CERTIFICATES}add/", asked)

    certificate = Certificate.objects.get()
    assert before == 0
    assert "Select a valid choice" in text(strange)
    assert "Nobody with this address is enrolled in this course." in text(unknown)
    assert (done.redirect_chain[-1][0], certificate.learner_name) == (page(certificate), "Lou Marlow")
    assert "Lou Marlow has a certificate already" in text(again)


def test_an_enrollment_shows_its_certificates_and_why_there_is_none(
    as_instructor: Client, as_support: Client, completed: Enrollment, administrator: User
) -> None:
    address = f"{ENROLLMENTS}{completed.pk}/change/?tab=certificates"

    due, seen = text(as_instructor.get(address)), text(as_support.get(address))
    issued = as_instructor.post(f"{CERTIFICATES}issue/{completed.pk}/")
    shown = text(as_instructor.get(address))
    again = as_instructor.post(f"{CERTIFICATES}issue/{completed.pk}/")

    certificate = Certificate.objects.get()
    assert "A certificate is due" in due
    assert "A certificate is due" not in seen
    assert f"Lou Marlow has a certificate: {certificate.number}." in said(issued)
    assert certificate.number in shown
    assert "has a certificate already" in said(again)


def test_the_chosen_enrollments_that_earn_one_get_one_and_the_rest_is_named(
    as_instructor: Client, completed: Enrollment, awarding: Course, other_course: Course
) -> None:
    unfinished = enrollments.enrollment.make(course=awarding, user=person("slow", "student"))
    newest = ChangeSet.objects.latest("pk").pk

    answer = choose(as_instructor, f"{ENROLLMENTS}?status__exact=completed", "issue_certificates", [completed])
    second = choose(as_instructor, ENROLLMENTS, "issue_certificates", [completed, unfinished])

    assert "1 certificate issued." in said(answer)
    assert "2 enrollments left alone." in said(second)
    assert "Robin Slow has not completed Python from the first line." in said(second)
    assert Certificate.objects.get().enrollment == completed
    assert [one.counts for one in ChangeSet.objects.filter(pk__gt=newest)] == [
        {"certificates.certificate": {"created": 1}}
    ]


def test_very_many_are_issued_in_the_background_by_the_rights_of_then(
    as_instructor: Client, completed: Enrollment, awarding: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.certificates.admin.issuing.AT_ONCE", 1)
    other = completed_by(person("ann", "student"), awarding)

    answer = choose(as_instructor, ENROLLMENTS, "issue_certificates", [completed, other])

    run = JobRun.objects.get(job="certificates.issue_chosen")
    assert "2 enrollments are being looked at." in said(answer)
    assert run.arguments == {"enrollments": sorted([completed.pk, other.pk])}
    assert not Certificate.objects.exists()
    awarding.instructors.all().delete()
    awarding.user_grants.all().delete()
    from apps.certificates.tasks import issue_chosen  # noqa: PLC0415

    issue_chosen.execute(run.pk)
    run.refresh_from_db()
    assert (run.outcome, Certificate.objects.count()) == ("No certificate is due.", 0)


def test_a_manager_revokes_what_an_instructor_asked_for(
    as_instructor: Client, as_manager: Client, certificate: Certificate
) -> None:
    asked = act(as_instructor, certificate, "ask-to-revoke", reason="Not theirs.")
    refused = as_instructor.post(f"{CERTIFICATES}{certificate.pk}/revoke/", {"reason": "Mine."})
    without = act(as_manager, certificate, "revoke", reason=" ")
    revoked = act(as_manager, certificate, "revoke", reason="Handed in for somebody else.")

    certificate.refresh_from_db()
    assert "2 people were told." in asked
    assert refused.status_code == 403
    assert "Reason" in without
    assert "The certificate of Lou Marlow is revoked." in revoked
    assert certificate.revocation_reason == "Handed in for somebody else."
    assert "Handed in for somebody else." in text(as_manager.get(page(certificate)))


def test_the_page_of_a_person_lists_what_they_were_given(as_support: Client, certificate: Certificate) -> None:
    shown = text(as_support.get(f"/admin/accounts/user/{certificate.user_id}/change/?tab=certificate"))

    assert certificate.number in shown
    assert page(certificate) in shown


# Notes and templates


def test_a_manager_notes_who_is_never_given_one_changes_it_and_takes_it_back(
    as_manager: Client, completed: Enrollment
) -> None:
    asked = {"course": completed.course_id, "ruling": "never", "reason": "Copied."}

    unknown = as_manager.post(f"{NOTES}add/", {**asked, "learner_email": "nobody@example.org"})
    as_manager.post(f"{NOTES}add/", {**asked, "learner_email": "lou@example.org"})
    note = CertificateNote.objects.get()
    twice = as_manager.post(f"{NOTES}add/", {**asked, "learner_email": "lou@example.org"})
    as_manager.post(f"{NOTES}{note.pk}/change/", {"ruling": "always", "reason": "It was not."})
    changed = CertificateNote.objects.get()
    as_manager.post(f"{NOTES}{note.pk}/delete/", {"post": "yes"})

    assert "Nobody has this address." in text(unknown)
    assert (note.user_id, note.ruling) == (completed.user_id, "never")
    assert "There is a note about this learner and course already." in text(twice)
    assert (changed.ruling, changed.reason) == ("always", "It was not.")
    assert not CertificateNote.objects.exists()
    assert list(CertificateNote.history.values_list("history_type", flat=True).order_by("history_id")) == [
        "+",
        "~",
        "-",
    ]


def test_a_manager_makes_a_new_version_looks_at_it_and_uses_it(as_manager: Client, certificate: Certificate) -> None:
    used = certificate.template
    fields = {"name": used.name, "version": "1.0", "language": "en", "organization": "Us", "color": "#123456"}

    refused = as_manager.post(f"{TEMPLATES}{used.pk}/change/?tab=facts", fields)
    made = act(as_manager, used, "new-version", version="1.1")
    newer = CertificateTemplate.objects.get(version="1.1")
    as_manager.post(f"{TEMPLATES}{newer.pk}/change/?tab=facts", {**fields, "version": "1.1", "color": "red"})
    as_manager.post(f"{TEMPLATES}{newer.pk}/change/?tab=facts", {**fields, "version": "1.1"})
    used_now = act(as_manager, newer, "make-default")
    preview = as_manager.get(f"{TEMPLATES}{newer.pk}/preview/hi/")
    shown = text(as_manager.get(f"{TEMPLATES}{newer.pk}/change/"))

    newer.refresh_from_db()
    assert refused.status_code == 403
    assert "Standard, English 1.1 is made." in made
    assert (newer.organization, newer.color) == ("Us", "#123456")
    assert "Standard, English 1.1 is used for new certificates." in used_now
    assert (preview.content[:5], preview["X-Frame-Options"]) == (b"%PDF-", "SAMEORIGIN")
    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]
    assert f"{TEMPLATES}{newer.pk}/preview/en/" in shown
    assert as_manager.get(f"{TEMPLATES}{newer.pk}/preview/xx/").status_code == 404


def test_the_page_of_a_course_shows_its_certificates_to_whoever_may_see_them(
    as_instructor: Client, as_moderator: Client, course: Course, other_course: Course
) -> None:
    mine = certificates.certificate.make(course=course, user=person("lou", "student"))
    other = certificates.certificate.make(course=other_course, user=person("kim", "student"))
    tab = f"/admin/catalog/course/{course.pk}/change/?tab=certificates"

    shown = text(as_instructor.get(tab))

    assert mine.number in shown
    assert other.number not in shown
    assert "lou@example.org" not in shown
    assert as_moderator.get(tab).status_code == 403
