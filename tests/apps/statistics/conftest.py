"""What the tests of figures ask for beside the small platform."""

import pytest


@pytest.fixture
def nobody_in_flight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else the server of the database does: then what was counted once is read once."""
    monkeypatch.setattr("apps.statistics.touched.in_flight", lambda: (7, 7))
