"""What may become of a review, who may decide on it, and what stays as the learner wrote it."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.catalog.models import Course
from apps.records.rules import RuleBroken
from apps.reviews import services
from apps.reviews.models import Review, ReviewReport
from apps.reviews.states import RejectionReason, ReviewState
from tests.recipes import accounts, enrollments, reviews
from tests.support.people import give_role, person, teach

pytestmark = pytest.mark.django_db

State = ReviewState
Decision = Callable[[Review, Any], Any]

DECISIONS: dict[str, Decision] = {
    "approve": lambda review, by: services.approve_review(review, by=by),
    "reject": lambda review, by: services.reject_review(review, "spam", by=by),
    "flag": lambda review, by: services.flag_review(review, by=by, note="Look at the second line."),
    "reopen": lambda review, by: services.reopen_review(review, by=by, reason="Read again."),
    "feature": lambda review, by: services.feature_review(review, by=by),
    "archive": lambda review, by: services.archive_review(review, by=by),
}
REACHED = {"approve": State.APPROVED, "reject": State.REJECTED, "flag": State.FLAGGED, "reopen": State.PENDING}


def in_state(review: Review, state: str) -> Review:
    review.state = state
    review.rejection_reason = RejectionReason.SPAM if state == State.REJECTED else ""
    review.save()
    return review


def facts(review: Review) -> dict[str, Any]:
    return Review.with_archived.filter(pk=review.pk).values().get()


@pytest.mark.parametrize(
    ("before", "decision"),
    [
        (State.PENDING, "approve"),
        (State.PENDING, "reject"),
        (State.PENDING, "flag"),
        (State.FLAGGED, "approve"),
        (State.FLAGGED, "reject"),
        (State.FLAGGED, "reopen"),
        (State.APPROVED, "reopen"),
        (State.REJECTED, "reopen"),
    ],
)
def test_every_way_that_is_open_is_one_change_set_in_the_name_of_who_decided(
    review: Review, moderator: User, before: str, decision: str
) -> None:
    in_state(review, before)
    newest = ChangeSet.objects.latest("pk").pk

    DECISIONS[decision](review, moderator)

    after = facts(review)
    assert (after["state"], after["moderator_id"]) == (REACHED[decision], moderator.pk)
    assert (after["decided_at"] is not None) == (after["state"] in (State.APPROVED, State.REJECTED))
    (entry,) = ChangeSet.objects.filter(pk__gt=newest)
    assert (entry.actor, entry.counts) == (moderator, {"reviews.review": {"changed": 1}})


@pytest.mark.parametrize(
    ("before", "decision", "sentence"),
    [
        (State.APPROVED, "approve", "was approved by the system. Reopen it to decide again."),
        (State.APPROVED, "reject", "was approved by the system"),
        (State.APPROVED, "flag", "was approved by the system"),
        (State.REJECTED, "approve", "was rejected by the system"),
        (State.FLAGGED, "flag", "was flagged by the system already."),
        (State.PENDING, "reopen", "is pending already."),
        (State.PENDING, "feature", "is pending. Only an approved one can be featured."),
    ],
)
def test_a_way_that_is_not_open_is_refused_in_words_and_nothing_changes(
    review: Review, moderator: User, before: str, decision: str, sentence: str
) -> None:
    in_state(review, before)
    facts_before, entries = facts(review), ChangeSet.objects.count()

    with pytest.raises(RuleBroken, match=sentence):
        DECISIONS[decision](review, moderator)

    assert (facts(review), ChangeSet.objects.count()) == (facts_before, entries)


def test_the_second_of_two_moderators_is_told_who_was_first(review: Review, moderator: User) -> None:
    colleague = give_role(person("colleague"), "moderator")
    seen_by_colleague = Review.objects.get(pk=review.pk)
    services.approve_review(review, by=moderator)

    with pytest.raises(RuleBroken, match="This review was approved by Robin Moderator a moment ago. Reopen it"):
        services.reject_review(seen_by_colleague, "spam", by=colleague)

    assert facts(review)["state"] == State.APPROVED


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_the_same_moment_one_is_made_and_the_other_refused(review: Review, moderator: User) -> None:
    colleague = give_role(person("colleague"), "moderator")
    together, answers = Barrier(2), []

    def decide(by: User, decision: Decision) -> None:
        seen = Review.objects.get(pk=review.pk)
        together.wait()
        try:
            answers.append((by, decision(seen, by).state))
        except RuleBroken as broken:
            answers.append((by, broken.sentence))
        finally:
            connection.close()

    threads = [
        Thread(target=decide, args=(moderator, DECISIONS["approve"])),
        Thread(target=decide, args=(colleague, DECISIONS["reject"])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    decided = facts(review)
    (first, second) = sorted(answers, key=lambda answer: "Reopen" in answer[1])
    assert first == (first[0], decided["state"])
    assert decided["moderator_id"] == first[0].pk
    assert f"{decided['state']} by {first[0]}" in second[1]
    assert review.history.filter(history_type="~").count() == 1


@pytest.mark.parametrize("decision", sorted(DECISIONS))
def test_nobody_decides_on_what_they_wrote(course: Course, moderator: User, decision: str) -> None:
    own = reviews.review.make(course=course, user=moderator)
    before = facts(own)

    with pytest.raises(RuleBroken, match="You wrote it, so a colleague has to decide"):
        DECISIONS[decision](own, moderator)

    assert facts(own) == before


@pytest.mark.parametrize("decision", sorted(DECISIONS))
def test_nobody_decides_on_a_course_they_teach_not_even_an_administrator(
    other_course: Course, administrator: User, decision: str
) -> None:
    teach(administrator, other_course)
    review = reviews.review.make(course=other_course)
    before = facts(review)

    with pytest.raises(RuleBroken, match="You teach Watercolor in the open air, so a colleague"):
        DECISIONS[decision](review, administrator)

    assert facts(review) == before


def test_who_taught_a_course_once_may_decide_on_it(course: Course, instructor: User, review: Review) -> None:
    course.instructors.update(is_active=False)

    services.approve_review(review, by=give_role(instructor, "moderator"))

    assert facts(review)["state"] == State.APPROVED


def test_a_rejection_has_a_reason_of_the_catalogue_and_its_note_is_kept_apart(review: Review, moderator: User) -> None:
    services.reject_review(review, "personal", by=moderator, note=" A telephone number. ")

    after = facts(review)
    assert (after["rejection_reason"], after["moderator_note"]) == ("personal", "A telephone number.")
    assert review.history.first().history_change_reason == "Personal data"


@pytest.mark.parametrize(
    ("because", "sentence"), [("", "Choose why"), ("dislike", "Choose why"), ("other", "Say in the note what else")]
)
def test_a_rejection_without_a_reason_is_refused(review: Review, moderator: User, because: str, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        services.reject_review(review, because, by=moderator, note="  ")

    assert facts(review)["state"] == State.PENDING


def test_reopening_takes_the_decision_back_and_keeps_the_note(review: Review, moderator: User) -> None:
    services.reject_review(review, "other", by=moderator, note="Answers of the test.")

    services.reopen_review(review, by=moderator, reason="They are old answers.")

    after = facts(review)
    assert (after["state"], after["rejection_reason"], after["decided_at"]) == (State.PENDING, "", None)
    assert after["moderator_note"] == "Answers of the test."


def test_an_approved_review_is_featured_until_it_is_reopened(review: Review, moderator: User) -> None:
    services.approve_review(review, by=moderator)
    services.feature_review(review, by=moderator)
    with pytest.raises(RuleBroken, match="featured already"):
        services.feature_review(review, by=moderator)
    assert facts(review)["is_featured"]

    services.reopen_review(review, by=moderator)

    assert not facts(review)["is_featured"]


def test_a_review_that_is_not_featured_cannot_stop_being_featured(review: Review, moderator: User) -> None:
    with pytest.raises(RuleBroken, match="is not featured"):
        services.unfeature_review(review, by=moderator)


def test_an_archived_review_is_hidden_undecidable_and_comes_back_as_it_was(review: Review, moderator: User) -> None:
    services.approve_review(review, by=moderator)
    services.archive_review(review, by=moderator, reason="Written under somebody else's name.")
    assert not Review.objects.exists()
    for decision in ("reopen", "feature"):
        with pytest.raises(RuleBroken, match="Restore it first"):
            DECISIONS[decision](review, moderator)
    with pytest.raises(RuleBroken, match="archived already"):
        services.archive_review(review, by=moderator)

    services.restore_review(review, by=moderator)

    assert Review.objects.get().state == State.APPROVED
    with pytest.raises(RuleBroken, match="is not archived"):
        services.restore_review(review, by=moderator)


class TestWriting:
    """Reviews come from the people who wrote them."""

    def test_a_review_by_a_learner_of_the_course_says_so(self, course: Course, student: User) -> None:
        enrollments.enrollment.make(course=course, user=student)

        review = services.submit_review(course, by=student, rating=5, title=" Good ", text=" I liked all of it. ")

        assert (review.title, review.text) == ("Good", "I liked all of it.")
        assert (review.state, review.is_verified_purchase) == (State.PENDING, True)
        assert review.history.get().history_user_id == student.pk

    @pytest.mark.parametrize("status", ["waitlisted", "dropped"])
    def test_one_by_somebody_who_never_learned_does_not(self, course: Course, student: User, status: str) -> None:
        enrollments.enrollment.make(course=course, user=student, status=status)

        assert not services.submit_review(course, by=student, rating=1, text="It looks bad.").is_verified_purchase

    def test_there_is_one_for_each_person_and_course(self, review: Review) -> None:
        with pytest.raises(RuleBroken, match="You have reviewed Python from the first line already."):
            services.submit_review(review.course, by=review.user, rating=5, text="I changed my mind.")

        assert Review.objects.get().rating == 2

    @pytest.mark.parametrize(("rating", "text"), [(0, "Long enough."), (6, "Long enough."), (3, "Short")])
    def test_stars_go_from_one_to_five_and_a_text_has_ten_characters(
        self, course: Course, student: User, rating: int, text: str
    ) -> None:
        with pytest.raises(ValidationError):
            services.submit_review(course, by=student, rating=rating, text=text)

        assert not Review.objects.exists()

    @pytest.mark.parametrize(
        "wrong",
        [{"rating": 0}, {"rating": 6}, {"state": "rejected"}, {"rejection_reason": "spam"}, {"is_featured": True}],
    )
    def test_the_database_holds_the_same_rules(self, course: Course, wrong: dict[str, Any]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            reviews.review.make(course=course, **wrong)


class TestReporting:
    """Readers say what is wrong; the number follows from what they said."""

    def test_each_report_counts_once(self, review: Review, student: User) -> None:
        services.report_review(review, by=student, reason="untrue", note=" They load. ")
        services.report_review(review, by=accounts.person.make(), reason="spam")

        with pytest.raises(RuleBroken, match="You have reported this review already."):
            services.report_review(review, by=student, reason="spam")

        assert facts(review)["reported_count"] == ReviewReport.objects.count() == 2
        assert ReviewReport.objects.get(reported_by=student).note == "They load."

    def test_nobody_reports_their_own(self, review: Review) -> None:
        with pytest.raises(RuleBroken, match="You wrote this review yourself."):
            services.report_review(review, by=review.user, reason="spam")

        assert facts(review)["reported_count"] == 0

    def test_a_reason_that_does_not_exist_is_refused(self, review: Review, student: User) -> None:
        with pytest.raises(ValidationError):
            services.report_review(review, by=student, reason="dull")

        assert not ReviewReport.objects.exists()

    def test_a_report_is_neither_changed_nor_deleted(self, review: Review, student: User) -> None:
        report = services.report_review(review, by=student, reason="spam")

        for change in (lambda: ReviewReport.objects.update(reason="other"), report.delete):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                change()

        assert ReviewReport.objects.get().reason == "spam"
