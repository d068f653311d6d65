"""Decisions on many reviews at once: each of them decided or left alone for a reason that is kept."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Course
from apps.jobs.models import JobRun
from apps.records.rules import RuleBroken
from apps.reviews import services
from apps.reviews.admin import deciding_many
from apps.reviews.models import BulkDecision, Review, ReviewDecision
from apps.reviews.states import ReviewState
from apps.reviews.tasks import decide_many
from tests.apps.catalog.screens import text
from tests.recipes import reviews
from tests.support.people import give_role, person

pytestmark = pytest.mark.django_db

REVIEWS = "/admin/reviews/review/"
State = ReviewState


def many(course: Course, number: int) -> list[int]:
    people = User.objects.bulk_create(User(email=f"p{n}@example.org") for n in range(number))
    made = Review.objects.bulk_create(
        Review(course=course, user=one, rating=3, text=f"Neither good nor bad {one.pk}.") for one in people
    )
    return [review.pk for review in made]


def select_all(client: Client, action: str, query: str = "", **asked: Any) -> Any:
    key = Review.objects.values_list("pk", flat=True).first()
    chosen = {"action": action, "_selected_action": [key], "select_across": "1", "_confirmed": "yes", **asked}
    return client.post(f"{REVIEWS}{query}", chosen, follow=True)


def test_each_review_of_a_filter_has_its_outcome_and_the_page_keeps_it(
    as_moderator: Client, moderator: User, course: Course, other_course: Course
) -> None:
    colleague = give_role(person("colleague"), "moderator")
    good, flagged = reviews.review.make(course=course, title="good"), reviews.review.make(course=course)
    services.flag_review(flagged, by=colleague, note="Look.", to=moderator)
    own = reviews.review.make(course=course, user=moderator, title="own")
    done = reviews.review.make(course=course, title="done")
    services.approve_review(done, by=colleague)
    held = reviews.review.make(course=course, title="held", waits_since=timezone.now() - timedelta(days=1))
    assert services.take_review(by=colleague) == held
    elsewhere = reviews.review.make(course=other_course)
    newest = ChangeSet.objects.latest("pk").pk

    answer = select_all(as_moderator, "reject", f"?course__id__exact={course.pk}", because="spam", note="All alike.")

    bulk = BulkDecision.objects.get()
    assert (bulk.asked_count, bulk.done_count, bulk.refused_count, bulk.review_ids) == (5, 2, 3, [])
    for review in (good, flagged):
        review.refresh_from_db()
        assert (review.state, review.rejection_reason, review.moderator) == (State.REJECTED, "spam", moderator)
        assert (review.moderator_note, review.flagged_to, review.is_reported_anew) == ("All alike.", None, False)
        assert review.history.first().history_change_reason == "Spam or advertising"
        assert review.history.first().state == State.REJECTED
    assert dict(bulk.refusals.values_list("review", "sentence")) == {
        own.pk: "You may not decide on this review: you have a part in it, or no right to.",
        done.pk: "This review was approved by Robin Colleague a moment ago. Reopen it to decide again.",
        held.pk: "Robin Colleague is reading this review at the desk. Let them decide on it.",
    }
    assert Review.objects.get(pk=elsewhere.pk).state == State.PENDING
    (entry,) = ChangeSet.objects.filter(pk__gt=newest)
    assert (entry.actor, entry.title, entry.counts) == (
        moderator,
        "Reject 5 reviews",
        {"reviews.review": {"changed": 2}},
    )
    assert "3 reviews left alone. Below stands why." in text(answer)
    assert answer.redirect_chain[-1][0] == f"/admin/reviews/bulkdecision/{bulk.pk}/change/"
    assert "a moment ago. Reopen it" in text(
        as_moderator.get(f"/admin/reviews/bulkdecision/{bulk.pk}/change/?tab=left")
    )


def test_a_large_one_is_done_in_the_background_under_the_rights_of_then(
    as_moderator: Client, moderator: User, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding_many, "AT_ONCE", 2)
    many(course, 5)
    select_all(as_moderator, "approve")
    bulk = BulkDecision.objects.get()
    run = JobRun.objects.get(job="reviews.decide_many")
    assert (bulk.run, run.requester, run.arguments) == (run, moderator, {"bulk": bulk.pk})
    assert Review.objects.filter(state=State.PENDING).count() == 5

    decide_many.execute(run.pk)
    again = decide_many.now(by=moderator, bulk=bulk.pk)

    run.refresh_from_db()
    assert run.outcome == again.outcome == "5 decided, 0 left alone."
    assert ReviewDecision.objects.filter(bulk=bulk).count() == Review.history.filter(history_type="~").count() == 5
    late = services.ask_in_bulk([reviews.review.make().pk], "approved", by=moderator)
    moderator.groups.clear()
    assert decide_many.now(by=moderator, bulk=late.pk).outcome == "0 decided, 1 left alone."


def test_a_bulk_decision_takes_some_queries_for_a_thousand(
    moderator: User, course: Course, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    bulk = services.ask_in_bulk(many(course, 1_000), "approved", by=moderator)

    with django_assert_max_num_queries(30):
        services.decide_in_bulk(bulk, by=moderator)

    assert (bulk.done_count, Review.history.filter(history_type="~", state="approved").count()) == (1_000, 1_000)


def test_its_last_decision_can_be_taken_back_at_the_desk(moderator: User, review: Review) -> None:
    services.decide_in_bulk(services.ask_in_bulk([review.pk], "approved", by=moderator), by=moderator)

    services.undo_decision(by=moderator)

    assert Review.objects.get(pk=review.pk).state == State.PENDING


@pytest.mark.parametrize(
    ("outcome", "asked", "sentence"),
    [
        ("rejected", {}, "Choose why they are rejected."),
        ("rejected", {"because": "dull"}, "Choose why they are rejected."),
        ("rejected", {"because": "other"}, "Say in the note what else is wrong with them."),
        ("approved", {"because": "spam"}, "Only a rejection has a reason of the catalogue."),
    ],
)
def test_what_decides_nothing_is_refused(
    review: Review, moderator: User, outcome: str, asked: dict[str, str], sentence: str
) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        services.ask_in_bulk([review.pk], outcome, by=moderator, **asked)

    assert not BulkDecision.objects.exists()


def test_each_sees_their_own_and_a_role_all(as_moderator: Client, as_manager: Client, as_support: Client) -> None:
    other = give_role(person("colleague"), "moderator")
    bulk = services.ask_in_bulk([reviews.review.make().pk], "approved", by=other)
    page = f"/admin/reviews/bulkdecision/{bulk.pk}/change/"

    statuses = [client.get(page).status_code for client in (as_moderator, as_manager, as_support)]

    assert statuses == [404, 200, 403]


def take_all_back(client: Client, bulk: BulkDecision) -> Any:
    return client.post(f"/admin/reviews/bulkdecision/{bulk.pk}/take-back/", follow=True)


def test_a_bulk_decision_is_taken_back_as_a_whole_with_how_each_review_waited(
    as_moderator: Client, moderator: User, course: Course
) -> None:
    colleague = give_role(person("colleague"), "moderator")
    flagged, shown, changed = (reviews.review.make(course=course) for _ in range(3))
    services.flag_review(flagged, by=colleague, note="Look.", to=moderator)
    waited = dict(Review.objects.values_list("pk", "waits_since"))
    bulk = services.ask_in_bulk(waited, "approved", by=moderator)
    services.decide_in_bulk(bulk, by=moderator)
    quote = services.show_testimonial(reviews.testimonial.make(review=shown), by=moderator)
    services.reopen_review(changed, by=colleague)
    newest = ChangeSet.objects.latest("pk").pk

    answer = take_all_back(as_moderator, bulk)

    assert "2 reviews wait again. 1 review changed since stay decided." in text(answer)
    flagged.refresh_from_db()
    assert (flagged.state, flagged.moderator, flagged.flagged_to) == (State.FLAGGED, colleague, moderator)
    assert set(Review.objects.values_list("state", flat=True)) == {State.FLAGGED, State.PENDING}
    assert all(waited[pk] == at for pk, at in Review.objects.exclude(pk=changed.pk).values_list("pk", "waits_since"))
    quote.refresh_from_db()
    assert not quote.is_active
    (entry,) = ChangeSet.objects.filter(pk__gt=newest)
    assert (entry.title, entry.counts["reviews.review"]) == ("Take all of it back: Approve 3 reviews", {"changed": 2})
    assert not ReviewDecision.objects.filter(taken_back_at=None, outcome="approved").exists()
    assert "Take all of it back" not in text(as_moderator.get(f"/admin/reviews/bulkdecision/{bulk.pk}/change/"))


def test_it_is_not_taken_back_twice_by_others_or_once_authors_are_told(moderator: User, course: Course) -> None:
    bulk = services.decide_in_bulk(
        services.ask_in_bulk([reviews.review.make(course=course).pk], "approved", by=moderator), by=moderator
    )
    late = timezone.now() + timedelta(minutes=11)

    with pytest.raises(RuleBroken, match="Robin Moderator decided this."):
        services.undo_in_bulk(bulk, by=give_role(person("colleague"), "moderator"))
    with time_machine.travel(late), pytest.raises(RuleBroken, match="More than 10 minutes have passed"):
        services.undo_in_bulk(bulk, by=moderator)
    assert set(Review.objects.values_list("state", flat=True)) == {State.APPROVED}
    services.undo_in_bulk(bulk, by=moderator)
    with pytest.raises(RuleBroken, match="is taken back already"):
        services.undo_in_bulk(bulk, by=moderator)


def test_taking_back_a_thousand_takes_some_queries(
    moderator: User, course: Course, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    bulk = services.decide_in_bulk(services.ask_in_bulk(many(course, 1_000), "approved", by=moderator), by=moderator)

    with django_assert_max_num_queries(30):
        done = services.undo_in_bulk(bulk, by=moderator)

    assert done == (1_000, 0)
