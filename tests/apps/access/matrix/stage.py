"""Where the table is tried: the two courses with words planted in them, and everybody signed in."""

import io
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.test import Client
from django_celery_beat.models import PeriodicTask
from pytest_django import DjangoDbBlocker

from apps.access.models import Role
from apps.accounts.middleware import SEEN
from apps.accounts.models import LoginEvent, Profile
from apps.assessments.forms import as_posted
from apps.audit.models import ChangeSet
from apps.catalog.models import Category, Course
from apps.jobs.models import JobRun
from imports.exporter.keeping import keep_export
from imports.models import ExportRecord, ImportApproval, ImportJob, ImportMapping
from tests.apps.access.conftest import World, make_world, rows_of
from tests.apps.access.matrix.canaries import canary, plant
from tests.apps.access.matrix.paying import subscribed
from tests.apps.access.matrix.table import PEOPLE
from tests.apps.access.matrix.teaching import taught
from tests.recipes import (
    access,
    accounts,
    announcements,
    audit,
    catalog,
    certificates,
    enrollments,
    notifications,
    reports,
    reviews,
    statistics,
)
from tests.support.importing import applied, planned
from tests.support.kept import kept_for_the_file
from tests.support.people import grant, person

ADDRESS = "198.51.100.7"
"""Where all of them sit."""

KEPT_VERSIONS = ("courseinstructor", "enrollment", "lessonprogress", "user")
"""What is set back to how it is, which changes nothing."""


@dataclass
class Stage:
    """The world, a signed-in client for each person, and what the addresses of the table name."""

    world: World
    clients: dict[str, Client]
    keys: dict[str, Any]
    cookies: dict[str, Any] = field(default_factory=dict)

    def row(self, kind: str) -> Any:
        return self.world.rows["A"][kind]

    def client(self, letters: str) -> Client:
        """The person's browser as it was after signing in, whatever was done with it since."""
        client = self.clients[letters]
        client.cookies = deepcopy(self.cookies[letters])
        return client


def a_client(user: Any) -> Client:
    """Signed in, and noted as seen for as long as a session can last, so that no later request writes that down."""
    client = Client(REMOTE_ADDR=ADDRESS)
    if user is not None and user.pk:
        client.force_login(user)
        client.get("/admin/keys/")
        session = client.session
        session[SEEN] += settings.SESSION_COOKIE_AGE
        session.save()
    return client


def set_the_stage(world: World) -> Stage:
    """Plants the words, makes one row of everything else the addresses name, and signs everybody in."""
    for side in "AB":
        learner = world.rows[side]["user"]
        learner.email = f"{canary(side, 'user', 'email')}@example.org"  # type: ignore[attr-defined]
        learner.save()
        accounts.profile.make(user=learner)
        for row in rows_to_plant(world, side):
            plant(row, side)
    keys = {kind: row.pk for kind, row in world.rows["A"].items()}
    keys |= {f"other_{kind}": row.pk for kind, row in world.rows["B"].items()}
    for more in (
        imported(world),
        kept(world),
        asked(world),
        subscribed(world),
        taught(world),
        announced(world),
        figured(world),
    ):
        assert keys.keys().isdisjoint(more), f"Two records have one name: {keys.keys() & more.keys()}."
        keys |= more
    keys |= {f"version_of_{kind}": newest_version(world.rows["A"][kind]) for kind in KEPT_VERSIONS}
    keys["empty_category"] = catalog.category.make(slug="empty", name="Empty").pk
    keys["spare_lesson"] = catalog.lesson.make(course=world.a).pk
    asked_about: Any = world.rows["A"]["assessment"]
    keys["rewritten"] = as_posted(asked_about).replace(canary("A", "question", "text"), "Rewritten")
    keys["spare_role"] = access.role.make(name="spare", display_name="Spare").pk
    keys["colleague"] = world.people["NO"].pk
    keys["task"] = PeriodicTask.objects.get(name="jobs.tidy_up").pk
    role: Any = Role.objects.get(group_ptr=world.people["MA"].groups.get())
    keys |= {"role": role.pk, "version_of_role": newest_version(role)}
    clients = {letters: a_client(world.people[letters]) for letters in PEOPLE}
    keys["session"] = UserSession.objects.get(user=world.people["MA"]).pk
    return Stage(world, clients, keys, {letters: deepcopy(client.cookies) for letters, client in clients.items()})


def newest_version(row: Any) -> int:
    return int(row.history.latest("history_id").pk)


def rows_to_plant(world: World, side: str) -> list[models.Model]:
    """Everything of one side that holds words; the person last, whose name stands in the words of others."""
    learner: Any = world.rows[side]["user"]
    grants = (world.a if side == "A" else world.b).user_grants.all()
    return [*world.rows[side].values(), Profile.objects.get(user=learner), *grants]


