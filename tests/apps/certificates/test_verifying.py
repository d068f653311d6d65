"""The public page: every state, nothing that is nobody's business, one query, and not too often."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.certificates.models import Certificate, CertificateTemplate, FailedLookup
from apps.certificates.numbers import key_of, new_number
from apps.certificates.services import issue_certificate, reissue_certificate, revoke_certificate
from apps.certificates.tasks import tidy_certificates
from apps.enrollments.models import Enrollment
from tests.recipes import certificates, enrollments

CANARIES = ("lou@example.org", "PY-101", "canary-reason", "Robin", "/admin/certificates")


def asked(number: str, **headers: Any) -> Any:
    return Client().get(f"/verify/{number}", **headers)


def as_json(number: str) -> Any:
    answer = Client().get(f"/verify/{number}.json")
    return answer.status_code, answer.json()


def leaks(certificate: Certificate, answer: Any) -> list[str]:
    """What stands in the whole answer although it is nobody's business."""
    said = answer.content.decode() + str(answer.headers) + answer.cookies.output()
    secret = (*CANARIES, certificate.verification_hash)
    return [word for word in secret if word in said]


def test_a_valid_one_says_whose_and_of_what_and_no_more(certificate: Certificate) -> None:
    answer, (status, facts) = asked(certificate.number), as_json(certificate.number)

    page = answer.content.decode()
    assert (answer.status_code, status) == (200, 200)
    for word in ("This certificate is valid", "Lou Marlow", "Python from the first line", certificate.number):
        assert word in page
    today = timezone.localdate().isoformat()
    assert facts == {
        "state": "valid",
        "number": certificate.number,
        "name": "Lou Marlow",
        "course": "Python from the first line",
        "completed_on": today,
        "issued_on": today,
        "valid_until": None,
    }
    assert leaks(certificate, answer) == []
    assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert '<meta name="robots" content="noindex' in page
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_a_revoked_one_says_so_without_the_reason(certificate: Certificate, manager: User) -> None:
    revoke_certificate(certificate, by=manager, reason="canary-reason")

    answer, (_, facts) = asked(certificate.number), as_json(certificate.number)

    assert "This certificate was revoked" in answer.content.decode()
    assert (facts["state"], facts["revoked_on"]) == ("revoked", timezone.localdate().isoformat())
    assert leaks(certificate, answer) == []
    assert "canary" not in json.dumps(facts)


def test_a_replaced_one_names_the_number_of_the_newer_one_only(certificate: Certificate, administrator: User) -> None:
    User.objects.filter(pk=certificate.user_id).update(last_name="Canary")
    replacement = reissue_certificate(certificate, by=administrator, reason="canary-reason")

    answer, (_, facts) = asked(certificate.number), as_json(certificate.number)

    page = answer.content.decode()
    assert "This certificate was replaced" in page
    assert f'href="/verify/{replacement.number}"' in page
    assert "Canary" not in page
    assert (facts["state"], facts["replaced_by"]) == ("replaced", replacement.number)
    assert leaks(certificate, answer) == []


def test_an_expired_one_says_since_when(completed: Enrollment, administrator: User) -> None:
    CertificateTemplate.objects.filter(language="en").update(valid_months=1)
    certificate = issue_certificate(completed, by=administrator)
    ends = certificate.valid_until
    assert ends is not None

    with time_machine.travel(ends - timedelta(seconds=1), tick=False):
        before = as_json(certificate.number)[1]["state"]
    with time_machine.travel(ends, tick=False):
        answer, (_, facts) = asked(certificate.number), as_json(certificate.number)

    assert (before, facts["state"]) == ("valid", "expired")
    assert "This certificate has expired" in answer.content.decode()
    assert leaks(certificate, answer) == []


@pytest.mark.parametrize("number", ["{new}", "x", "CERT-2021-0042", "%F0%9F%8E%93", "1' OR '1'='1", "a" * 300])
def test_everything_nobody_has_is_answered_alike(certificate: Certificate, number: str) -> None:
    unknown = asked(new_number())

    answer, (status, facts) = asked(number.format(new=new_number())), as_json(new_number())

    assert (answer.status_code, status, facts) == (404, 404, {"state": "unknown"})
    assert answer.content == unknown.content
    assert "No certificate has this number" in answer.content.decode()


def test_one_that_was_altered_is_none(certificate: Certificate) -> None:
    Certificate.objects.filter(pk=certificate.pk).update(learner_name="Somebody Else")

    assert as_json(certificate.number) == (404, {"state": "unknown"})


