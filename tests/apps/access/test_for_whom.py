"""What upper apps ask beside the scopes: whose learners somebody writes to, certifies and knows by name."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from apps.access.memory import remembering
from apps.accounts.models import LoginEvent, User
from apps.announcements.models import Announcement
from apps.announcements.policy import AnnouncementPolicy
from apps.certificates.policy import CertificatePolicy, may_be_issued
from apps.enrollments.policy import learners_managed_by, why_learner_is_seen
from apps.instructors.policy import is_instructor
from apps.notifications.models import Notification
from apps.records.policy import policy_for
from apps.records.reasons import ByRole, Kind
from tests.apps.access.conftest import World, with_role
from tests.recipes import accounts, catalog, enrollments, notifications
from tests.recipes import instructors as profiles
from tests.support.people import grant
from tests.support.reasons import answer_of


@pytest.fixture
def managing(world: World, everybody: dict[str, Any]) -> dict[str, Any]:
    """Those out of work hold the right as well, which counts nothing."""
    for letters in ("SUS", "LRN"):
        grant(everybody[letters], "manage_students", world.a)
    return everybody


def names(world: World, keys: Any) -> str:
    found = set(keys)
    return "".join(name for name, course in (("A", world.a), ("B", world.b)) if course.pk in found)


WRITE = {"AD": "AB", "MA": "AB", "ALL": "AB", "IO": "A", "IX": "B", "CM": "A"}
ISSUE = {"AD": "AB", "ALL": "AB", "IO": "A", "IX": "B", "CM": "A"}


def test_whoever_manages_learners_writes_to_them_and_nobody_else(world: World, managing: dict[str, Any]) -> None:
    policy: Any = policy_for(Announcement)
    assert isinstance(policy, AnnouncementPolicy)
    archived = catalog.course.make(archived_at="2026-01-01T00:00:00Z")

    found = {letters: policy.courses_to_write_to(user) for letters, user in managing.items()}

    told = {letters: names(world, courses.values_list("pk", flat=True)) for letters, courses in found.items()}
    assert {letters: where for letters, where in told.items() if where} == WRITE
    assert archived not in found["AD"]


def test_whoever_manages_learners_issues_their_certificates_and_nobody_else(
    world: World, managing: dict[str, Any]
) -> None:
    by_course = {enrollment.pk: enrollment.course_id for name in "AB" if (enrollment := enrolled(world, name))}

    found = {letters: CertificatePolicy().issuable(user) for letters, user in managing.items()}
    chosen = {letters: may_be_issued(user, list(by_course)) for letters, user in managing.items()}

    told = {letters: names(world, rows.values_list("course", flat=True)) for letters, rows in found.items()}
    assert {letters: where for letters, where in told.items() if where} == ISSUE
    assert {letters: names(world, map(by_course.get, keys)) for letters, keys in chosen.items()} == told


def enrolled(world: World, name: str) -> Any:
    return world.rows[name]["enrollment"]


def test_certificates_are_issued_for_those_chosen_in_their_order_and_for_nobody_else(world: World) -> None:
    more = [enrollments.enrollment.make(course=world.a) for _ in range(3)]
    asked = [more[2].pk, enrolled(world, "B").pk, more[0].pk]

    assert may_be_issued(world.people["IO"], asked) == [more[2].pk, more[0].pk]


def test_a_learner_is_known_to_those_who_manage_a_course_of_theirs(world: World) -> None:
    manager, of_a, of_b = world.people["CM"], *(enrolled(world, name).user for name in "AB")

    known = set(learners_managed_by(manager).values_list("pk", flat=True))
    reasons = [len(why_learner_is_seen(manager, learner)) for learner in (of_a, of_b)]

    assert known == {enrolled(world, "A").pk}
    assert reasons == [1, 0]
    assert not learners_managed_by(world.people["NO"]).exists()


def test_an_instructor_is_one_by_account_or_by_profile(world: World) -> None:
    with_profile = world.people["MO"]
    before = [is_instructor(world.people[letters]) for letters in ("IO", "MO", "NO")]
    profiles.instructor_profile.make(user=with_profile)

    after = [is_instructor(world.people[letters]) for letters in ("IO", "MO", "NO")]

    assert (before, after) == ([True, False, False], [True, True, False])


@pytest.mark.parametrize(("letters", "whose", "told"), [
    ("SU", "learner", ["learners"]), ("SU", "own", ["own"]), ("SU", "colleague", ["missing"]),
    ("SU", "nobody", ["missing"]), ("MA", "learner", ["all", "learners"]), ("MA", "own", ["own", "all"]),
    ("MA", "colleague", ["all"]), ("MA", "nobody", ["all"]), ("NO", "learner", ["missing", "learners"]),
    ("NO", "own", ["own"]), ("NO", "colleague", ["missing"]), ("NO", "nobody", ["missing"]),
])  # fmt: skip
def test_sign_ins_are_explained_by_whose_they_are(letters: str, whose: str, told: list[str], world: World) -> None:
    user = world.people[letters]
    owner = {"learner": world.people["ST"], "own": user, "colleague": world.people["IX"], "nobody": None}[whose]
    sign_in = accounts.login_event.make(user=owner)

    may, reasons = answer_of(user, "view", sign_in)

    assert may is (told[0] != "missing")
    assert list(map(in_a_word, reasons)) == told


@pytest.mark.parametrize(("letters", "whose", "told"), [
    ("SU", "learner", ["learners"]), ("SU", "own", []), ("SU", "colleague", []), ("NO", "learner", ["learners"]),
    ("MA", "learner", ["all", "learners"]), ("MA", "colleague", ["all"]), ("NO", "own", []), ("NO", "colleague", []),
])  # fmt: skip
def test_notifications_are_traced_by_whose_they_are(letters: str, whose: str, told: list[str], world: World) -> None:
    user = world.people[letters]
    owner = {"learner": world.people["ST"], "own": user, "colleague": world.people["IX"]}[whose]
    sent, policy = notifications.notification.make(recipient=owner), policy_for(Notification)

    may, reasons = answer_of(user, "trace", sent)

    assert may is (letters != "NO" and bool(told))
    assert list(map(in_a_word, reasons)) == told
    assert policy.may(user, "view", sent) is (whose == "own")
    assert whose == "own" or list(map(in_a_word, policy.missing(user, "view", sent))) == ["missing"]


def test_whoever_takes_everybody_out_reads_sign_ins_and_traces_without_the_right_to_help_learners(world: World) -> None:
    with_role("takers", permissions=Permission.objects.filter(codename="export_user"))
    taker = User.objects.get(last_name="Takers")
    sign_in, sent = (
        accounts.login_event.make(user=world.people["ST"]),
        notifications.notification.make(recipient=world.people["ST"]),
    )

    told = [
        policy_for(LoginEvent).because(taker, "view", sign_in),
        policy_for(Notification).because(taker, "trace", sent),
    ]

    assert [list(map(in_a_word, reasons)) for reasons in told] == [["all"], ["all"]]


def in_a_word(reason: Any) -> str:
    if isinstance(reason, ByRole):
        return "learners" if "learners" in reason.reach else "all"
    return {Kind.OWNER: "own", Kind.MISSING: "missing"}[reason.kind]


def test_many_certificates_are_asked_about_at_once(world: World, django_assert_num_queries: Any) -> None:
    asked = [enrollments.enrollment.make(course=world.a).pk for _ in range(5)]
    lead = world.people["IO"]
    may_be_issued(lead, asked[:1])

    with remembering(), django_assert_num_queries(3):  # their roles, where they hold rights, and the enrollments
        assert may_be_issued(lead, asked) == asked