def more_of_b(world: World, number: int) -> None:
    """Another course like B with everything below it, for a page that must not count it."""
    course = catalog.course.make(code=f"B{number}", category=world.b.category)
    catalog.course_instructor.make(course=course, user=world.people["IX"])
    for row in rows_of(course).values():
        if row.pk != world.rows["B"]["category"].pk:
            plant(row, "B", number=number)


def asked(world: World) -> dict[str, Any]:
    """What people were told, asked for and refused, and rights somebody was given by hand."""
    stranger, viewer, colleague = world.people["IX"], world.people["CV"], world.people["NO"]
    request = catalog.access_request.make(requester=viewer, course=world.a, page="/admin/")
    plain = catalog.access_request.make(requester=viewer, course=None, right="", page="/admin/")
    theirs = catalog.access_request.make(
        requester=stranger, course=world.b, page="/admin/", wish=canary("B", "accessrequest", "wish")
    )
    keys = {"request": request.pk, "plain_request": plain.pk, "other_request": theirs.pk}
    keys["notification"] = notifications.notification.make(recipient=viewer).pk
    keys["event"] = audit.access_event.make(actor=stranger, detail=canary("B", "accessevent", "detail")).pk
    keys["own_event"] = audit.access_event.make(actor=viewer).pk
    keys["authenticator"] = Authenticator.objects.create(
        user=colleague, type=Authenticator.Type.WEBAUTHN, data={"name": "Mine", "credential": {}}
    ).pk
    person("newcomer", "student")
    helper, below = person("helper"), person("helper-below")
    grant(helper, "edit_content", world.a)
    grant(below, "edit_content", Category.objects.get(pk=world.rows["A"]["category"].pk))
    for side, course in (("A", world.a), ("B", world.b)):
        review = reviews.review.make(course=course, user=world.rows[side]["user"])
        plant(review, side)
        keys["review" if side == "A" else "other_review"] = review.pk
    keys["bulk"] = reviews.bulk_decision.make(requester=world.people["MO"]).pk
    keys["rule"] = reviews.review_rule.make(code="matrix").pk
    keys["testimonial"] = reviews.testimonial.make(review_id=keys["review"]).pk
    return keys | {"helper": helper.pk, "helper_below": below.pk} | certified(world) | reported(world)


def certified(world: World) -> dict[str, Any]:
    """A certificate and a note for each course, a file with that of A, and an enrollment of A that earns one."""
    keys: dict[str, Any] = {}
    for side, course in (("A", world.a), ("B", world.b)):
        before = "" if side == "A" else "other_"
        taken = world.rows[side]["enrollment"]
        template = certificates.certificate_template.make(name=f"Template {side}")
        certificate = certificates.certificate.make(enrollment=taken, template=template)
        note = certificates.certificate_note.make(course=course, user=world.rows[side]["user"])
        plant(certificate, side)
        plant(note, side)
        keys |= {f"{before}certificate": certificate.pk, f"{before}note": note.pk, f"{before}template": template.pk}
    Course.with_archived.filter(pk=world.a.pk).update(has_certificate=True)
    finisher = person("finisher", "student")
    earned = enrollments.enrollment.make(course=world.a, user=finisher, status="completed", progress_percent=100)
    bundle = certificates.certificate_bundle.make(
        requester=world.people["MA"],
        certificates=[keys["certificate"]],
        number_of_certificates=1,
        file=default_storage.save("certificates/stage.zip", ContentFile(b"PK")),
    )
    spare = certificates.certificate_template.make(name="Spare").pk
    shown = certificates.certificate.make(course=world.a, user=person("shown", "student"))
    keys |= {"public_number": shown.number, "spare_template": spare}
    return keys | {"earned": earned.pk, "bundle": bundle.pk}


def announced(world: World) -> dict[str, Any]:
    """A draft for the learners of each course, a mail to each learner, one that failed, and a template."""
    keys: dict[str, Any] = {}
    for side, course in (("A", world.a), ("B", world.b)):
        draft = announcements.announcement.make(course=course)
        mail = notifications.mail.make(recipient_id=world.rows[side]["user"].pk)
        for row in (draft, mail):
            plant(row, side)
        before = "" if side == "A" else "other_"
        keys |= {f"{before}announcement": draft.pk, f"{before}mail": mail.pk}
    keys["failed_mail"] = notifications.mail.make(state="failed", error="550 No such box.").pk
    keys["mail_template"] = notifications.mail_template.make(kind="matrix").pk
    return keys


