"""Personal data: nothing is forgotten, a file holds it for a day and one person, an erasure leaves no trace."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from apps.accounts.about import left_out, personal_rows
from apps.accounts.erasing import counts_before, erase_person
from apps.accounts.models import LoginEvent, Profile, User
from apps.accounts.services import hand_over_person, reactivate_person, restore_person, suspend_person
from apps.audit.models import AccessEvent, ChangeSet
from apps.audit.queries import page_of_entries
from apps.audit.recording import change_set
from apps.catalog.models import CourseInstructor
from apps.catalog.states import CourseStatus
from apps.certificates.models import Certificate
from apps.enrollments.models import Enrollment, LessonProgress
from apps.jobs.models import JobRun
from apps.notifications.models import Notification
from apps.records.rules import RuleBroken
from apps.reviews.models import Review, Testimonial
from imports.models import ExportRecord, ImportRow
from imports.tasks import write_person_file
from tests.recipes import (
    assessments,
    catalog,
    certificates,
    enrollments,
    imports,
    instructors,
    jobs,
    notifications,
    reviews,
    subscriptions,
)
from tests.support.kept import kept_for_the_file
from tests.support.people import give_role, person

SignedIn = Callable[[User], Client]
ADDRESS = "/admin/accounts/user/"
EMAIL, NAME, CANARY, IP = "vera.canary@mail.example", "Vera Quillfeather", "canary-", "203.0.113.77"

NAMESAKES = "Silvera Quillfeather and a.vera.canary@mail.example"


class Stage(NamedTuple):
    """Somebody with a trace in every corner, and those who may and may not do something about it."""

    vera: User
    administrator: User
    manager: User
    support: User


def make_stage() -> Stage:
    administrator, other = person("ad", User.Role.ADMINISTRATOR), person("other", User.Role.STUDENT)
    vera = User(email=EMAIL, first_name="Vera", last_name="Quillfeather", username="canary-vera")
    vera.set_unusable_password()
    with change_set(by=administrator, reason=f"{NAME} called.", title=f"Add {EMAIL}"):
        vera.save()
        profile = Profile.objects.create(user=vera, bio="canary-bio", phone_number="canary-555", city="canary-city")
        profile.address = "canary-street"
        profile.save()
    suspend_person(vera, by=administrator, reason=f"Asked by {EMAIL}.")
    enrollment = enrollments.enrollment.make(user=vera, progress_percent=50)
    lesson = catalog.lesson.make(course=enrollment.course, module=catalog.module.make(course=enrollment.course))
    LessonProgress.objects.create(enrollment=enrollment, lesson=lesson, is_completed=True, seconds_spent=60)
    certificates.certificate.make(user=vera, enrollment=enrollment, course=enrollment.course, learner_name=NAME)
    subscription = subscriptions.subscription.make(user=vera)
    subscriptions.scheduled_change.make(subscription=subscription, reason=f"{NAME} wrote from {EMAIL}.")
    review = reviews.review.make(
        user=vera, course=enrollment.course, title="canary-title", text="canary-words of my own", state="approved"
    )
    reviews.testimonial.make(review=review, quote="canary-words", role="canary-role", has_consent=True, is_active=True)
    reviews.review_report.make(reported_by=vera, note="canary-note", review=reviews.review.make(user=other))
    instructors.instructor_profile.make(
        user=vera, bio="canary-teaching", status="rejected", rejection_reason=f"{NAME} wrote from {EMAIL}."
    )
    attempt = assessments.attempt.make(user=vera, user_agent="canary-browser", ip_address=IP)
    question = assessments.question.make(assessment=attempt.assessment)
    assessments.attempt_answer.make(attempt=attempt, question=question, text_answer="canary-essay")
    for user in (vera, None):
        LoginEvent.objects.create(
            user=user, email=EMAIL, outcome=LoginEvent.Outcome.FAILURE, ip_address=IP, user_agent="canary-agent"
        )
    AccessEvent.objects.create(kind=AccessEvent.Kind.NOT_FOUND, actor=vera, path=f"/x/{EMAIL}", ip_address=IP)
    notifications.notification.make(recipient=vera, title="canary-told")
    notifications.notification.make(recipient=administrator, title=f"{NAME} asks for help")
    notifications.notification.make(
        recipient=administrator, title="Silvera Quillfeather and a.vera.canary@mail.example"
    )
    jobs.job_run.make(requester=administrator, title=f"Everything held about {NAME}", outcome=f"Sent to {EMAIL}.")
    row: Any = imports.import_row.make(key=EMAIL, label=NAME, cells=[EMAIL, "Vera"], values={"user": EMAIL})
    assert row.pk
    return Stage(vera, administrator, give_role(person("ma"), "manager"), give_role(person("su"), "support"))


@pytest.fixture(scope="module")
def stage_of_the_file(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Stage]:
    yield from kept_for_the_file("stage", request, django_db_blocker, make_stage)


@pytest.fixture
def stage(stage_of_the_file: Stage, db: None) -> Stage:
    for user in stage_of_the_file:
        user.refresh_from_db()
    return stage_of_the_file


def whole_database() -> str:
    """Every value of every table as one text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found.append(f"{table}: {cursor.fetchall()}")
    return "\n".join(found)


