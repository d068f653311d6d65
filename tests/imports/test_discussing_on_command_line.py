"""`manage.py imports discussion|comment|ask|approve|decline|withdraw`: the second person at a terminal."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Course, Lesson
from imports.models import ImportComment, ImportJob
from tests.support.commands import Ran, run
from tests.support.importing import planned

pytestmark = pytest.mark.django_db

FILE = "course_code,lesson_code,title,type\nPY-101,l1,One,video\nPY-101,l2,Two,nonsense\n"


@pytest.fixture
def maker(settings: Any, co_instructor_with: Callable[[str], User]) -> User:
    settings.IMPORT_APPROVAL_KINDS = ["lessons"]
    return co_instructor_with("import_content")


@pytest.fixture
def checker(instructor: User, course: Course) -> User:
    """Leads the course."""
    return instructor


@pytest.fixture
def plan(maker: User) -> ImportJob:
    return planned("lessons", FILE, maker)


def do(verb: str, job: ImportJob, by: User, *more: Any) -> Ran:
    return run("imports", verb, job.pk, "--as", by.email, *more)


def test_a_plan_is_asked_about_discussed_approved_and_applied(plan: ImportJob, maker: User, checker: User) -> None:
    early = do("apply", plan, maker, "--good-rows-only", "--json")
    asked = do("ask", plan, maker, "--whom", checker.email, "--reason", "For the autumn.", "--json")
    said = do("comment", plan, checker, "--text", "Is line 3 yours?", "--json")
    approved = do("approve", plan, checker, "--reason", "Looks right.")
    applied = do("apply", plan, maker, "--good-rows-only", "--json")
    after = run("imports", "discussion", plan.pk, "--json")

    assert (early.code, "Ask for approval first" in early.json["message"]) == (2, True)
    assert (asked.code, asked.json["approval"]["state"], asked.json["approval"]["asked"]) == (
        0,
        "open",
        [checker.email],
    )
    assert (said.code, said.json["counts"]["invalid"]) == (0, 1)
    assert approved.code == 0
    assert f"Approved: {checker.email}." in approved.out
    assert "    Looks right." in approved.out.splitlines()
    assert (applied.code, applied.json["status"]) == (1, "partly_applied")
    assert Lesson.objects.get().code == "l1"
    assert [(comment["by"], comment["kind"], comment["text"]) for comment in after.json["comments"]] == [
        (maker.email, "asked", "For the autumn."),
        (checker.email, "comment", "Is line 3 yours?"),
        (checker.email, "approved", "Looks right."),
    ]
    entries = ChangeSet.objects.filter(origin=plan.origin, title__contains="ppro")
    assert list(entries.values_list("channel", flat=True)) == ["command", "command"]


def test_a_question_is_declined_or_withdrawn(plan: ImportJob, maker: User, checker: User) -> None:
    do("ask", plan, maker, "--whom", checker.email)
    declined = do("decline", plan, checker, "--reason", "Line 3 first.", "--json")
    do("ask", plan, maker, "--whom", checker.email)
    withdrawn = do("withdraw", plan, maker, "--json")

    assert (declined.code, declined.json["approval"]["state"]) == (0, "declined")
    assert (withdrawn.code, withdrawn.json["approval"]["state"]) == (0, "withdrawn")
    assert list(plan.approvals.order_by("pk").values_list("state", flat=True)) == ["declined", "withdrawn"]


def test_what_is_refused_on_the_screen_is_refused_here(
    plan: ImportJob, maker: User, checker: User, manager: User, administrator: User
) -> None:
    do("ask", plan, maker, "--whom", checker.email)
    before = (list(plan.approvals.values()), list(ImportComment.objects.values()))

    tried = {
        "Nobody approves their own plan.": do("approve", plan, maker, "--json"),
        "Say why, so that the plan can be made better.": do("decline", plan, checker, "--json"),
        f"There is no import {plan.pk}.": do("approve", plan, manager, "--json"),
        "Write what you want to say.": do("comment", plan, maker, "--text", " ", "--json"),
        "This import belongs to somebody else.": do("withdraw", plan, checker, "--json"),
    }
    unsaid = do("comment", plan, maker)
    own = do("decline", planned("lessons", FILE, administrator), administrator, "--reason", "No.", "--json")

    assert {ran.json["message"]: ran.code for ran in tried.values()} == dict.fromkeys(tried, 2)
    assert "--text" in unsaid.err
    assert (own.code, own.json["message"]) == (2, "Nobody approves their own plan.")
    assert (list(plan.approvals.values()), list(ImportComment.objects.values())) == before
    assert not Lesson.objects.exists()
