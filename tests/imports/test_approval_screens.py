"""Asking for approval and answering on the screen, for the one who made the plan and the one who was asked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.catalog.models import Lesson
from imports.models import ImportJob
from tests.imports.conftest import page
from tests.imports.test_wizard_steps import text_of
from tests.support.importing import planned

pytestmark = pytest.mark.django_db

FILE = "course_code,lesson_code,title\nPY-101,l1,One\nPY-101,l2,\n"


@pytest.fixture(autouse=True)
def _lessons_need_two(settings: Any) -> None:
    settings.IMPORT_APPROVAL_KINDS = ["lessons"]


@pytest.fixture
def plan(co_instructor_with: Callable[[str], User]) -> ImportJob:
    return planned("lessons", FILE, co_instructor_with("import_content"))


@pytest.fixture
def maker(plan: ImportJob, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(plan.uploader)


def test_a_plan_is_put_before_somebody_and_applied_once_they_approved(
    plan: ImportJob, maker: Client, as_instructor: Client, instructor: User, work_off: Callable[[], Any]
) -> None:
    before = text_of(maker.get(page(plan, "plan")))
    refused = maker.post(page(plan, "apply"), {"rows": "good"})
    maker.post(page(plan, "ask"), {"whom": f" {instructor.email}, ", "reason": "For the autumn."})
    asked = text_of(as_instructor.get(page(plan, "discuss")))

    decided = as_instructor.post(page(plan, "decide"), {"verdict": "approve"}, follow=True)

    after = text_of(maker.get(page(plan, "plan")))
    assert "Ask for approval" in before
    assert page(plan, "apply") not in before
    assert refused.status_code == 422
    assert "Lessons are imported once a second person has approved the plan." in text_of(refused)
    assert "Approve the plan" in asked
    assert "Your answer is written down." in text_of(decided)
    assert f"Approved by {instructor}" in after
    maker.post(page(plan, "apply"), {"rows": "good"})
    work_off()
    assert Lesson.objects.get().code == "l1"


def test_who_is_asked_looks_and_can_do_nothing_else(
    plan: ImportJob, maker: Client, as_instructor: Client, instructor: User
) -> None:
    hidden = as_instructor.get(page(plan, "plan")).status_code
    maker.post(page(plan, "ask"), {"whom": instructor.email})
    row = plan.rows.get(outcome="invalid")

    shown = text_of(as_instructor.get(page(plan, "plan")))

    assert hidden == 404
    assert "Approve or decline it" in shown
    for name in ("apply", "correct", "map", "fix"):
        assert page(plan, name) not in shown
    for name in ("apply", "correct", "fix", "as-in-file", "continue", "ask", "withdraw"):
        assert as_instructor.post(page(plan, name), {"row": row.pk, "rows": "good"}).status_code == 403
    assert as_instructor.get(page(plan, "file")).status_code == 403
    assert Lesson.objects.count() == 0


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"verdict": "decline", "reason": " "}, "Say why, so that the plan can be made better."),
        ({"verdict": "perhaps"}, "Choose whether you approve the plan or decline it."),
        ({}, "Choose whether you approve the plan or decline it."),
    ],
)
def test_an_answer_that_says_nothing_is_asked_for_again(
    plan: ImportJob,
    maker: Client,
    as_instructor: Client,
    instructor: User,
    posted: dict[str, str],
    sentence: str,
) -> None:
    maker.post(page(plan, "ask"), {"whom": instructor.email})

    answer = as_instructor.post(page(plan, "decide"), posted)

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert plan.approvals.get().state == "open"


def test_who_asks_nobody_in_particular_keeps_what_they_wrote(plan: ImportJob, maker: Client) -> None:
    answer = maker.post(page(plan, "ask"), {"whom": "nobody@example.org", "reason": "Please look."})

    text = text_of(answer)
    assert answer.status_code == 422
    assert "Nobody with the address “nobody@example.org” could apply this plan themselves." in text
    assert 'value="nobody@example.org"' in text
    assert "Please look.</textarea>" in text
    assert not plan.approvals.exists()


def test_the_question_is_withdrawn_by_who_asked(plan: ImportJob, maker: Client, instructor: User) -> None:
    maker.post(page(plan, "ask"), {"whom": instructor.email})

    answer = maker.post(page(plan, "withdraw"), follow=True)

    assert plan.approvals.get().state == "withdrawn"
    assert "Ask for approval" in text_of(answer)
