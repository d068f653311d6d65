"""Maker and checker: where a second person is needed, who that may be, and what their yes is worth."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Course, CourseUserGrant, Lesson
from apps.notifications.models import Notification
from apps.records.policy import policy_for, scope
from apps.records.rules import RuleBroken
from imports import services, tasks
from imports.models import ImportApproval, ImportComment, ImportJob
from tests.recipes import catalog
from tests.support.importing import outcomes, planned, row
from tests.support.people import grant, person

pytestmark = pytest.mark.django_db

FILE = "course_code,lesson_code,title,type\nPY-101,l1,One,video\nPY-101,l2,Two,nonsense\n"


@pytest.fixture(autouse=True)
def _lessons_need_two(settings: Any) -> None:
    settings.IMPORT_APPROVAL_KINDS = ["lessons"]


@pytest.fixture
def maker(co_instructor_with: Callable[[str], User]) -> User:
    return co_instructor_with("import_content")


@pytest.fixture
def checker(instructor: User, course: Course) -> User:
    """Leads the course."""
    return instructor


@pytest.fixture
def plan(maker: User) -> ImportJob:
    return planned("lessons", FILE, maker)


def apply(job: ImportJob, by: User) -> ImportJob:
    return services.apply_now(job, by=by, good_rows_only=True, confirmed=True)


def ask(job: ImportJob, checker: User) -> ImportApproval:
    return services.ask_for_approval(job, by=job.uploader, of=[checker.email], reason="For the autumn.")


def told(person: User) -> list[str]:
    return list(Notification.objects.filter(recipient=person).order_by("pk").values_list("title", flat=True))


def test_a_plan_of_such_a_kind_is_refused_until_somebody_else_approved(
    plan: ImportJob, maker: User, checker: User
) -> None:
    with pytest.raises(RuleBroken, match="Lessons are imported once a second person has approved.*Ask for approval"):
        apply(plan, maker)
    ask(plan, checker)
    with pytest.raises(RuleBroken, match="The answer is still awaited"):
        apply(plan, maker)
    assert Lesson.objects.count() == 0

    services.approve_plan(plan, by=checker, reason="Looks right.")

    assert apply(plan, maker).status == "partly_applied"
    assert Lesson.objects.get().code == "l1"


def test_a_plan_that_changes_nothing_and_other_kinds_need_nobody(course: Course, maker: User) -> None:
    nothing = planned("lessons", "course_code,title,type\nPY-101,Two,nonsense\n", maker)
    modules = planned("modules", "course_code,module_code,title\nPY-101,m9,Nine\n", maker)

    with pytest.raises(RuleBroken, match="needs no second person"):
        services.ask_for_approval(nothing, by=maker)

    assert apply(modules, maker).status == "applied"


def test_both_are_told_and_the_audit_names_both(plan: ImportJob, maker: User, checker: User) -> None:
    ask(plan, checker)
    asked = Notification.objects.get(recipient=checker)
    services.approve_plan(plan, by=checker, reason="Looks right.")

    asked.refresh_from_db()
    assert asked.title == f"{maker} asks you to approve the import of lessons.csv"
    assert (asked.text, asked.link) == ("For the autumn.", f"/admin/imports/importjob/{plan.pk}/discuss/")
    assert asked.read_at is not None
    assert told(maker)[-1] == f"Approved by {checker}: the import of lessons.csv"
    entries = ChangeSet.objects.filter(origin=plan.origin).order_by("pk").values_list("actor", "title", "reason")
    assert list(entries) == [
        (maker.pk, "Ask for approval of lessons.csv", "For the autumn."),
        (checker.pk, "Approved: the plan of lessons.csv", "Looks right."),
    ]
    assert list(ImportComment.objects.values_list("kind", "author", "text")) == [
        ("asked", maker.pk, "For the autumn."),
        ("approved", checker.pk, "Looks right."),
    ]


def test_an_approval_falls_when_a_row_is_corrected(plan: ImportJob, maker: User, checker: User) -> None:
    ask(plan, checker)
    services.approve_plan(plan, by=checker)

    job = services.correct_row(plan, row(plan, 3), by=maker, cells={"type": "video"})

    with pytest.raises(RuleBroken, match="Ask for approval first"):
        apply(job, maker)
    assert Lesson.objects.count() == 0


def test_an_approval_falls_when_the_plan_is_made_again(plan: ImportJob, maker: User, checker: User) -> None:
    ask(plan, checker)
    services.approve_plan(plan, by=checker)

    job = services.plan_now(plan, by=maker)

    with pytest.raises(RuleBroken, match="Ask for approval first"):
        apply(job, maker)


def test_a_question_about_a_plan_that_changed_cannot_be_answered_and_can_be_asked_anew(
    plan: ImportJob, maker: User, checker: User
) -> None:
    ask(plan, checker)
    job = services.plan_now(plan, by=maker)

    with pytest.raises(RuleBroken, match="The plan has changed since"):
        services.approve_plan(job, by=checker)
    ask(job, checker)
    services.approve_plan(job, by=checker)

    states = ImportApproval.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["withdrawn", "approved"]


def test_nobody_approves_their_own_plan_whoever_they_are(administrator: User, course: Course, maker: User) -> None:
    own = planned("lessons", FILE, administrator)
    another = person("second", User.Role.ADMINISTRATOR)
    services.ask_for_approval(own, by=administrator)
    with pytest.raises(RuleBroken, match="Nobody approves their own plan"):
        services.approve_plan(own, by=administrator)
    theirs = services.plan_now(planned("lessons", FILE, maker), by=administrator)
    services.ask_for_approval(theirs, by=maker)
    with pytest.raises(RuleBroken, match="Nobody approves their own plan"):
        services.approve_plan(theirs, by=administrator)

    services.approve_plan(theirs, by=another)

    assert set(own.approvals.get().asked.all()) == {another}
    assert own.approvals.get().state == "open"
    assert theirs.approvals.get().decided_by == another


def test_who_corrected_a_cell_has_made_the_plan_too(plan: ImportJob, maker: User, administrator: User) -> None:
    job = services.correct_row(plan, row(plan, 3), by=administrator, cells={"type": "video"})
    job = services.plan_now(job, by=maker)
    person("second", User.Role.ADMINISTRATOR)

    services.ask_for_approval(job, by=maker)

    with pytest.raises(RuleBroken, match="Nobody approves their own plan"):
        services.approve_plan(job, by=administrator)


@pytest.mark.parametrize("whom", ["nobody@example.org", "stranger@example.org", "import-content@example.org"])
def test_only_people_who_could_apply_it_are_asked_and_all_others_get_the_same_words(
    plan: ImportJob, maker: User, other_instructor: User, whom: str
) -> None:
    with pytest.raises(RuleBroken, match=f"Nobody with the address “{whom}” could apply this plan"):
        services.ask_for_approval(plan, by=maker, of=[whom])

    assert not plan.approvals.exists()
    assert told(other_instructor) == []


def test_without_another_administrator_somebody_has_to_be_named(plan: ImportJob, maker: User) -> None:
    with pytest.raises(RuleBroken, match="There is no other administrator to ask"):
        services.ask_for_approval(plan, by=maker)


def test_rights_lost_since_the_question_bind_the_answer(plan: ImportJob, checker: User, other_course: Course) -> None:
    ask(plan, checker)
    CourseUserGrant.objects.filter(user=checker).delete()

    with pytest.raises(RuleBroken, match="You may not import these rows yourself"):
        services.approve_plan(plan, by=checker)
    grant(checker, "import_content", other_course)
    with pytest.raises(RuleBroken, match="You could not apply this plan yourself. Line 2"):
        services.approve_plan(plan, by=checker)

    assert plan.approvals.get().state == "open"


def test_a_stranger_neither_sees_nor_decides(plan: ImportJob, checker: User, other_instructor: User) -> None:
    ask(plan, checker)

    with pytest.raises(RuleBroken, match="You were not asked"):
        services.approve_plan(plan, by=other_instructor)

    assert not scope(other_instructor, "view", ImportJob).exists()


def test_who_is_asked_sees_the_plan_and_may_do_no_more(plan: ImportJob, checker: User) -> None:
    policy = policy_for(ImportJob)
    before = policy.may(checker, "view", plan)

    ask(plan, checker)

    assert not before
    assert [verb for verb in policy.verbs if policy.may(checker, verb, plan)] == ["view", "decide"]
    with pytest.raises(RuleBroken, match="belongs to somebody else"):
        apply(plan, checker)


def test_a_no_needs_a_reason_and_is_told(plan: ImportJob, maker: User, checker: User) -> None:
    ask(plan, checker)
    with pytest.raises(RuleBroken, match="Say why"):
        services.decline_plan(plan, by=checker, reason=" ")

    services.decline_plan(plan, by=checker, reason="The titles are wrong.")

    with pytest.raises(RuleBroken, match=f"{checker} has declined it"):
        apply(plan, maker)
    with pytest.raises(RuleBroken, match="This question is answered: declined by"):
        services.approve_plan(plan, by=checker)
    assert told(maker)[-1].startswith(f"Declined by {checker}")
    assert ask(plan, checker).state == "open"


def test_a_question_can_be_withdrawn_and_is_asked_once(plan: ImportJob, maker: User, checker: User) -> None:
    first, second = ask(plan, checker), ask(plan, checker)

    services.withdraw_question(plan, by=maker)

    assert first == second
    assert told(checker) == [f"{maker} asks you to approve the import of lessons.csv"]
    with pytest.raises(RuleBroken, match="This question is answered: withdrawn"):
        services.approve_plan(plan, by=checker)
    with pytest.raises(RuleBroken, match="Ask for approval first"):
        apply(plan, maker)


def test_more_than_a_set_number_of_archivings_need_a_second_person(administrator: User, settings: Any) -> None:
    settings.IMPORT_ARCHIVINGS_ALONE = 2
    second = person("second", User.Role.ADMINISTRATOR)
    for at in range(3):
        catalog.course.make(code=f"C-{at}")
    two = planned("courses", "course_code,status\nC-0,archived\nC-1,archived\n", administrator)
    three = planned("courses", "course_code,status\nC-0,archived\nC-1,archived\nC-2,archived\n", administrator)

    with pytest.raises(RuleBroken, match="archives 3 records. More than 2 need a second person"):
        apply(three, administrator)
    assert Course.with_archived.exclude(archived_at=None).count() == 0
    services.ask_for_approval(three, by=administrator)
    services.approve_plan(three, by=second)
    services.needs_confirmation(two)

    assert apply(three, administrator).status == "applied"
    assert Course.with_archived.exclude(archived_at=None).count() == 3
    assert services.needs_confirmation(two) == "This import archives 2 records."


def test_a_plan_that_awaits_an_answer_is_not_abandoned_but_not_kept_for_ever(
    plan: ImportJob, maker: User, checker: User
) -> None:
    other = planned("lessons", FILE, maker)
    long_ago = "2020-01-01T00:00:00Z"
    ask(plan, checker)
    ImportJob.objects.update(created_at=long_ago, planned_at=long_ago, file="")
    ImportApproval.objects.update(planned_at=long_ago)

    tasks.tidy_imports.now(by=None)
    kept = ImportJob.objects.get(pk=plan.pk).status, ImportJob.objects.get(pk=other.pk).status
    ImportApproval.objects.update(asked_at=long_ago)
    tasks.tidy_imports.now(by=None)

    plan.refresh_from_db()
    assert kept == ("planned", "expired")
    assert (plan.status, outcomes(plan)) == ("expired", [])