def test_every_link_to_a_person_is_personal_or_left_out_for_a_reason() -> None:
    links = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if not model.__name__.startswith("Historical")
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is User
    }

    personal = {f"{one.model._meta.label_lower}.{one.path}" for one in personal_rows()}

    assert links - personal == set(left_out)
    assert all(reason.endswith(".") for reason in left_out.values())
    assert len({one.heading for one in personal_rows()}) == len(personal_rows())


def test_an_erasure_leaves_nothing_that_says_who_it_was_and_keeps_the_figures(stage: Stage) -> None:
    figures = list(Enrollment.objects.values_list("pk", "status", "progress_percent")), Review.objects.count()
    before = whole_database()

    erase_person(stage.vera, by=stage.administrator, reason=f"{NAME} asked for it from {EMAIL}.")

    left = whole_database()
    assert [word for word in (EMAIL, NAME, "Quillfeather", CANARY, IP) if word not in before] == []
    assert Notification.objects.filter(title=NAMESAKES).exists()
    left = left.replace(NAMESAKES, "")
    assert [word for word in (EMAIL, NAME, "Quillfeather", CANARY, IP) if word in left] == []
    assert (list(Enrollment.objects.values_list("pk", "status", "progress_percent")), Review.objects.count()) == figures
    assert LessonProgress.objects.filter(enrollment__user=stage.vera, is_completed=True).count() == 1
    assert (str(stage.vera), stage.vera.is_active, stage.vera.is_archived) == (
        f"Erased person {stage.vera.pk}",
        False,
        True,
    )
    assert not Notification.objects.filter(recipient=stage.vera).exists()
    assert not Testimonial.objects.filter(is_active=True).exists()
    assert Certificate.objects.get(user=stage.vera).is_genuine
    assert ImportRow.objects.get().label == f"Erased person {stage.vera.pk}"
    told = ChangeSet.objects.get(title=f"Erase person {stage.vera.pk}")
    assert (told.actor, told.reason) == (
        stage.administrator,
        f"Erased person {stage.vera.pk} asked for it from erased-{stage.vera.pk}@erased.invalid.",
    )


def test_an_erasure_closes_the_switch_behind_it_and_nothing_brings_the_person_back(stage: Stage) -> None:
    erase_person(stage.vera, by=stage.administrator, reason="They asked.")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        stage.vera.history.update(first_name="Vera")
    for bring_back in (restore_person, reactivate_person):
        with pytest.raises(RuleBroken, match="does not come back"):
            bring_back(stage.vera, by=stage.administrator, reason="Oops.")
    with pytest.raises(RuleBroken, match="erased already"):
        erase_person(stage.vera, by=stage.administrator, reason="Again.")


def test_who_may_not_be_erased_and_who_may_not_erase_changes_nothing(stage: Stage) -> None:
    vera, administrator = stage.vera, stage.administrator
    refused: list[tuple[User, User, str, str]] = [
        (vera, stage.manager, "They asked.", "Only an administrator"),
        (vera, stage.support, "They asked.", "Only an administrator"),
        (vera, administrator, "  ", "Say why"),
        (stage.support, administrator, "They asked.", "still works here"),
        (administrator, administrator, "They asked.", "your own account"),
        (administrator, person("second", User.Role.ADMINISTRATOR), "They asked.", "still works here"),
    ]
    teacher = person("teacher", User.Role.INSTRUCTOR, status=User.Status.SUSPENDED)
    course = catalog.course.make(title="Botany", status=CourseStatus.PUBLISHED)
    CourseInstructor.objects.create(course=course, user=teacher)
    refused.append((teacher, administrator, "They asked.", "still teaches Botany"))
    before = whole_database()

    for target, by, reason, sentence in refused:
        with pytest.raises(RuleBroken, match=sentence):
            erase_person(target, by=by, reason=reason)

    assert whole_database() == before


