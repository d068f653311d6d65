"""The review desk under load: finding the next of many, two people deciding, and ten thousand decided at once."""

import re
import time
from statistics import median, quantiles
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import override_settings

from apps.access.models import Role
from apps.accounts.models import User
from apps.audit.recording import change_set
from apps.catalog.models import Category, Course
from apps.reviews.models import Review, ReviewDecision
from apps.reviews.services import ask_in_bulk, decide_in_bulk, release_reviews, take_review
from bench.measuring import Queries, processor_seconds
from bench.scopes import PLAIN
from bench.scopes_data import fill, moment

DESK = "/admin/reviews/review/desk/"
COURSES = 5_000
TIMES = 200
DECIDED = 1_000
BULK, ONE_BY_ONE = 10_000, 1_000


def seed(number: int) -> None:
    """So many reviews, half of which wait, and two moderators."""
    learners = max(number // 20, 1_000)
    with transaction.atomic():
        fill(User, learners, email="'sam.' || n || '@school.example.org'", first_name="'Sam'", last_name="'No ' || n")
        fill(Category, 10, name="'Category ' || n", slug="'category-' || n", path="'/' || n || '/'")
        fill(Course, COURSES, code="'C-' || n", slug="'course-' || n", title="'Course number ' || n",
             category_id="n % 10 + 1", status="'published'")  # fmt: skip
        fill(Review, number, user_id=f"(n - 1) % {learners} + 1", rating="n % 5 + 1", title="'Review ' || n",
             course_id=f"((n - 1) % {learners} + (n - 1) / {learners} * 251) % {COURSES} + 1",
             text="'It explains every step, and exercise ' || n || ' is worth the time.'", text_digest="'d' || n",
             state="CASE WHEN n % 2 = 0 THEN 'approved' ELSE 'pending' END",
             is_reported_anew="n % 50 = 1", created_at=moment("n"),
             waits_since=moment(f"n * 1009 % {number}"))  # fmt: skip
        for name in ("ann", "bob"):
            user = User.objects.create(email=f"{name}@example.org", first_name=name, role=User.Role.STAFF)
            user.groups.add(Role.objects.get(name="moderator"))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def run() -> dict[str, Any]:
    """The figures of all three, in this order: the first leaves everything as it was."""
    ann, bob = User.objects.get(email="ann@example.org"), User.objects.get(email="bob@example.org")
    with override_settings(**PLAIN):
        return {"next": find_next(ann), "decided": decide_by_turns(ann, bob), "bulk": decide_many(ann)}


def find_next(user: User) -> dict[str, Any]:
    """Milliseconds of finding and holding the next review, and of the whole request that shows it."""
    alone, whole, queries = [], [], Queries()
    client = signed_in(user)
    held = take_review(by=user)
    for _ in range(TIMES):
        began = time.perf_counter()
        held = take_review(by=user, beside=held) or held
        alone.append((time.perf_counter() - began) * 1000)
        assert held is not None
        began = time.perf_counter()
        with connection.execute_wrapper(queries):
            answer = client.post(DESK, {"do": "after", "review": held.pk}, headers={"HX-Request": "true"})
        whole.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200
        held = Review.objects.get(claimed_by=user)
    release_reviews(by=user)
    return {"service": p95(alone), "request": p95(whole), "queries": queries.number / TIMES}


def decide_by_turns(*people: User) -> dict[str, Any]:
    """Seconds of the clock and of the processor for a hundred decisions, two people deciding by turns."""
    clients = [signed_in(user) for user in people]
    shown = [client.post(DESK, {"do": "take"}, headers={"HX-Request": "true"}) for client in clients]
    hundreds, worked, queries = [], [], Queries()
    with connection.execute_wrapper(queries):
        for _ in range(DECIDED // 100):
            began, worked_before = time.perf_counter(), processor_seconds()
            for number in range(100):
                turn = number % len(clients)
                data = {"do": "approve", "review": review_on(shown[turn])}
                shown[turn] = clients[turn].post(DESK, data, headers={"HX-Request": "true"})
            hundreds.append(time.perf_counter() - began)
            worked.append(processor_seconds() - worked_before)
    decisions = ReviewDecision.objects.count()
    twice = decisions - ReviewDecision.objects.values("review").distinct().count()
    return {
        "hundred": median(hundreds),
        "processor": median(worked),
        "queries": queries.number / DECIDED,
        "decisions": decisions,
        "twice": twice,
    }


def review_on(answer: Any) -> str:
    """The key of the review a page of the desk shows."""
    shown = re.search(r'data-review="(\d+)"', answer.content.decode())
    assert shown is not None
    return shown[1]


def decide_many(user: User) -> dict[str, Any]:
    """Seconds for as many decisions at once and by `save()`, both with their history; the slow one is scaled."""
    release_reviews(by=user)
    waiting = list(Review.objects.filter(state="pending", claimed_by=None).order_by("-pk")[: BULK + ONE_BY_ONE])
    one_by_one, chosen = waiting[:ONE_BY_ONE], [review.pk for review in waiting[ONE_BY_ONE:]]
    began = time.perf_counter()
    with change_set(by=user, title="One by one"):
        for review in one_by_one:
            review.state, review.moderator = Review.State.APPROVED, user
            review.save()
    slow = (time.perf_counter() - began) * len(chosen) / ONE_BY_ONE
    began = time.perf_counter()
    bulk = decide_in_bulk(ask_in_bulk(chosen, "approved", by=user), by=user)
    return {"save": slow, "bulk": time.perf_counter() - began, "decided": bulk.done_count, "asked": len(chosen)}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    client.get(DESK)
    return client


def p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]
