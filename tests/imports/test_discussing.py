"""Talking about a plan: who may, who is told, and that nothing is taken out."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from apps.accounts.models import User
from apps.catalog.models import Course
from apps.notifications.models import Notification
from apps.records.policy import scope
from apps.records.rules import RuleBroken
from imports import services
from imports.models import ImportComment, ImportJob
from tests.imports.conftest import page
from tests.support.importing import planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker(co_instructor_with: Callable[[str], User]) -> User:
    return co_instructor_with("import_content")


@pytest.fixture
def plan(maker: User) -> ImportJob:
    return planned("lessons", "course_code,lesson_code,title\nPY-101,l1,One\n", maker)


def told(person: User) -> list[tuple[str, str]]:
    return list(Notification.objects.filter(recipient=person).order_by("pk").values_list("title", "text"))


def test_everybody_who_takes_part_is_told_but_for_who_speaks(plan: ImportJob, maker: User, administrator: User) -> None:
    services.comment_on(plan, by=administrator, text="Are these the new titles?\r\nAll of them?")
    services.comment_on(plan, by=maker, text="They are.")

    words = "wrote about the import of lessons.csv"
    assert told(maker) == [(f"{administrator} {words}", "Are these the new titles?\nAll of them?")]
    assert told(administrator) == [(f"{maker} {words}", "They are.")]


def test_who_may_not_see_the_plan_says_nothing_and_reads_nothing(plan: ImportJob, other_instructor: User) -> None:
    with pytest.raises(RuleBroken, match="belongs to somebody else"):
        services.comment_on(plan, by=other_instructor, text="Hello.")

    services.comment_on(plan, by=plan.uploader, text="Mine.")

    assert not scope(other_instructor, "view", ImportComment).exists()
    assert told(other_instructor) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [(" \n", "Write what you want to say"), ("x" * 2001, "2,001 characters"), ("a\0b", "invisible character")],
)
def test_what_cannot_be_kept_is_refused(plan: ImportJob, maker: User, text: str, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        services.comment_on(plan, by=maker, text=text)

    assert ImportComment.objects.count() == 0


def test_nothing_that_was_said_is_changed_or_taken_out(plan: ImportJob, maker: User) -> None:
    comment = services.comment_on(plan, by=maker, text="They are.")

    for change in (lambda: ImportComment.objects.update(text="They are not."), comment.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()

    assert ImportComment.objects.get().text == "They are."


def test_the_page_shows_what_was_said_and_takes_more(
    plan: ImportJob, maker: User, signed_in: Callable[[User], Client], course: Course
) -> None:
    client = signed_in(maker)
    empty = client.get(page(plan, "discuss")).content.decode()

    sent = client.post(page(plan, "discuss"), {"text": "<b>Look</b> at line 2."})
    refused = client.post(page(plan, "discuss"), {"text": " "})

    shown = client.get(page(plan, "discuss")).content.decode()
    assert "Nothing was said yet." in empty
    assert sent.status_code == 303
    assert (refused.status_code, ImportComment.objects.count()) == (422, 1)
    assert "&lt;b&gt;Look&lt;/b&gt; at line 2." in shown
    assert "Discuss" in client.get(page(plan, "plan")).content.decode()
