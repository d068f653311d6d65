"""Files with many certificates: what is in them, who may fetch them, and for how long."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Course
from apps.certificates.models import Certificate, CertificateBundle
from apps.certificates.services import revoke_certificate
from apps.certificates.tasks import make_bundle, tidy_certificates
from apps.jobs.models import JobRun
from tests.apps.catalog.screens import said
from tests.recipes import certificates, enrollments

CERTIFICATES, BUNDLES = "/admin/certificates/certificate/", "/admin/certificates/certificatebundle/"


@pytest.fixture(autouse=True)
def _files_of_this_test(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def three(certificate: Certificate, administrator: User, other_course: Course) -> list[Certificate]:
    """One of the course, one of another course, and one that was revoked."""
    elsewhere = certificates.certificate.make(
        enrollment=enrollments.enrollment.make(course=other_course), learner_name="Ana Reyes"
    )
    revoked = certificates.certificate.make(learner_name="Rex")
    return [certificate, elsewhere, revoke_certificate(revoked, by=administrator, reason="Asked.")]


def bundle_of(by: User, chosen: list[Certificate]) -> Any:
    return make_bundle.now(by=by, certificates=[one.pk for one in chosen])


def test_the_chosen_ones_are_written_to_one_file_that_its_owner_fetches(
    as_manager: Client, manager: User, three: list[Certificate]
) -> None:
    chosen = {"action": "certificates_as_files", "_selected_action": [one.pk for one in three]}

    answer = as_manager.post(CERTIFICATES, chosen)
    run = JobRun.objects.get(job="certificates.make_bundle")
    make_bundle.execute(run.pk)
    bundle = CertificateBundle.objects.get()
    newest = ChangeSet.objects.latest("pk").pk
    file: Any = as_manager.get(f"{BUNDLES}{bundle.pk}/file/")

    run.refresh_from_db()
    assert "3 certificates are being drawn." in said(answer)
    assert run.outcome == (
        "2 certificates. 1 could not be drawn; the log says why. Fetch the file under Certificate files within a day."
    )
    with zipfile.ZipFile(io.BytesIO(b"".join(file.streaming_content))) as archive:
        assert sorted(archive.namelist()) == sorted(
            [f"Lou-Marlow-{three[0].number}.pdf", f"Ana-Reyes-{three[1].number}.pdf"]
        )
        assert {archive.read(name)[:5] for name in archive.namelist()} == {b"%PDF-"}
    entry = ChangeSet.objects.get(pk__gt=newest)
    assert (entry.actor, entry.origin) == (manager, f"certificates.certificatebundle:{bundle.pk}")
    assert bundle.left_out == [f"{three[2].number}: This certificate is revoked, so it is not drawn any more."]


def test_a_file_holds_only_what_the_requester_may_take_out_when_it_is_made(
    instructor: User, support: User, three: list[Certificate]
) -> None:
    own = bundle_of(instructor, three)
    nothing = bundle_of(support, three)

    assert CertificateBundle.objects.get().certificates == [three[0].pk]
    assert (own.state, nothing.state) == (JobRun.State.SUCCEEDED, JobRun.State.FAILED)
    assert nothing.outcome == "None of these certificates can be drawn. The log says why."


def test_the_rights_are_asked_again_when_the_file_is_fetched(
    as_instructor: Client, as_manager: Client, instructor: User, three: list[Certificate], course: Course
) -> None:
    bundle_of(instructor, three)
    address = f"{BUNDLES}{CertificateBundle.objects.get().pk}/file/"

    before = as_instructor.get(address).status_code
    others = [as_manager.get(address).status_code, Client().get(address).status_code]
    course.instructors.update(is_active=False)
    after = as_instructor.get(address)

    assert (before, others, after.status_code) == (200, [404, 404], 404)


def test_a_file_is_gone_after_a_day(as_manager: Client, manager: User, three: list[Certificate]) -> None:
    bundle_of(manager, three)
    bundle = CertificateBundle.objects.get()

    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1), tick=False):
        answer = as_manager.get(f"{BUNDLES}{bundle.pk}/file/").status_code
        tidied = tidy_certificates.now(by=None).outcome

    assert (answer, tidied) == (404, "1 old files and 0 failed lookups deleted.")
    assert not default_storage.exists(bundle.file)


def test_a_file_has_a_limit_and_is_not_begun_by_those_who_take_nothing_out(
    as_manager: Client, as_support: Client, three: list[Certificate], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.certificates.admin.pdf_files.MOST_IN_A_FILE", 2)
    chosen = {"action": "certificates_as_files", "_selected_action": [one.pk for one in three]}

    answers = [client.post(CERTIFICATES, chosen) for client in (as_manager, as_support)]

    assert "At most 2 certificates go into one file." in said(answers[0])
    assert not JobRun.objects.filter(job="certificates.make_bundle").exists()
