"""Days of the overview: which a period means, and with which it is compared, also where a month is shorter."""

from datetime import date

import pytest

from backoffice.dashboard.growth import steps_of
from backoffice.dashboard.periods import Span, period_of


@pytest.mark.parametrize(
    ("key", "compare", "today", "span", "other"),
    [
        ("7", "before", "2026-03-07", ("2026-03-01", "2026-03-07"), ("2026-02-22", "2026-02-28")),
        ("30", "before", "2026-03-30", ("2026-03-01", "2026-03-30"), ("2026-01-30", "2026-02-28")),
        ("365", "before", "2026-12-31", ("2026-01-01", "2026-12-31"), ("2025-01-01", "2025-12-31")),
        ("90", "year", "2026-03-31", ("2026-01-01", "2026-03-31"), ("2025-01-01", "2025-03-31")),
        ("month", "before", "2026-03-31", ("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28")),
        ("month", "before", "2026-01-15", ("2026-01-01", "2026-01-15"), ("2025-12-01", "2025-12-15")),
        ("month", "year", "2028-02-29", ("2028-02-01", "2028-02-29"), ("2027-02-01", "2027-02-28")),
        ("year", "before", "2028-02-29", ("2028-01-01", "2028-02-29"), ("2027-01-01", "2027-02-28")),
        ("month", "before", "2026-03-01", ("2026-03-01", "2026-03-01"), ("2026-02-01", "2026-02-01")),
    ],
)
def test_a_period_and_what_it_is_compared_with_are_whole_days(
    key: str, compare: str, today: str, span: tuple[str, str], other: tuple[str, str]
) -> None:
    found = period_of(key, compare, date.fromisoformat(today))

    assert found.span == Span(*map(date.fromisoformat, span))
    assert found.compared == Span(*map(date.fromisoformat, other))


def test_nothing_is_compared_where_nobody_wants_it() -> None:
    assert period_of("30", "none", date(2026, 3, 1)).compared is None


@pytest.mark.parametrize("nonsense", ["", "31", "-7", "week", "٣٠", "30 "])
def test_what_is_no_period_is_the_usual_one(nonsense: str) -> None:
    found = period_of(nonsense, nonsense, date(2026, 3, 31))

    assert (found.key, found.compared_key) == ("30", "before")


def test_a_long_period_goes_month_by_month_and_its_ends_may_be_parts() -> None:
    steps = steps_of(Span(date(2025, 11, 20), date(2026, 3, 5)))

    assert steps[0] == (date(2025, 11, 20), date(2025, 11, 30))
    assert steps[3] == (date(2026, 2, 1), date(2026, 2, 28))
    assert steps[-1] == (date(2026, 3, 1), date(2026, 3, 5))
    assert len(steps) == 5
