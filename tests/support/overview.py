"""What the overview shows, by the key of its card."""

from typing import Any


def cards_on(page: Any) -> dict[str, Any]:
    """The facts of each card that is shown, in the order of the page."""
    return {one["card"].key: one["facts"] for one in page.context["cards"]}


def facts_of(page: Any, key: str) -> Any:
    return cards_on(page)[key]
