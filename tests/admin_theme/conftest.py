"""Screens of these tests stand alone."""

import pytest

from admin_theme import offers
from apps.notifications import bell
from backoffice import errors


@pytest.fixture(autouse=True)
def _without_what_upper_apps_offer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What other apps put on every page leads to addresses the test's own console does not have."""
    if request.node.get_closest_marker("urls"):
        monkeypatch.setattr(offers, "list_offers", [])
        monkeypatch.setattr(offers, "selection_offers", [])
        monkeypatch.setattr(bell, "facts", lambda request: {})  # noqa: ARG005
        monkeypatch.setattr(errors, "offer_after", lambda request: None)  # noqa: ARG005