def test_the_page_says_what_will_be_gone_and_asks_for_the_address(stage: Stage, signed_in: SignedIn) -> None:
    client, address = signed_in(stage.administrator), f"{ADDRESS}{stage.vera.pk}/erase/"

    dialog = client.get(address, headers={"HX-Request": "true"}).content.decode()
    client.post(address, {"typed": "somebody@else.example", "reason": "They asked."})
    stage.vera.refresh_from_db()
    mistyped = stage.vera.email
    client.post(address, {"typed": EMAIL.upper(), "reason": "They asked."})
    stage.vera.refresh_from_db()

    assert dict(counts_before(stage.vera))["profiles"] == 1
    assert "There is no way back." in dialog
    assert "1 reviews" in dialog
    assert (mistyped, stage.vera.email) == (EMAIL, f"erased-{stage.vera.pk}@erased.invalid")
    page = client.get(f"{ADDRESS}{stage.vera.pk}/change/").content.decode()
    assert "Their personal data was erased" in page
    assert NAME not in page


@pytest.mark.parametrize("deed", ["erase", "hand-over"])
@pytest.mark.parametrize("reader", ["manager", "support"])
def test_others_are_refused_on_the_page(deed: str, reader: str, stage: Stage, signed_in: SignedIn) -> None:
    client = signed_in(getattr(stage, reader))

    answer = client.post(f"{ADDRESS}{stage.vera.pk}/{deed}/", {"typed": EMAIL, "reason": "They asked."})

    stage.vera.refresh_from_db()
    assert (answer.status_code, stage.vera.email) == (403, EMAIL)
    assert not JobRun.objects.filter(job="imports.hand_over").exists()
    assert f"/{deed}/" not in client.get(f"{ADDRESS}{stage.vera.pk}/change/").content.decode()


def test_everything_held_is_handed_over_once_for_a_day_and_noted(stage: Stage, signed_in: SignedIn) -> None:
    run = write_person_file.now(by=stage.administrator, person_id=stage.vera.pk)

    record = ExportRecord.objects.get()
    address = f"/admin/imports/exportrecord/{record.pk}/file/"
    content = b"".join(signed_in(stage.administrator).get(address)).decode()
    held = json.loads(content)["records"]
    other = signed_in(person("third", User.Role.ADMINISTRATOR)).get(address).status_code

    assert (run.state, record.kind, record.requester, other) == ("succeeded", "personal-data", stage.administrator, 404)
    assert held["account"]["now"][0]["email"] == EMAIL
    assert held["profiles"]["now"][0]["address"] == "canary-street"
    assert "" in [row["address"] for row in held["profiles"]["earlier"]]
    assert held["given answers"]["now"][0]["text_answer"] == "canary-essay"
    assert held["enrollments"]["now"][0]["user"] == EMAIL
    assert held["reports of reviews"]["now"][0]["review"] == "somebody else's"
    assert {one.heading for one in personal_rows()} == set(held)
    assert "password" not in held["account"]["now"][0]
    assert stage.administrator.email not in content
    assert ChangeSet.objects.filter(title__startswith="Downloaded personal-data").count() == 1
    erase_person(stage.vera, by=stage.administrator, reason="They asked.")
    assert not default_storage.exists(record.file)
    assert ExportRecord.objects.get().file == ""


def test_a_file_is_gone_after_a_day_or_with_the_right(stage: Stage, signed_in: SignedIn, time_machine: Any) -> None:
    write_person_file.now(by=stage.administrator, person_id=stage.vera.pk)
    record = ExportRecord.objects.get()
    second = person("second", User.Role.ADMINISTRATOR)

    User.objects.filter(pk=stage.administrator.pk).update(role="staff", is_superuser=False)
    without_right = signed_in(stage.administrator).get(f"/admin/imports/exportrecord/{record.pk}/file/").status_code
    refused = write_person_file.now(by=stage.manager, person_id=stage.vera.pk)
    time_machine.move_to(timezone.now() + timedelta(days=2))
    gone = signed_in(second).get(f"/admin/imports/exportrecord/{record.pk}/file/").status_code

    assert (without_right, gone, refused.state) == (404, 404, "failed")
    assert "may not take out" in refused.outcome
    assert ExportRecord.objects.count() == 1


def test_why_a_file_was_asked_for_stays_in_the_audit_and_opens(stage: Stage) -> None:
    hand_over_person(stage.vera, by=stage.administrator, reason="Letter of the first of May.")

    told = ChangeSet.objects.get(reason="Letter of the first of May.")
    shown = page_of_entries(told, stage.administrator, start=0, size=10)

    assert JobRun.objects.get(job="imports.hand_over").requester == stage.administrator
    assert (told.actor, told.counts, shown) == (stage.administrator, {"jobs.jobrun": {"created": 1}}, ([], 0))
