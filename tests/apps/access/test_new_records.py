"""Who may add what is not there yet, and why, by the key it would have: `new.txt` has it for each place it can have."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from apps.access.explain.keys import key_by_path
from apps.access.memory import remembering
from apps.catalog.models import (
    Category,
    CategoryGroupGrant,
    CategoryUserGrant,
    Course,
    CourseGroupGrant,
    CourseInstructor,
    CourseUserGrant,
    Lesson,
)
from apps.catalog.policy import CoursePolicy
from apps.records.policy import policy_for
from tests.apps.access.conftest import World, with_role
from tests.apps.access.test_reasons import named
from tests.support.people import grant

KEYS = {
    Course: ("NEW",),
    Lesson: ("a/new", "B/new", "NOPE/new"),
    CourseInstructor: ("A/io@example.org", "NOPE/io@example.org"),
    CourseUserGrant: ("A/edit_content/no@example.org", "NOPE/edit_content/no@example.org"),
    CourseGroupGrant: ("A/edit_content/manager",),
    CategoryUserGrant: (
        "top/edit_content/no@example.org",
        "BELOW/edit_content/no@example.org",
        "elsewhere/edit_content/no@example.org",
        "nope/edit_content/no@example.org",
    ),
    CategoryGroupGrant: ("top/edit_content/manager",),
}
TABLE = Path(__file__).with_name("new.txt")


def told_of(user: Any, model: Any, verb: str, key: str) -> tuple[bool, str]:
    """Whether they may, and each fact that lets them or is missing."""
    policy = policy_for(model)
    with remembering():
        place = policy.place_for(key_by_path(model, key))
        may = policy.may_new(user, verb, place)
        reasons = (policy.because_new if may else policy.missing_new)(user, verb, place)
        return may, "; ".join(map(named, reasons)).replace(str(user), "{who}")


def lines_of(model: Any, people: dict[str, Any]) -> list[str]:
    """As the table has them: for each verb and key who may, then what is said to whom."""
    lines = [f"[{model._meta.label_lower}]"]
    for verb in ("add", "import"):
        for key in KEYS[model]:
            told = {letters: told_of(user, model, verb, key) for letters, user in people.items()}
            who = " ".join(letters for letters, (may, _) in told.items() if may) or "nobody"
            lines.append(f"{verb} {key}: {who}")
            by_words: dict[str, list[str]] = {}
            for letters, (_, words) in told.items():
                by_words.setdefault(words, []).append(letters)
            most = max(by_words.values(), key=len)
            for words, whose in by_words.items():
                lines += [f"    {'others' if whose is most else ','.join(whose)}: {words}"] if words else []
    return lines


@pytest.mark.parametrize("model", KEYS, ids=lambda one: one._meta.label_lower)
def test_who_may_add_something_new_and_why_is_what_the_table_says(
    model: Any, world: World, everybody: dict[str, Any]
) -> None:
    of_model = TABLE.read_text().partition(f"[{model._meta.label_lower}]\n")[2].partition("\n\n")[0]

    assert lines_of(model, everybody)[1:] == of_model.splitlines()


@pytest.mark.parametrize(
    ("letters", "verb", "category", "may_add", "must_teach"),
    [
        ("AD", "add", "below", True, False),
        ("AD", "import", None, True, False),
        ("IO", "add", "below", True, True),
        ("IO", "import", None, True, True),
        ("CTI", "import", "below", True, False),
        ("CTI", "import", "elsewhere", False, True),
        ("CTI", "add", "below", False, True),
        ("CI", "import", "below", False, True),
        ("FILES", "import", "elsewhere", True, False),
        ("FILES", "add", "elsewhere", False, True),
        ("NO", "add", None, False, True),
    ],
)
def test_where_somebody_starts_courses_and_whether_they_have_to_teach_them(
    letters: str, verb: str, category: str | None, may_add: bool, must_teach: bool,
    world: World, everybody: dict[str, Any],
) -> None:  # fmt: skip
    everybody["FILES"] = with_role("files", permissions=Permission.objects.filter(codename="import_course"))
    courses, user = CoursePolicy(), everybody[letters]
    key = Category.objects.get(slug=category).pk if category else None

    assert courses.may_add_in(user, key, verb=verb) is may_add
    assert courses.must_teach(user, key, verb=verb) is must_teach


def test_a_role_that_adds_instructors_need_not_choose_them(world: World) -> None:
    adder = with_role("adders", permissions=Permission.objects.filter(codename="add_courseinstructor"))

    assert policy_for(CourseInstructor).may_new(adder, "add", world.a)
    assert policy_for(CourseInstructor).may_ever(adder, "add")


def test_a_category_given_for_files_is_no_reason_to_add_by_hand(world: World) -> None:
    grant(world.people["IO"], "import_content", world.top)

    by_hand, by_file = (told_of(world.people["IO"], Course, verb, "NEW")[1] for verb in ("add", "import"))

    assert by_hand == "a role with catalog.add_course: courses of their own, which they teach first"
    assert by_file == f"{by_hand}; grant: {{who}} > Right to import (people) > Category Top [1]"


def test_courses_come_by_files_where_somebody_may_start_some(world: World, everybody: dict[str, Any]) -> None:
    """Whoever finds the door of imports open for courses that are there may still start none."""
    everybody["FILES"] = with_role("files", permissions=Permission.objects.filter(codename="import_course"))

    courses, letters = CoursePolicy(), ("IO", "CI", "CTI", "FILES", "NO")

    may = {one for one in letters if courses.may_new(everybody[one], "import", None)}

    assert may == {"IO", "CTI", "FILES"}
