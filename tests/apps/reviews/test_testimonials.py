"""Testimonials: the learner's own words, with their consent, while the review is approved."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from apps.accounts.models import User
from apps.records.rules import RuleBroken
from apps.reviews import services
from apps.reviews.models import Review
from apps.reviews.models import Testimonial as Quote
from tests.apps.catalog.screens import text
from tests.recipes import reviews
from tests.support.people import person

pytestmark = pytest.mark.django_db

TESTIMONIALS = "/admin/reviews/testimonial/"


@pytest.fixture
def testimonial(review: Review, moderator: User, manager: User) -> Quote:
    """Shown."""
    services.approve_review(review, by=moderator)
    made = reviews.testimonial.make(review=review, role="Data analyst")
    return services.show_testimonial(made, by=manager)


def test_a_manager_makes_one_of_an_approved_review_and_shows_it(
    as_manager: Client, review: Review, moderator: User
) -> None:
    services.approve_review(review, by=moderator)
    form = {"review": review.pk, "quote": "the exercises are\nworth the time", "credit": "first_name", "order": "1"}

    as_manager.post(f"{TESTIMONIALS}add/", {**form, "has_consent": "on", "_save": "1"})
    made = Quote.objects.get()
    assert (made.is_active, made.credit_line) == (False, "Lou")
    as_manager.post(f"{TESTIMONIALS}{made.pk}/show/")

    made.refresh_from_db()
    assert made.is_active
    assert "Shown" in text(as_manager.get(TESTIMONIALS))


@pytest.mark.parametrize(
    ("facts", "state", "field"),
    [
        ({"quote": "It is the best of all courses."}, "approved", "quote"),
        ({"quote": "   "}, "approved", "quote"),
        ({}, "pending", "review"),
        ({"has_consent": False, "is_active": True}, "approved", "has_consent"),
    ],
)
def test_a_quote_is_a_part_of_an_approved_review_and_shown_by_consent_only(
    review: Review, facts: dict[str, Any], state: str, field: str
) -> None:
    review.state = state
    review.save()
    made = Quote(review=review, **{"quote": "worth the time", "has_consent": True, **facts})

    with pytest.raises(ValidationError) as refused:
        made.full_clean()

    assert field in refused.value.message_dict


def test_the_database_holds_that_nothing_is_shown_without_consent(review: Review) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        reviews.testimonial.make(review=review, has_consent=False, is_active=True)


@pytest.mark.parametrize(
    "lose",
    [
        lambda review, by: services.reopen_review(review, by=by),
        lambda review, by: services.undo_decision(by=by),  # noqa: ARG005
        lambda review, by: services.archive_review(review, by=by),
        lambda review, by: services.report_review(review, by=person("reader"), reason="spam"),  # noqa: ARG005
        lambda review, by: services.edit_review(review, by=review.user, rating=1, text="I changed my mind."),  # noqa: ARG005
    ],
    ids=["reopened", "undone", "archived", "reported", "edited"],
)
def test_one_whose_review_loses_its_approval_goes_by_itself(
    testimonial: Quote, moderator: User, lose: Callable[[Review, User], Any]
) -> None:
    lose(testimonial.review, moderator)

    testimonial.refresh_from_db()
    assert not testimonial.is_active
    assert testimonial.history.first().is_active is False


def test_one_is_shown_again_only_while_its_words_stand(testimonial: Quote, moderator: User, manager: User) -> None:
    services.withdraw_testimonial(testimonial, by=manager, reason="Old.")
    review = Review.objects.get()
    services.edit_review(review, by=review.user, rating=1, text="I changed my mind.")
    with pytest.raises(RuleBroken, match="Its review is not approved"):
        services.show_testimonial(testimonial, by=manager)
    services.approve_review(review, by=moderator)

    with pytest.raises(ValidationError, match="word for word"):
        services.show_testimonial(testimonial, by=manager)

    testimonial.refresh_from_db()
    assert not testimonial.is_active


def test_what_is_so_already_and_what_lacks_consent_is_refused(testimonial: Quote, manager: User) -> None:
    with pytest.raises(RuleBroken, match="shown already"):
        services.show_testimonial(testimonial, by=manager)
    services.withdraw_testimonial(testimonial, by=manager)
    with pytest.raises(RuleBroken, match="is not shown"):
        services.withdraw_testimonial(testimonial, by=manager)
    Quote.objects.update(has_consent=False)

    with pytest.raises(RuleBroken, match="The learner has not agreed"):
        services.show_testimonial(testimonial, by=manager)


def test_a_moderator_reads_them_and_shows_none(as_moderator: Client, testimonial: Quote) -> None:
    assert "worth the time" in text(as_moderator.get(TESTIMONIALS))

    assert as_moderator.post(f"{TESTIMONIALS}{testimonial.pk}/withdraw/", {"reason": "Old."}).status_code == 403
    assert as_moderator.get(f"{TESTIMONIALS}add/").status_code == 403

    testimonial.refresh_from_db()
    assert testimonial.is_active
