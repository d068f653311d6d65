"""The overview: cards of figures, what needs attention, what to do next and what happened lately."""

from typing import Any

from django.http import HttpRequest

from backoffice.dashboard.arranging import hidden_now
from backoffice.dashboard.attention import attention
from backoffice.dashboard.cards import Card, cards_of
from backoffice.dashboard.lately import quick_actions, recent
from backoffice.dashboard.look import Look
from backoffice.dashboard.periods import COMPARED, PERIODS


def dashboard(request: HttpRequest) -> dict[str, Any]:
    """Everything on the overview, within the scope of the person who looks."""
    look = Look(request)
    cards = cards_of(look)
    hidden = hidden_now(look.arrangement, [card.key for card in cards])
    return {
        "cards": [shown(card, look) for card in cards if card.key not in hidden],
        "hidden_cards": [card for card in cards if card.key in hidden],
        "is_arranged": look.arrangement.pk is not None,
        "period": look.period,
        "period_matters": any(card.has_period for card in cards),
        "periods": PERIODS,
        "compares": COMPARED,
        "attention": attention(look),
        "quick_actions": quick_actions(request),
        "recent": recent(request),
    }


def shown(card: Card, look: Look) -> dict[str, Any]:
    return {"card": card, "facts": card.facts(look), "template": f"dashboard/{card.template}.html"}
