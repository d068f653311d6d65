"""`manage.py access explain`: yes or no, and the chain that decides."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.access.models import Role
from apps.access.services import set_active
from apps.accounts.services import archive_person, suspend_person
from apps.catalog.grants import grant_right
from tests.apps.access.conftest import World
from tests.support.people import grant


def explain(*words: str) -> dict[str, Any]:
    out = StringIO()
    call_command("access", "explain", *words, "--json", stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    assert {"allowed", "because", "chain", "needed"} <= set(answer)
    assert answer["because"] == [step["text"] for step in answer["chain"]]
    assert all(sentence.endswith(".") for sentence in answer["because"])
    return answer


def test_an_administrator_may_do_everything(world: World) -> None:
    answer = explain("ad@example.org", "delete", "catalog.course", "A")

    assert answer["allowed"] is True
    assert "administrator" in answer["because"][0]


def test_a_role_is_named_with_its_permission(world: World) -> None:
    answer = explain("ma@example.org", "view", "catalog.course", "a")

    assert answer["allowed"] is True
    assert answer["because"][0].startswith("Robin Ma has the role Manager, given on ")
    assert answer["because"][0].endswith(", which may see all courses.")
    assert answer["chain"][0]["permissions"] == ["catalog.view_course"]


def test_a_grant_on_a_course_is_named_with_its_reason_and_end(world: World) -> None:
    end = timezone.now().replace(microsecond=0) + timedelta(days=1)
    grant_right(
        world.people["NO"], "publish_course", world.a, by=world.people["AD"], reason="Launch week.", expires_at=end
    )

    answer = explain("no@example.org", "publish", "catalog.course", "A")

    assert answer["allowed"] is True
    sentence = answer["because"][0]
    assert "Robin No holds the right to publish on the course A, given by Robin Ad on" in sentence
    assert f"(“Launch week”), until {end:%-d %B %Y, %H:%M} UTC." in sentence


def test_a_grant_on_a_category_is_followed_down_to_the_row(world: World) -> None:
    answer = explain("cat@example.org", "change", "catalog.module", f"A/{world.rows['A']['module'].code}")  # type: ignore[attr-defined]

    assert answer["allowed"] is True
    assert "the right to edit content on the category Top" in answer["because"][0]
    assert "; the course A lies in Top." in answer["because"][0]
    stops = [stop["text"] for stop in answer["chain"][0]["trail"]]
    assert stops[:4] == ["Robin Cat", "Right to edit content", "Category Top", "Course A"]
    assert stops[4].startswith("Module ")


def test_an_owner_is_told_that_it_is_theirs(world: World) -> None:
    answer = explain("io@example.org", "price", "catalog.course", "A")

    assert answer["allowed"] is True
    assert answer["because"] == ["Robin Io is a primary instructor of the course A."]
    assert answer["chain"][0]["trail"][1]["link"].endswith("?tab=instructors")


def test_what_is_missing_is_said(world: World) -> None:
    answer = explain("ix@example.org", "change", "catalog.course", "A")

    assert answer["allowed"] is False
    assert "Robin Ix does not hold the right to edit content on the course A" in answer["because"][0]
    assert answer["needed"][0]["text"] == "Robin Io or an administrator can give Robin Ix the right to edit content."
    assert answer["needed"][0]["link"].endswith("?tab=people")
    assert "“Can change course”" in answer["needed"][1]["text"]


def test_a_right_that_ended_is_said_with_its_end(world: World) -> None:
    grant(world.people["NO"], "edit_content", world.a, expires_at=timezone.now() - timedelta(seconds=1))

    answer = explain("no@example.org", "change", "catalog.course", "A")

    assert answer["allowed"] is False
    assert "Robin No to edit content on the course A, given on" in answer["because"][0]
    assert "ended on" in answer["because"][0]


def test_an_inactive_role_is_said(world: World) -> None:
    set_active(Role.objects.get(name="manager"), is_active=False, by=world.people["AD"])

    answer = explain("ma@example.org", "view", "catalog.course", "A")

    assert answer["allowed"] is False
    assert (
        answer["because"][0] == "Robin Ma has the role Manager, which may see all courses, but the role is not active."
    )
    assert answer["needed"][0]["text"] == "An administrator can make the role Manager active again."


def test_masked_fields_are_part_of_the_answer(world: World) -> None:
    answer = explain("su@example.org", "view", "catalog.course", "A")

    assert answer["allowed"] is True
    assert answer["because"][-1] == "Robin Su does not see these fields: price, discount price and discount ends."


def test_a_suspended_account_and_a_student_are_told_so(world: World) -> None:
    suspend_person(world.people["IO"], by=world.people["AD"], reason="Left us.")

    suspended = explain("io@example.org", "view", "catalog.course", "A")
    student = explain("learner-of-a@example.org", "view", "catalog.course", "A")

    assert (suspended["allowed"], student["allowed"]) == (False, False)
    assert "suspended" in suspended["because"][0]
    assert "student" in student["because"][0]


@pytest.mark.parametrize(
    ("email", "model", "key", "said"),
    [
        ("nobody@example.org", "catalog.course", "A", "Nobody has the e-mail address"),
        ("io@example.org", "catalog.course", "NOPE", "no course with the key NOPE"),
        ("io@example.org", "catalog.module", "A", "no module with the key A"),
    ],
)
def test_who_or_what_does_not_exist_is_said(email: str, model: str, key: str, said: str, world: World) -> None:
    answer = explain(email, "view", model, key)

    assert answer["allowed"] is False
    assert said in answer["because"][0]


@pytest.mark.parametrize(
    ("verb", "model"), [("frobnicate", "catalog.course"), ("view", "catalog.nothing"), ("view", "sessions.session")]
)
def test_a_verb_or_a_model_that_does_not_exist_is_a_mistake(verb: str, model: str, world: World) -> None:
    with pytest.raises(CommandError) as mistake:
        call_command("access", "explain", "io@example.org", verb, model, "A")

    assert mistake.value.returncode == 2


def test_without_json_the_answer_is_for_people(world: World) -> None:
    out = StringIO()

    call_command("access", "explain", "io@example.org", "view", "catalog.course", "B", stdout=out)

    assert out.getvalue().startswith("No.\n- Robin Io holds no right on the course B")


def test_an_enrollment_is_found_by_its_two_keys(world: World) -> None:
    answer = explain("io@example.org", "view", "enrollments.enrollment", "learner-of-a@example.org/A")

    assert answer["allowed"] is True


def test_the_command_answers_for_one_field(world: World) -> None:
    answer = explain("cc@example.org", "change", "catalog.course", "A", "--field", "price")

    assert (answer["allowed"], answer["field"]) == (False, "read-only")
    assert answer["because"][0] == "Robin Cc is no primary instructor of the course A."


def test_people_read_what_it_would_take(world: World) -> None:
    out = StringIO()

    call_command("access", "explain", "no@example.org", "publish", "catalog.course", "A", stdout=out)

    assert (
        "What it would take:\n- Robin Io or an administrator can give Robin No the right to publish." in out.getvalue()
    )


def test_every_way_that_allows_is_named_and_not_only_the_first(world: World) -> None:
    grant(world.people["SU"], "view_course", world.a)
    grant(world.people["SU"], "edit_content", world.top)

    answer = explain("su@example.org", "view", "catalog.course", "A")

    assert [step["kind"] for step in answer["chain"]] == ["role", "grant", "grant", "masked"]


def test_an_administrator_who_teaches_is_told_both(world: World) -> None:
    world.people["IO"].role = "administrator"
    world.people["IO"].save()

    answer = explain("io@example.org", "price", "catalog.course", "A")

    assert [step["kind"] for step in answer["chain"]] == ["administrator", "instructor"]


def test_a_grant_to_a_role_that_is_not_active_is_said(world: World) -> None:
    role = Role.objects.get(name="moderator")
    grant_right(role, "edit_content", world.a, by=world.people["AD"], reason="Typing errors.")
    set_active(role, is_active=False, by=world.people["AD"])

    answer = explain("mo@example.org", "change", "catalog.course", "A")

    assert answer["allowed"] is False
    assert answer["because"][0] == (
        "Robin Mo has the role Moderator, which holds the right to edit content on the course A, "
        "but the role is not active."
    )


def test_teaching_that_is_over_is_said_with_its_last_day(world: World) -> None:
    row = world.a.instructors.get()
    row.expires_on = timezone.localdate() - timedelta(days=1)
    row.save()

    ended = explain("io@example.org", "price", "catalog.course", "A")
    row.expires_on, row.is_active = None, False
    row.save()
    inactive = explain("io@example.org", "price", "catalog.course", "A")

    assert ended["because"][0].startswith("Robin Io was a primary instructor of the course A until the end of ")
    assert inactive["because"][0] == "Robin Io is a primary instructor of the course A, but not an active one."


def test_an_archived_account_is_said_with_its_day(world: World) -> None:
    archive_person(world.people["CV"], by=world.people["AD"], reason="Left.")

    answer = explain("cv@example.org", "view", "catalog.course", "A")

    assert answer["because"][0].startswith("The account of Robin Cv was archived on ")
    assert answer["needed"][0]["text"] == "An administrator can restore the account."
