"""The demo platform: a small one is made, looked at, and made again."""

import csv
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import AccessRequest, CategoryUserGrant, Course, CourseInstructor, CourseUserGrant, Lesson
from apps.catalog.rights import IMPORT, RIGHTS, VIEW
from apps.enrollments.models import Enrollment, LessonProgress
from apps.reviews.models import Review, ReviewReport
from apps.reviews.states import ReviewState

pytestmark = pytest.mark.django_db


def seed(**options: object) -> str:
    out = StringIO()
    call_command("seed_demo", stdout=out, **{"today": "2026-03-02", "scale": 0.03, **options})
    return out.getvalue()


def accounts(folder: Path) -> list[dict[str, str]]:
    with (folder / "demo-accounts.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_account_in_the_file_can_sign_in_and_only_the_owner_reads_it(var_dir: Path) -> None:
    shown = seed()

    for account in accounts(var_dir):
        assert authenticate(username=account["email"], password=account["password"]) is not None
        assert account["password"] in shown
    assert {"administrator", "manager", "moderator", "support", "instructor"} <= {
        account["role"] for account in accounts(var_dir)
    }
    assert stat.S_IMODE((var_dir / "demo-accounts.csv").stat().st_mode) == 0o600


def test_each_right_is_the_only_one_of_somebody(var_dir: Path) -> None:
    seed()

    for right in RIGHTS:
        (email,) = [
            account["email"] for account in accounts(var_dir) if account["role"] == f"co-instructor ({right} only)"
        ]
        held = CourseUserGrant.objects.filter(user__email=email).values_list("permission__codename", flat=True)
        assert set(held) - {VIEW} == {right} - {VIEW}
        assert not User.objects.get(email=email).groups.exists()


def test_the_manager_may_import_into_some_categories() -> None:
    seed()

    granted = CategoryUserGrant.objects.filter(user__email__startswith="meg.", permission__codename=IMPORT)
    assert set(granted.values_list("content_object__slug", flat=True)) == {
        "business-finance",
        "graphic-design",
        "musical-instruments",
        "web-development",
    }


def test_every_row_is_valid_and_has_a_history() -> None:
    seed()

    for model in (User, Course, Lesson, Enrollment, LessonProgress, CourseInstructor, Review):
        rows = model._base_manager.all()
        assert rows
        assert model.history.filter(history_type="+").count() == rows.count()
        for row in rows[:40]:
            row.full_clean(exclude=["password"])
    assert not ChangeSet.objects.filter(finished_at=None).exists()


def test_published_courses_have_what_publication_asks_for() -> None:
    seed()

    for course in Course.objects.filter(status=Course.Status.PUBLISHED):
        assert course.category_id
        assert course.instructors.filter(is_active=True).exists()
        assert course.lessons.exists()


def test_reviews_are_by_learners_of_the_course_in_every_state_and_none_is_from_tomorrow() -> None:
    seed(scale=0.3)

    reviews = Review.objects.select_related("course").annotate(number=Count("reports"))
    assert {review.state for review in reviews} == set(ReviewState)
    for review in reviews:
        assert Enrollment.objects.filter(user=review.user_id, course=review.course_id).exists()
        assert review.reported_count == review.number
        assert max(review.created_at, review.decided_at or review.created_at).date().isoformat() <= "2026-03-01"


def test_requests_wait_for_the_lead_instructor_and_one_was_answered() -> None:
    seed()

    requests = AccessRequest.objects.select_related("course")
    assert sorted(requests.values_list("state", flat=True)) == ["declined", "open", "open"]
    for asked in requests:
        assert asked.course is not None
        lead = asked.course.instructors.get(is_lead=True).user
        assert lead.notifications.filter(title__contains=asked.wish, read_at__isnull=asked.is_open).count() == 1
        assert asked.decided_by in (None, lead)


def test_progress_says_the_same_as_the_lessons_and_nothing_happens_tomorrow() -> None:
    seed()

    for enrollment in Enrollment.objects.select_related("course"):
        done = enrollment.lesson_progress.filter(is_completed=True).count()
        lessons = Lesson.with_archived.filter(course=enrollment.course).count()
        assert enrollment.progress_percent == done * 100 // lessons
        assert (enrollment.status == "completed") == (done == lessons) == (enrollment.completed_at is not None)
        assert enrollment.enrolled_at.date().isoformat() <= "2026-03-01"


def test_the_same_day_and_seed_make_the_same_platform() -> None:
    assert rows_of_a_platform(seed=7) == rows_of_a_platform(seed=7)


def test_another_seed_makes_another_platform() -> None:
    assert rows_of_a_platform(seed=7) != rows_of_a_platform(seed=8)


def rows_of_a_platform(**options: int) -> list[list[tuple[object, ...]]]:
    """What a platform holds, without ids and passwords; it is taken away again."""
    with transaction.atomic():
        seed(**options)
        rows = [
            sorted(model._base_manager.values_list(*facts))
            for model, facts in {
                User: ("email", "first_name", "last_name", "role", "status", "created_at", "updated_at"),
                Course: ("code", "title", "status", "description", "enrolled_count", "created_at", "updated_at"),
                Lesson: ("course__code", "code", "title", "type", "content", "updated_at"),
                CourseInstructor: ("course__code", "user__email", "role", "joined_at"),
                Enrollment: ("user__email", "course__code", "status", "progress_percent", "enrolled_at", "updated_at"),
                Review: ("user__email", "course__code", "rating", "title", "text", "state", "created_at", "updated_at"),
                ReviewReport: ("review__user__email", "reported_by__email", "reason", "reported_at"),
            }.items()
        ]
        transaction.set_rollback(True)
    return rows


def test_a_platform_with_data_is_refused_and_nothing_changes(administrator: User) -> None:
    with pytest.raises(CommandError, match="not empty"):
        seed()

    assert list(User.objects.all()) == [administrator]


def test_with_if_empty_a_platform_with_data_is_left_alone_silently(administrator: User) -> None:
    assert seed(if_empty=True) == ""

    assert list(User.objects.all()) == [administrator]


def test_a_day_that_is_none_is_refused_in_words() -> None:
    with pytest.raises(CommandError, match="Write it as YYYY-MM-DD"):
        seed(today="yesterday")

    assert not User.objects.exists()