def figured(world: World) -> dict[str, Any]:
    """The figures of both courses, of those who lead them and of their learners, and those of the platform."""
    keys: dict[str, Any] = {"platform_stats": statistics.platform_stats.make().pk}
    for before, side, course, leader in (("", "A", world.a, "IO"), ("other_", "B", world.b, "IX")):
        keys |= {
            f"{before}course_stats": statistics.course_stats.make(course=course).pk,
            f"{before}instructor_stats": statistics.instructor_stats.make(user=world.people[leader]).pk,
            f"{before}learner_stats": statistics.learner_stats.make(user=world.rows[side]["user"]).pk,
            f"{before}payout": statistics.payout.make(course=course, instructor=world.people[leader]).pk,
        }
    return keys


def reported(world: World) -> dict[str, Any]:
    """A report of MA that is nobody else's, a file made of it, its schedule, and a file that was sent by it."""
    manager = world.people["MA"]
    report = reports.report.make(owner=manager, source="enrollments", columns=["course_title", "status"])
    made = reports.report_run.make(
        requester=manager, file=default_storage.save("reports/stage.csv", ContentFile(b"Code\n"))
    )
    schedule = reports.report_schedule.make(owner=manager, report=report)
    schedule.recipients.add(manager, world.people["AD"])
    sent = reports.report_run.make(requester=manager, schedule_number=schedule.pk, due_at=schedule.next_run_at)
    more = {"schedule": schedule.pk, "sent_file": sent.pk, "sent_to": manager.pk}
    return {"report": report.pk, "report_file": made.pk} | more


def imported(world: World) -> dict[str, Any]:
    """An import of CI that was applied, one that waits with its plan and one not yet mapped; the same of IX."""
    uploader, stranger = world.people["CI"], world.people["IX"]
    text = "course_code,lesson_code,title\n{},new,{}\n"
    job = applied("lessons", text.format("A", canary("A", "lesson", "title")), uploader, name="lessons.csv")
    plan = planned("lessons", text.format("A", canary("A", "lesson", "title")) + "A,wrong,\n", uploader)
    theirs = planned(
        "lessons", text.format("B", canary("B", "lesson", "title")), stranger, name="canary-b-job-name.csv"
    )
    asked = planned("lessons", text.format("A", canary("A", "lesson", "title")), uploader)
    assert asked.planned_at is not None
    question = ImportApproval.objects.create(
        job=asked, fingerprint=asked.fingerprint, planned_at=asked.planned_at, asked_by=uploader
    )
    question.asked.add(world.people["IO"])
    mapping = ImportMapping.objects.create(
        name="Mine", kind="lessons", owner=uploader, headers=plan.headers, mapping=plan.mapping
    )
    assert (job.status, plan.status, theirs.status) == (
        ImportJob.Status.APPLIED,
        ImportJob.Status.PLANNED,
        ImportJob.Status.PLANNED,
    )
    people = [user.pk for user in world.people.values() if user.pk]
    return {
        "job": job.pk,
        "plan": plan.pk,
        "faulty": plan.rows.filter(outcome="invalid").order_by("pk").values_list("pk", flat=True).first(),
        "other_plan": theirs.pk,
        "asked_plan": asked.pk,
        "mapping": mapping.pk,
        "run": job.run_id,
        "other_run": theirs.run_id,
        "own_change": job.change_set_id,
        "change_set": ChangeSet.objects.exclude(actor__in=people).order_by("pk")[0].pk,
    }


def kept(world: World) -> dict[str, Any]:
    """An export of CE, a sign-in of the learner, one of somebody else and an open run of CI."""
    export = ExportRecord.objects.create(
        requester=world.people["CE"],
        kind="courses",
        format="csv",
        sha256="0" * 64,
        row_count=1,
        file=keep_export(io.BytesIO(b"code\nA\n"), "csv"),
    )
    facts = {"outcome": LoginEvent.Outcome.SUCCESS, "ip_address": ADDRESS}
    learner = LoginEvent.objects.create(user_id=world.rows["A"]["user"].pk, email="a@example.org", **facts)
    manager = LoginEvent.objects.create(user=world.people["MA"], email="ma@example.org", **facts)
    waiting = JobRun.objects.create(
        job="jobs.tidy_up", title="Tidy up", requester=world.people["CI"], only_one="waiting"
    )
    failed = JobRun.objects.create(
        job="imports.plan", title="Plan a file", requester=world.people["CI"], state=JobRun.State.FAILED
    )
    return {
        "export": export.pk,
        "sign_in": learner.pk,
        "managers_sign_in": manager.pk,
        "waiting_run": waiting.pk,
        "failed_run": failed.pk,
    }


@pytest.fixture(scope="module")
def stage_of_the_file(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Stage]:
    yield from kept_for_the_file("stage", request, django_db_blocker, lambda: set_the_stage(make_world()))


@pytest.fixture
def stage(stage_of_the_file: Stage, db: None) -> Stage:
    """The stage as it was set; the clients are those of the whole file, and `client()` gives each its first cookies."""
    kept = stage_of_the_file
    return Stage(deepcopy(kept.world), dict(kept.clients), dict(kept.keys), deepcopy(kept.cookies))
