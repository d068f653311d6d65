"""Where a second person decides: who that is, why, and what those are told whose own matter it is."""

from typing import Any

import pytest

from apps.catalog.models import CategoryUserGrant
from apps.records.policy import policy_for, scope
from apps.records.reasons import ByRole, Kind
from imports.models import ImportApproval, ImportComment, ImportJob
from tests.apps.access.conftest import World
from tests.recipes import catalog, imports, instructors, reviews, subscriptions
from tests.support.people import grant, teach
from tests.support.reasons import answer_of


def told(user: Any, verb: str, record: Any) -> list[str]:
    """What lets them, after a +, or what is missing: the kind of each fact, or the reach of a role."""
    may, reasons = answer_of(user, verb, record)
    return [f"{'+' if may else '-'}{one.reach if isinstance(one, ByRole) else one.kind}" for one in reasons]


def test_refunds_are_decided_by_another_who_may_refund(world: World) -> None:
    manager, support, moderator = (world.people[letters] for letters in ("MA", "SU", "MO"))
    own, others = (subscriptions.refund_request.make(asked_by=user) for user in (manager, support))
    every = f"all {type(own)._meta.verbose_name_plural}"

    assert told(manager, "decide", others) == ["+refunds others asked for"]
    assert told(manager, "decide", own) == ["-missing"]
    assert told(support, "decide", others) == told(moderator, "decide", own) == ["-refunds others asked for"]
    assert told(manager, "view", own) == [f"+{every}"]
    assert told(manager, "change", own) == []
    assert not policy_for(type(own)).may_ever(moderator, "decide")


@pytest.mark.parametrize("verb", ["decide", "archive"])
def test_reviews_are_decided_by_whoever_has_no_part_in_them(world: World, verb: str) -> None:
    moderator = world.people["MO"]
    teach(moderator, world.b)
    of_a, of_b = (reviews.review.make(course=course) for course in (world.a, world.b))
    written = reviews.review.make(course=world.a, user=moderator)

    assert told(moderator, verb, of_a) == ["+reviews they have no part in"]
    assert told(moderator, verb, of_b) == told(moderator, verb, written) == ["-missing"]
    assert told(world.people["MA"], verb, of_a) == ["-reviews they have no part in"]
    assert told(moderator, "view", of_a) == ["+all reviews"]


@pytest.mark.parametrize("verb", ["decide", "suspend", "verify"])
def test_instructors_are_decided_on_by_everybody_with_the_role_but_themselves(world: World, verb: str) -> None:
    manager, instructor = world.people["MA"], world.people["IO"]
    own, others = (instructors.instructor_profile.make(user=user) for user in (manager, instructor))

    assert told(manager, verb, others) == ["+all instructors but themselves"]
    assert told(manager, verb, own) == ["-missing"]
    assert told(instructor, verb, others) == ["-all instructors but themselves"]
    assert told(manager, "view", own) == ["+owner", "+all instructors"]
    assert told(instructor, "view", others) == ["+owner"]
    assert told(instructor, "view", own) == ["-missing"]
    (reason,) = policy_for(type(own)).because(instructor, "view", others)
    assert getattr(reason, "text", "") == "Robin Io is this instructor."


@pytest.fixture
def asked_about(world: World) -> ImportJob:
    """Uploaded by CI, who asked IO and, which is no use, themselves."""
    job: ImportJob = imports.import_job.make(uploader=world.people["CI"])
    imports.import_approval.make(job=job).asked.set([world.people["IO"], world.people["CI"]])
    return job


def test_a_plan_is_decided_by_whoever_was_asked_and_by_administrators_but_never_by_its_uploader(
    world: World, asked_about: ImportJob
) -> None:
    elsewhere = imports.import_job.make(uploader=world.people["IO"])
    own = imports.import_job.make(uploader=world.people["AD"])
    letters = ("CI", "IO", "CC", "CE", "AD")

    decides = {one: set(scope(world.people[one], "decide", ImportJob)) for one in letters}
    sees = {one: set(scope(world.people[one], "view", ImportJob)) for one in letters}
    changes = {one: set(scope(world.people[one], "change", ImportJob)) for one in letters}

    everything = {asked_about, elsewhere, own}
    assert decides == {
        "CI": set(),
        "IO": {asked_about},
        "CC": set(),
        "CE": set(),
        "AD": {asked_about, elsewhere},
    }
    assert sees == {"CI": {asked_about}, "IO": {asked_about, elsewhere}, "CC": set(), "CE": set(), "AD": everything}
    assert changes == {"CI": {asked_about}, "IO": {elsewhere}, "CC": set(), "CE": set(), "AD": everything}


