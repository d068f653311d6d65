"""The desk: who is offered what in which order, who holds it, and what its decider may take back."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Course
from apps.notifications.models import Notification
from apps.records.rules import RuleBroken
from apps.reviews import services
from apps.reviews.models import Review, ReviewDecision
from apps.reviews.states import ReviewState
from tests.recipes import accounts, reviews
from tests.support.moments import at_the_same_time
from tests.support.people import give_role, person, teach

pytestmark = pytest.mark.django_db

State = ReviewState


@pytest.fixture
def colleague(db: None) -> User:
    return give_role(person("colleague"), "moderator")


def waiting(course: Course, title: str, hours: float = 1, **facts: Any) -> Review:
    """A review that has waited so long."""
    since = timezone.now() - timedelta(hours=hours)
    made: Review = reviews.review.make(course=course, title=title, created_at=since, waits_since=since, **facts)
    return made


def offered(user: User, number: int = 20) -> list[str]:
    """What the desk gives this person, one after the other, each approved."""
    titles: list[str] = []
    while len(titles) < number and (review := services.take_review(by=user)):
        titles.append(review.title)
        services.approve_review(review, by=user, held=True)
    return titles


def facts(review: Review) -> dict[str, Any]:
    return Review.with_archived.filter(pk=review.pk).values().get()


class TestOrder:
    """Flagged to me, then reported, then what waits longest, then what was flagged to others."""

    def test_each_gets_what_was_flagged_to_them_then_reported_ones_then_the_oldest(
        self, course: Course, other_course: Course, moderator: User, colleague: User, student: User
    ) -> None:
        waiting(course, "young", 1)
        waiting(other_course, "old", 9)
        reported = waiting(course, "reported", 2)
        services.report_review(reported, by=student, reason="spam")
        mine, theirs, anybodys = (waiting(course, title) for title in ("for me", "for another", "for anybody"))
        services.flag_review(mine, by=colleague, note="Look.", to=moderator)
        services.flag_review(theirs, by=colleague, note="Look.", to=give_role(person("third"), "moderator"))
        services.flag_review(anybodys, by=colleague, note="Look.")
        waiting(course, "hidden", archived_at=timezone.now())
        reviews.review.make(course=course, state=State.APPROVED)

        assert offered(moderator) == ["for me", "reported", "old", "young", "for another", "for anybody"]
        assert Notification.objects.get(recipient=moderator).link == "/admin/reviews/review/desk/"

    def test_nobody_is_offered_what_they_have_a_part_in_or_flagged_themselves(
        self, course: Course, other_course: Course, moderator: User, instructor: User
    ) -> None:
        reviews.review.make(course=course, user=moderator)
        teach(moderator, other_course)
        waiting(other_course, "of my course")
        services.flag_review(waiting(course, "flagged by me"), by=moderator, note="Look.")

        assert services.take_review(by=moderator) is None
        assert services.take_review(by=instructor) is None

    def test_somebody_with_a_part_in_it_is_no_colleague_to_flag_to(
        self, course: Course, moderator: User, student: User, instructor: User
    ) -> None:
        review = waiting(course, "a", user=student)

        for wrong in (moderator, student, give_role(instructor, "moderator")):
            with pytest.raises(RuleBroken, match="cannot decide on this review. Choose another colleague."):
                services.flag_review(review, by=moderator, note="Look.", to=wrong)

        assert facts(review)["state"] == State.PENDING
        assert not ReviewDecision.objects.exists()

    def test_one_moves_to_the_next_and_back_without_deciding(self, course: Course, moderator: User) -> None:
        for hours, title in ((3, "first"), (2, "second"), (1, "third")):
            waiting(course, title, hours)
        first = services.take_review(by=moderator)
        assert first is not None

        second = services.take_review(by=moderator, beside=first)
        assert second is not None
        third = services.take_review(by=moderator, beside=second)
        assert third is not None
        back = services.take_review(by=moderator, beside=third, backwards=True)

        assert [first.title, second.title, third.title, back and back.title] == ["first", "second", "third", "second"]
        assert services.take_review(by=moderator, beside=third) is None
        assert services.take_review(by=moderator, beside=first, backwards=True) is None

    def test_what_is_skipped_comes_later_for_that_person_only(
        self, course: Course, moderator: User, colleague: User
    ) -> None:
        review = waiting(course, "hard", 5)
        waiting(course, "easy", 1)
        services.skip_review(review, by=moderator)

        assert offered(moderator, 1) == ["easy"]
        assert services.take_review(by=moderator) is None
        with time_machine.travel(timezone.now() + timedelta(minutes=settings.REVIEW_SKIP_MINUTES + 1)):
            later = services.take_review(by=moderator)
            assert later is not None
            services.release_reviews(by=moderator)
        services.look_again(by=moderator)
        assert services.take_review(by=moderator) == review
        services.release_reviews(by=moderator)
        assert offered(colleague) == ["hard"]


class TestHolding:
    """One person at a time."""

    def test_who_holds_a_review_keeps_it_until_they_stop(
        self, course: Course, moderator: User, colleague: User
    ) -> None:
        review = waiting(course, "a")
        before = (ChangeSet.objects.count(), review.history.count())

        assert services.take_review(by=moderator) == review
        assert services.take_review(by=colleague) is None
        with pytest.raises(RuleBroken, match="Robin Moderator is reading this review at the desk."):
            services.approve_review(review, by=colleague)
        with time_machine.travel(timezone.now() + timedelta(minutes=settings.REVIEW_CLAIM_MINUTES - 1)):
            services.renew_hold(review.pk, by=moderator)
        with time_machine.travel(timezone.now() + timedelta(minutes=settings.REVIEW_CLAIM_MINUTES + 1)):
            assert services.take_review(by=colleague) is None
        services.release_reviews(by=moderator, held_until=timezone.now())  # of an older hold: it was renewed since
        assert services.take_review(by=colleague) is None
        services.release_reviews(by=moderator)

        assert services.take_review(by=colleague) == review
        with pytest.raises(RuleBroken, match="You do not hold this review any more."):
            services.renew_hold(review.pk, by=moderator)
        assert (ChangeSet.objects.count(), review.history.count()) == before

    def test_a_hold_ends_by_itself_and_whoever_lost_it_decides_nothing(
        self, course: Course, moderator: User, colleague: User
    ) -> None:
        review = services.take_review(by=moderator) or waiting(course, "a")
        services.take_review(by=moderator)

        with time_machine.travel(timezone.now() + timedelta(minutes=settings.REVIEW_CLAIM_MINUTES + 1)):
            assert services.take_review(by=colleague) == review
            services.release_reviews(by=colleague)
            with pytest.raises(RuleBroken, match="You do not hold this review any more"):
                services.approve_review(review, by=moderator, held=True)

        assert facts(review)["state"] == State.PENDING

    def test_what_its_author_edits_meanwhile_is_read_again_before_it_is_decided(
        self, course: Course, moderator: User
    ) -> None:
        review = waiting(course, "a")
        services.take_review(by=moderator)
        services.edit_review(review, by=review.user, rating=1, text="Something else altogether.")

        with pytest.raises(RuleBroken, match="its author changed it. Read it again."):
            services.approve_review(review, by=moderator, held=True)

        assert facts(review)["state"] == State.PENDING

    @pytest.mark.django_db(transaction=True)
    def test_two_people_at_once_decide_each_review_once(self) -> None:
        course, people = reviews.review.make().course, [give_role(person(name), "moderator") for name in ("ann", "bob")]
        for number in range(11):
            waiting(course, f"review {number}")

        def work(user: User) -> list[str]:
            return offered(user, 50)

        first, second = at_the_same_time(*(lambda user=user: work(user) for user in people))

        assert len(first) + len(second) == 12
        assert ReviewDecision.objects.count() == Review.objects.filter(state=State.APPROVED).count() == 12
        assert not Review.history.filter(history_type="~").values("id").distinct().count() - 12
        assert Review.history.filter(history_type="~").count() == 12
        assert not Review.objects.exclude(claimed_by=None).exists()


class TestUndo:
    """The decider takes back their own last, for a while."""

    @pytest.mark.parametrize("outcome", ["approve", "reject", "flag"])
    def test_a_decision_taken_back_leaves_the_review_as_it_waited(
        self, course: Course, moderator: User, colleague: User, student: User, outcome: str
    ) -> None:
        review = waiting(course, "a", 3)
        services.report_review(review, by=student, reason="spam")
        if outcome != "flag":
            services.flag_review(review, by=colleague, note="Look.", to=moderator)
        kept = ("state", "moderator_id", "flagged_to_id", "waits_since", "is_reported_anew", "decided_at")
        before = {name: facts(review)[name] for name in kept}
        {
            "approve": lambda: services.approve_review(review, by=moderator),
            "reject": lambda: services.reject_review(review, "spam", by=moderator),
            "flag": lambda: services.flag_review(review, by=moderator, note="Look."),
        }[outcome]()

        undone = services.undo_decision(by=moderator)

        assert undone == review
        assert {name: facts(review)[name] for name in kept} == before
        assert facts(review)["claimed_by_id"] == moderator.pk
        assert ChangeSet.objects.latest("pk").title.startswith("Undo: ")

    def test_the_last_ones_go_one_by_one_and_only_ones_own_and_only_for_a_while(
        self, course: Course, moderator: User, colleague: User
    ) -> None:
        for hours, title in ((3, "first"), (2, "second")):
            waiting(course, title, hours)
        offered(moderator)

        with pytest.raises(RuleBroken, match="You decided on nothing in the last 10 minutes"):
            services.undo_decision(by=colleague)
        assert services.undo_decision(by=moderator).title == "second"
        with (
            time_machine.travel(timezone.now() + timedelta(minutes=settings.REVIEW_UNDO_MINUTES + 1)),
            pytest.raises(RuleBroken, match="You decided on nothing"),
        ):
            services.undo_decision(by=moderator)
        assert services.undo_decision(by=moderator).title == "first"
        assert Review.objects.filter(state=State.PENDING).count() == 2

    def test_what_was_changed_since_stays_and_what_one_has_a_part_in_now_too(
        self, other_course: Course, moderator: User, colleague: User
    ) -> None:
        reopened, own = waiting(other_course, "a"), waiting(other_course, "b")
        services.approve_review(own, by=moderator)
        services.approve_review(reopened, by=moderator)
        services.reopen_review(reopened, by=colleague)
        services.reject_review(reopened, "spam", by=colleague)
        teach(moderator, other_course)

        with pytest.raises(RuleBroken, match="You have a part in Watercolor in the open air now"):
            services.undo_decision(by=moderator)

        assert (facts(own)["state"], facts(reopened)["state"]) == (State.APPROVED, State.REJECTED)


class TestComingBack:
    """What was decided returns only when its author edits it or somebody reports it."""

    def test_an_edited_review_waits_again(self, review: Review, moderator: User) -> None:
        services.reject_review(review, "spam", by=moderator)

        services.edit_review(review, by=review.user, rating=3, title=" Better ", text=" They load after the update. ")

        after = facts(review)
        assert (after["state"], after["rejection_reason"], after["decided_at"]) == (State.PENDING, "", None)
        assert (after["rating"], after["title"], after["text"]) == (3, "Better", "They load after the update.")
        assert after["edited_at"] is not None
        assert services.take_review(by=moderator) == review

    @pytest.mark.parametrize(
        ("who", "text", "sentence"),
        [
            ("moderator", "Something else altogether.", "Only its author can edit a review."),
            ("author", None, "Nothing of the review was changed."),
            ("author", "Short", "at least 10 characters"),
        ],
    )
    def test_nobody_else_edits_it_and_the_rules_of_writing_hold(
        self, review: Review, moderator: User, who: str, text: str | None, sentence: str
    ) -> None:
        services.approve_review(review, by=moderator)
        before = facts(review)
        by = moderator if who == "moderator" else review.user

        with pytest.raises(Exception, match=sentence):
            services.edit_review(review, by=by, rating=review.rating, title=review.title, text=text or review.text)

        assert facts(review) == before

    def test_a_report_brings_an_approved_review_back_once_before_all_others(
        self, review: Review, moderator: User, student: User
    ) -> None:
        waiting(review.course, "older", 99)
        services.approve_review(review, by=moderator)
        services.report_review(review, by=student, reason="spam")
        assert (facts(review)["state"], review.history.first().history_change_reason) == (
            State.PENDING,
            "Spam or advertising",
        )
        assert services.take_review(by=moderator) == review

        services.approve_review(review, by=moderator)

        assert not facts(review)["is_reported_anew"]
        with pytest.raises(RuleBroken, match="reported this review already"):
            services.report_review(review, by=student, reason="spam")
        assert facts(review)["state"] == State.APPROVED
        services.report_review(review, by=accounts.person.make(), reason="untrue")
        assert facts(review)["state"] == State.PENDING

    def test_a_report_of_a_rejected_review_is_kept_and_brings_nothing_back(
        self, review: Review, moderator: User, student: User
    ) -> None:
        services.reject_review(review, "spam", by=moderator)

        services.report_review(review, by=student, reason="spam")

        assert (facts(review)["state"], facts(review)["reported_count"]) == (State.REJECTED, 1)
