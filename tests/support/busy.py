"""A course with learners in every state, reviewed, certified and examined; nothing is counted yet."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Course, Lesson
from apps.certificates.states import CertificateState
from apps.enrollments.models import Enrollment
from apps.enrollments.services import refresh_counters
from apps.reviews.states import ReviewState
from tests.recipes import assessments, certificates, enrollments, reviews
from tests.support.people import person


@pytest.fixture
def busy_course(course: Course, lesson: Lesson) -> Course:
    """Three learners of whom one has completed it, one who waits, one who left, and one who is archived."""
    now = timezone.now()
    people = [person(f"learner{number}", User.Role.STUDENT) for number in range(6)]
    states = ("completed", "active", "suspended", "waitlisted", "dropped", "active")
    taken: list[Enrollment] = [
        enrollments.enrollment.make(
            course=course,
            user=one,
            status=state,
            enrolled_at=now - timedelta(days=10),
            completed_at=now if state == "completed" else None,
            progress_percent={"completed": 100, "active": 50}.get(state, 0),
            archived_at=now if one is people[5] else None,
        )
        for one, state in zip(people, states, strict=True)
    ]
    enrollments.lesson_progress.make(enrollment=taken[0], lesson=lesson, is_completed=True, seconds_spent=5400)
    enrollments.lesson_progress.make(enrollment=taken[1], lesson=lesson, seconds_spent=600, last_accessed_at=now)
    asked = assessments.assessment.make(lesson=lesson)
    facts: dict[str, Any] = {"assessment": asked, "state": "graded", "completed_at": now, "max_score": 10}
    assessments.attempt.make(user=people[0], score=9, is_passed=True, **facts)
    assessments.attempt.make(user=people[1], score=3, is_passed=False, **facts)
    assessments.attempt.make(user=people[2], assessment=asked)
    for one, rating, state in zip(people, (5, 4, 1), ("approved", "approved", "pending"), strict=False):
        reviews.review.make(course=course, user=one, rating=rating, state=ReviewState(state))
    certificates.certificate.make(enrollment=taken[0])
    certificates.certificate.make(
        enrollment=taken[1],
        state=CertificateState.REVOKED,
        revoked_at=now,
        revocation_reason="Not theirs.",
    )
    refresh_counters([course.pk])
    return course
