"""The demo platform is made larger, made again, and refused where there is one."""

from datetime import datetime

import pytest
from django.core.management import CommandError
from django.db import transaction
from django.db.models import Count

from apps.accounts.models import User
from apps.catalog.models import Course, CourseInstructor, Lesson
from apps.certificates.models import Certificate
from apps.certificates.states import CertificateState
from apps.enrollments.models import Enrollment
from apps.reviews.models import Review, ReviewReport
from apps.reviews.states import ReviewState
from apps.subscriptions.models import Movement, Payment, Subscription
from tests.support.commands import seed_demo

pytestmark = pytest.mark.django_db
TODAY = "2026-03-01"


def moment(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T00:00:00+00:00")


def test_reviews_and_certificates_are_of_learners_in_every_state_and_none_is_from_tomorrow() -> None:
    seed_demo(scale=0.3)

    reviews = Review.objects.select_related("course").annotate(number=Count("reports"))
    assert {review.state for review in reviews} == set(ReviewState)
    for review in reviews:
        assert Enrollment.objects.filter(user=review.user_id, course=review.course_id).exists()
        assert review.reported_count == review.number
        assert max(review.created_at, review.decided_at or review.created_at).date().isoformat() <= TODAY
    certificates = Certificate.objects.select_related("enrollment", "course")
    assert {certificate.standing(moment(TODAY)) for certificate in certificates} == set(CertificateState)
    for certificate in certificates:
        assert certificate.is_genuine
        assert certificate.course.has_certificate
        assert certificate.completed_at == certificate.enrollment.completed_at
        assert certificate.completed_at <= certificate.issued_at <= moment(TODAY)


def test_the_same_day_and_seed_make_the_same_platform() -> None:
    assert rows_of_a_platform(seed=7) == rows_of_a_platform(seed=7)


def test_another_seed_makes_another_platform() -> None:
    assert rows_of_a_platform(seed=7) != rows_of_a_platform(seed=8)


def rows_of_a_platform(**options: int) -> list[list[tuple[object, ...]]]:
    """What a platform holds, without ids and passwords; it is taken away again."""
    with transaction.atomic():
        seed_demo(**options)
        rows = [
            sorted(model._base_manager.values_list(*facts))
            for model, facts in {
                User: ("email", "first_name", "last_name", "role", "status", "created_at", "updated_at"),
                Course: ("code", "title", "status", "description", "enrolled_count", "created_at", "updated_at"),
                Lesson: ("course__code", "code", "title", "type", "content", "updated_at"),
                CourseInstructor: ("course__code", "user__email", "role", "joined_at"),
                Enrollment: ("user__email", "course__code", "status", "progress_percent", "enrolled_at", "updated_at"),
                Review: ("user__email", "course__code", "rating", "title", "text", "state", "created_at", "updated_at"),
                Certificate: ("number", "learner_name", "course_title", "state", "issued_at", "valid_until"),
                ReviewReport: ("review__user__email", "reported_by__email", "reason", "reported_at"),
                Subscription: ("user__email", "plan__code", "status", "price_minor", "created_at", "updated_at"),
                Payment: ("provider", "reference", "amount_minor", "paid_at", "recorded_at"),
                Movement: ("subscription__user__email", "occurred_at", "delta_minor", "recorded_at"),
            }.items()
        ]
        transaction.set_rollback(True)
    return rows


def test_a_platform_with_data_is_refused_and_nothing_changes(administrator: User) -> None:
    with pytest.raises(CommandError, match="not empty"):
        seed_demo()

    assert list(User.objects.all()) == [administrator]


def test_with_if_empty_a_platform_with_data_is_left_alone_silently(administrator: User) -> None:
    assert seed_demo(if_empty=True) == ""

    assert list(User.objects.all()) == [administrator]


def test_a_day_that_is_none_is_refused_in_words() -> None:
    with pytest.raises(CommandError, match="Write it as YYYY-MM-DD"):
        seed_demo(today="yesterday")

    assert not User.objects.exists()
