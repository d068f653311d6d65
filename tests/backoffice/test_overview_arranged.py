"""Each person arranges their own overview: what is kept, what is refused, and that nobody else's moves."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from apps.access.see_as import KEY
from apps.accounts.models import User
from apps.audit.models import ChangeSet
from apps.statistics.models import Arrangement
from backoffice.dashboard.arranging import UNKNOWN
from tests.support.overview import cards_on

pytestmark = pytest.mark.django_db
OVERVIEW, ARRANGE = "/admin/", "/admin/overview/"
USUAL = ["numbers", "growth", "funnel", "growing", "cohorts", "helping"]


def shown_to(client: Client) -> list[str]:
    return list(cards_on(client.get(OVERVIEW)))


def test_a_hidden_card_stays_hidden_until_it_is_shown_again(as_manager: Client, manager: User) -> None:
    as_manager.post(ARRANGE, {"do": "hide", "card": "funnel"})

    page = as_manager.get(OVERVIEW)
    assert list(cards_on(page)) == [key for key in USUAL if key != "funnel"]
    assert [card.key for card in page.context["hidden_cards"]] == ["funnel"]
    as_manager.post(ARRANGE, {"do": "show", "card": "funnel"})
    assert shown_to(as_manager) == USUAL


@pytest.mark.parametrize(
    ("do", "card", "expected"),
    [
        ("up", "growth", ["growth", "numbers", *USUAL[2:]]),
        ("down", "numbers", ["growth", "numbers", *USUAL[2:]]),
        ("up", "numbers", USUAL),
        ("down", "helping", USUAL),
    ],
)
def test_a_card_moves_one_place_and_at_the_end_stays(
    do: str, card: str, expected: list[str], as_manager: Client
) -> None:
    answer = as_manager.post(ARRANGE, {"do": do, "card": card})

    assert answer.url == f"/admin/#card-{card}"  # type: ignore[attr-defined]
    assert shown_to(as_manager) == expected


def test_a_card_moves_past_hidden_ones(as_manager: Client) -> None:
    as_manager.post(ARRANGE, {"do": "hide", "card": "growth"})

    as_manager.post(ARRANGE, {"do": "up", "card": "funnel"})

    assert shown_to(as_manager) == ["funnel", "numbers", "growing", "cohorts", "helping"]


def test_the_period_is_kept_and_an_address_with_another_changes_nothing(as_manager: Client, manager: User) -> None:
    as_manager.post(ARRANGE, {"do": "span", "period": "90", "compare": "year"})

    asked = as_manager.get(OVERVIEW, {"period": "7", "compare": "none"}).context["period"]
    kept = as_manager.get(OVERVIEW).context["period"]

    assert (asked.key, asked.compared_key) == ("7", "none")
    assert (kept.key, kept.compared_key) == ("90", "year")


def test_reset_gives_back_what_it_was_at_first(as_manager: Client) -> None:
    as_manager.post(ARRANGE, {"do": "hide", "card": "numbers"})
    as_manager.post(ARRANGE, {"do": "span", "period": "7", "compare": "none"})

    as_manager.post(ARRANGE, {"do": "reset"})

    page = as_manager.get(OVERVIEW)
    assert list(cards_on(page)) == USUAL
    assert page.context["period"].key == "30"


def test_what_one_person_arranges_is_nobody_elses(
    as_manager: Client, administrator: User, signed_in: Callable[[User], Client]
) -> None:
    as_manager.post(ARRANGE, {"do": "hide", "card": "numbers"})

    assert "numbers" in shown_to(signed_in(administrator))


@pytest.mark.parametrize(
    "asked",
    [
        {"do": "hide", "card": "teaching"},
        {"do": "hide", "card": "nothing"},
        {"do": "hide"},
        {"do": "delete", "card": "numbers"},
        {"do": "span", "period": "31", "compare": "before"},
        {"do": "span", "period": "30"},
        {},
    ],
)
def test_what_is_unknown_is_said_and_changes_nothing(asked: dict[str, str], as_manager: Client) -> None:
    answer = as_manager.post(ARRANGE, asked, follow=True)

    assert [str(message) for message in answer.context["messages"]] == [UNKNOWN]
    assert not Arrangement.objects.exists()


def test_a_card_that_is_no_longer_open_is_not_shown_though_it_was_arranged(as_manager: Client, manager: User) -> None:
    as_manager.post(ARRANGE, {"do": "up", "card": "growth"})
    manager.groups.clear()

    assert shown_to(as_manager) == []


def test_arranging_is_a_matter_of_taste_and_no_part_of_the_audit(as_manager: Client) -> None:
    as_manager.get(OVERVIEW)
    before = ChangeSet.objects.count()

    as_manager.post(ARRANGE, {"do": "hide", "card": "funnel"})

    assert ChangeSet.objects.count() == before


def test_looking_never_arranges(as_manager: Client) -> None:
    as_manager.get(OVERVIEW, {"period": "7", "do": "hide", "card": "numbers"})

    assert as_manager.get(ARRANGE).status_code == 405
    assert not Arrangement.objects.exists()


def test_who_only_looks_as_somebody_else_arranges_nothing_for_them(
    manager: User, administrator: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(administrator)
    session = client.session
    session[KEY] = {"person": manager.pk, "by": administrator.pk, "started": timezone.now().timestamp()}
    session.save()

    answer = client.post(ARRANGE, {"do": "hide", "card": "funnel"})

    assert answer.status_code == 403
    assert not Arrangement.objects.exists()


def test_a_visitor_and_a_learner_arrange_nothing(as_student: Client, client: Client) -> None:
    for visitor in (client, as_student):
        visitor.post(ARRANGE, {"do": "hide", "card": "funnel"})

    assert not Arrangement.objects.exists()
