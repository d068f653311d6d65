"""The demo platform: a small one is made and looked at."""

import csv
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from pytest_django import DjangoDbBlocker

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import AccessRequest, CategoryUserGrant, Course, CourseInstructor, CourseUserGrant, Lesson
from apps.catalog.rights import IMPORT, RIGHTS, VIEW
from apps.enrollments.models import Enrollment, LessonProgress
from apps.reviews.models import Review
from apps.reviews.models import Testimonial as Praise
from apps.subscriptions.models import Payment, Plan, RefundRequest, ScheduledChange, Subscription
from apps.subscriptions.services.changing import monthly
from apps.subscriptions.states import AT_PERIOD_END, SubscriptionStatus
from tests.support.commands import seed_demo
from tests.support.kept import kept_for_the_file


@pytest.fixture(scope="module")
def platform_of_the_file(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    yield from kept_for_the_file("platform", request, django_db_blocker, seed_demo)


@pytest.fixture
def platform(platform_of_the_file: str, db: None) -> str:
    """A demo platform, and what the command said."""
    return platform_of_the_file


def accounts(folder: Path) -> list[dict[str, str]]:
    with (folder / "demo-accounts.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_account_in_the_file_can_sign_in_and_only_the_owner_reads_it(platform: str, var_dir: Path) -> None:
    for account in accounts(var_dir):
        assert authenticate(username=account["email"], password=account["password"]) is not None
        assert account["password"] in platform
    assert {"administrator", "manager", "moderator", "support", "instructor"} <= {
        account["role"] for account in accounts(var_dir)
    }
    assert stat.S_IMODE((var_dir / "demo-accounts.csv").stat().st_mode) == 0o600


def test_each_right_is_the_only_one_of_somebody(platform: str, var_dir: Path) -> None:
    for right in RIGHTS:
        (email,) = [
            account["email"] for account in accounts(var_dir) if account["role"] == f"co-instructor ({right} only)"
        ]
        held = CourseUserGrant.objects.filter(user__email=email).values_list("permission__codename", flat=True)
        assert set(held) - {VIEW} == {right} - {VIEW}
        assert not User.objects.get(email=email).groups.exists()


def test_the_manager_may_import_into_some_categories(platform: str) -> None:
    granted = CategoryUserGrant.objects.filter(user__email__startswith="meg.", permission__codename=IMPORT)
    assert set(granted.values_list("content_object__slug", flat=True)) == {
        "business-finance",
        "graphic-design",
        "musical-instruments",
        "web-development",
    }


def test_every_row_is_valid_and_has_a_history(platform: str) -> None:
    learning = (User, Course, Lesson, Enrollment, LessonProgress, CourseInstructor, Review, Praise)
    for model in (*learning, Plan, Subscription, ScheduledChange, RefundRequest):
        rows = model._base_manager.all()
        assert rows
        assert model.history.filter(history_type="+").count() == rows.count()
        for row in rows[:40]:
            row.full_clean(exclude=["password"])
    assert not ChangeSet.objects.filter(finished_at=None).exists()


def test_published_courses_have_what_publication_asks_for(platform: str) -> None:
    for course in Course.objects.filter(status=Course.Status.PUBLISHED):
        assert course.category_id
        assert course.instructors.filter(is_active=True).exists()
        assert course.lessons.exists()


def test_subscriptions_are_in_every_state_and_the_figures_are_the_sums_of_what_happened(platform: str) -> None:
    rows = Subscription.objects.select_related("plan")
    assert set(rows.values_list("status", flat=True)) == set(SubscriptionStatus.values)
    for row in rows:
        row.full_clean()
        assert row.monthly_minor == monthly(row) == sum(row.movements.values_list("delta_minor", flat=True))
        waiting = row.scheduled_changes.filter(state__in=("open", "held"), kind__in=AT_PERIOD_END)
        assert waiting.count() == (row.status not in ("pending", "expired"))
    assert {"payment", "refund", "failed"} == set(Payment.objects.values_list("kind", flat=True))
    assert RefundRequest.objects.filter(state="open").exists()


def test_requests_wait_for_the_lead_instructor_and_one_was_answered(platform: str) -> None:
    requests = AccessRequest.objects.select_related("course")
    assert sorted(requests.values_list("state", flat=True)) == ["declined", "open", "open"]
    for asked in requests:
        assert asked.course is not None
        lead = asked.course.instructors.get(is_lead=True).user
        assert lead.notifications.filter(title__contains=asked.wish, read_at__isnull=asked.is_open).count() == 1
        assert asked.decided_by in (None, lead)


def test_progress_says_the_same_as_the_lessons_and_nothing_happens_tomorrow(platform: str) -> None:
    for enrollment in Enrollment.objects.select_related("course"):
        done = enrollment.lesson_progress.filter(is_completed=True).count()
        lessons = Lesson.with_archived.filter(course=enrollment.course).count()
        assert enrollment.progress_percent == done * 100 // lessons
        assert (enrollment.status == "completed") == (done == lessons) == (enrollment.completed_at is not None)
        assert enrollment.enrolled_at.date().isoformat() <= "2026-03-01"