def test_it_is_said_who_was_asked_and_whose_plan_it_is(world: World, asked_about: ImportJob) -> None:
    uploader, asked, other = (world.people[letters] for letters in ("CI", "IO", "CE"))
    approval, comment = ImportApproval.objects.first(), imports.import_comment.make(job=asked_about)

    assert told(asked, "decide", asked_about) == told(asked, "view", asked_about) == ["+rule"]
    assert told(asked, "change", asked_about) == ["-missing"]
    assert told(uploader, "view", asked_about) == ["+owner", "+rule"]
    assert told(uploader, "change", asked_about) == ["+owner"]
    assert told(uploader, "decide", asked_about) == told(other, "decide", asked_about) == ["-missing"]
    assert policy_for(ImportJob).because(uploader, "decide", asked_about) == []
    for part in (approval, comment):
        assert told(asked, "view", part) == ["+rule"]
        assert told(other, "view", part) == ["-missing"]
        assert told(asked, "change", part) == []
    (reason,) = policy_for(ImportJob).because(asked, "decide", asked_about)
    assert (getattr(reason, "facts", ()), getattr(reason, "kind", "")) == ((asked_about,), Kind.RULE)
    assert set(scope(asked, "view", ImportComment)) == {comment}


def test_what_a_role_opens_is_not_said_to_come_from_a_grant_as_well(world: World, everybody: dict[str, Any]) -> None:
    """Rights on the category above A say nothing about verbs they do not open."""
    by_role, manager = everybody["ALL"], world.people["MA"]
    for user in (by_role, manager):
        for right in ("grant_access", "manage_students"):
            grant(user, right, world.top)
    on_category = CategoryUserGrant.objects.filter(user=by_role).first()

    assert told(manager, "change", world.top) == ["+all categories"]
    assert told(by_role, "grant", world.top) == ["+all categories", "+grant"]
    assert told(by_role, "change", on_category) == ["+all rights on categories", "+grant"]
    assert told(manager, "export", world.rows["A"]["user"]) == ["+all people"]
    assert told(manager, "view", world.rows["A"]["user"]) == ["+all people", "+grant"]


def test_requests_for_rights_are_decided_by_who_gives_rights_on_the_course_and_some_by_administrators_alone(
    world: World,
) -> None:
    lead, helper, asker = (world.people[letters] for letters in ("IO", "CG", "CV"))
    usual, to_give_rights, no_right = (
        catalog.access_request.make(requester=asker, course=world.a, right=right)
        for right in ("edit_content", "grant_access", "")
    )
    of_no_course = catalog.access_request.make(requester=asker, course=None, right="")
    own = catalog.access_request.make(requester=lead, course=world.a, right="edit_content")

    assert told(lead, "decide", usual) == ["+instructor"]
    assert told(helper, "decide", usual) == ["+grant"]
    assert told(helper, "decide", own) == ["+grant"]
    assert told(lead, "decide", own) == ["-missing"]
    assert told(world.people["CE"], "decide", usual) == ["-missing"]
    for request in (to_give_rights, no_right, of_no_course):
        assert told(lead, "decide", request) == []
        assert told(world.people["AD"], "decide", request) == []
        assert policy_for(type(request)).may(world.people["AD"], "decide", request)
    assert told(asker, "view", of_no_course) == ["+owner"]
    assert told(asker, "view", usual) == ["+owner"]
    assert told(lead, "view", of_no_course) == ["-missing"]
    assert told(lead, "view", to_give_rights) == ["+instructor"]
    assert set(scope(world.people["AD"], "view", type(own))) == {usual, to_give_rights, no_right, of_no_course, own}