def test_a_number_is_found_as_it_is_typed_and_leads_to_an_address_to_keep(certificate: Certificate) -> None:
    typed = certificate.number.lower().replace("-", " ").replace("0", "o").replace("1", "i")

    answer = Client().get("/verify/", {"number": typed}, follow=True)
    empty = Client().get("/verify/", {"number": " - "})

    assert answer.redirect_chain == [(f"/verify/{key_of(certificate.number)}", 302)]
    assert "This certificate is valid" in answer.content.decode()
    assert "Check a certificate" in empty.content.decode()


def test_a_program_gets_the_same_by_asking_for_json(certificate: Certificate) -> None:
    answer = asked(certificate.number, headers={"accept": "application/json"})

    assert answer.json() == as_json(certificate.number)[1]


def test_a_number_of_another_system_shows_initials_only(completed: Enrollment) -> None:
    certificates.certificate.make(enrollment=completed, number="CERT-2021-0042", learner_name="Lou van Marlow")

    _, facts = as_json("cert 2021 0042")

    assert (facts["state"], facts["name"]) == ("valid", "L. v. M.")


@pytest.mark.parametrize("number", [1, 300])
def test_it_takes_one_query_however_many_there_are(
    certificate: Certificate, number: int, django_assert_num_queries: Any
) -> None:
    for _ in range(number // 100):
        certificates.certificate.make(enrollment=enrollments.enrollment.make(course=certificate.course))
    asked(certificate.number)

    with django_assert_num_queries(1) as asked_once:
        asked(certificate.number)
    with django_assert_num_queries(1):
        as_json(certificate.number)

    assert "number_key" in asked_once[0]["sql"]
    assert "JOIN" not in asked_once[0]["sql"]


# Not too often


def test_whoever_guesses_is_not_answered_any_more_from_any_process(certificate: Certificate) -> None:
    client, elsewhere = Client(REMOTE_ADDR="198.51.100.1"), Client(REMOTE_ADDR="198.51.100.2")
    answers = [client.get(f"/verify/{new_number()}").status_code for _ in range(21)]

    held = client.get(f"/verify/{certificate.number}")
    held_json = client.get(f"/verify/{certificate.number}.json")

    assert answers == [404] * 20 + [429]
    assert (held.status_code, held_json.status_code) == (429, 429)
    assert "Lou Marlow" not in held.content.decode() + held_json.content.decode()
    assert FailedLookup.objects.count() == 20
    assert elsewhere.get(f"/verify/{certificate.number}").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1), tick=False):
        assert client.get(f"/verify/{certificate.number}").status_code == 200
        assert tidy_certificates.now(by=None).outcome == "0 old files and 20 failed lookups deleted."
    assert not FailedLookup.objects.exists()


def test_a_network_of_newer_addresses_counts_as_one(certificate: Certificate, settings: LazySettings) -> None:
    settings.VERIFY_FAILED_LIMIT = "1/10m/ip"
    Client(REMOTE_ADDR="2001:db8::1").get(f"/verify/{new_number()}")

    same, other = Client(REMOTE_ADDR="2001:db8::ffff:2"), Client(REMOTE_ADDR="2001:db8:0:1::1")

    assert same.get(f"/verify/{certificate.number}").status_code == 429
    assert other.get(f"/verify/{certificate.number}").status_code == 200


@pytest.mark.parametrize(("is_behind_proxy", "statuses"), [(False, [429, 429]), (True, [429, 200])])
def test_behind_a_proxy_it_counts_who_the_proxy_says_and_nobody_else_is_believed(
    certificate: Certificate, settings: LazySettings, is_behind_proxy: bool, statuses: list[int]
) -> None:
    settings.VERIFY_FAILED_LIMIT = "1/10m/ip"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if is_behind_proxy else None
    asked(new_number(), headers={"x-forwarded-for": "203.0.113.9, 198.51.100.1"})

    same, other = (
        asked(certificate.number, headers={"x-forwarded-for": f"203.0.113.{last}, 198.51.100.{last}"}).status_code
        for last in (1, 2)
    )

    assert [same, other] == statuses


def test_whoever_asks_very_often_waits_even_for_what_there_is(certificate: Certificate, settings: LazySettings) -> None:
    settings.VERIFY_LIMIT = "3/m/ip"

    answers = [asked(certificate.number).status_code for _ in range(4)]

    assert answers == [200, 200, 200, 429]
    assert not FailedLookup.objects.exists()
