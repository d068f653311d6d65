"""Issuing certificates in bulk, with their history, beside saving them one by one; and the public page among many."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.recording import change_set
from apps.catalog.models import Course
from apps.certificates.models import Certificate
from apps.certificates.queries import default_templates, with_what_decides
from apps.certificates.services import issue_certificates
from apps.certificates.services.issuing import drawn_up, refusal_to_issue, template_for
from apps.certificates.services.telling import ISSUED, tell_learners
from apps.enrollments.models import Enrollment
from bench.scopes_data import fill, moment

ROUNDS = 3
ASKED = 200


def run(number: int, others: int) -> dict[str, Any]:
    """Both ways for the same enrollments, in turns and each taken back, and then the public page among many others."""
    course = Course.objects.create(code="C-1", title="A course that awards a certificate", has_certificate=True)
    surround(course, others)
    people = User.objects.bulk_create(
        User(email=f"learner{n}@example.org", first_name="Sam", last_name=f"No {n}") for n in range(number)
    )
    facts = {"status": "completed", "progress_percent": 100, "completed_at": timezone.now()}
    taken = Enrollment.objects.bulk_create(Enrollment(course=course, user=person, **facts) for person in people)
    ids = [enrollment.pk for enrollment in taken]
    bulk, single = [], []
    for _ in range(ROUNDS):
        single.append(taken_back(lambda: one_by_one(ids)))
        bulk.append(taken_back(lambda: issue_certificates(ids, by=None)))
    issue_certificates(ids, by=None)
    return {"bulk": median(bulk), "single": median(single), **asked_for()}


def surround(course: Course, number: int) -> None:
    """So many certificates of others, ten each and all replaced since, written by the database itself."""
    people = number // 10
    fill(User, people, email="'other' || n || '@example.org'", first_name="'Kim'", last_name="'No ' || n")
    fill(Enrollment, people, user_id="n", course_id=f"{course.pk}", status="'completed'", completed_at=moment("n"))
    template = template_for(Enrollment.objects.select_related("course")[0], default_templates())
    fill(Certificate, number, enrollment_id=f"n % {people} + 1", user_id=f"n % {people} + 1", course_id=f"{course.pk}",
         template_id=f"{template.pk}", state="'replaced'", number="'OLD-' || n", number_key="'OLD' || n",
         learner_name="'Kim No ' || n", course_title="'A course'", issued_at=moment("n % 500000"),
         verification_hash="'h' || n")  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def taken_back(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    with transaction.atomic():
        work()
        taken = time.perf_counter() - began
        transaction.set_rollback(True)
    return taken


def one_by_one(ids: list[int]) -> None:
    """What a loop over `save()` takes, under the same rule, each learner told as well."""
    templates, now = default_templates(), timezone.now()
    with change_set(title="One by one"):
        for pk in ids:
            enrollment = with_what_decides(Enrollment.with_archived.filter(pk=pk)).get()
            if not refusal_to_issue(enrollment):
                certificate = drawn_up(enrollment, template_for(enrollment, templates), now=now)
                certificate.save()
                tell_learners([certificate], ISSUED)


def asked_for() -> dict[str, Any]:
    """The 95th percentile of the public page, through the whole request."""
    numbers = list(Certificate.objects.filter(state="valid").order_by("pk").values_list("number", flat=True)[:ASKED])
    times = []
    for place, number in enumerate(numbers):
        client = Client(REMOTE_ADDR=f"198.51.{place // 200}.{place % 200 + 1}")
        began = time.perf_counter()
        assert client.get(f"/verify/{number}.json", secure=True, headers={"host": "localhost"}).status_code == 200
        times.append(1000 * (time.perf_counter() - began))
    return {"page_ms": sorted(times)[len(times) * 95 // 100]}
