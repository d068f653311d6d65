"""When a schedule is due: in every time zone, across clock changes, ends of months, and standstills."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.reports.rhythm import LAST_DAY, Cadence, Rhythm, Weekday, latest_due, moment_on, next_due
from tests.support.properties import tried

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago")
BERLIN = ZoneInfo("Europe/Berlin")

rhythms = st.builds(
    Rhythm,
    cadence=st.sampled_from(Cadence.values),
    at=st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    zone=st.sampled_from([ZoneInfo(name) for name in ZONES]),
    weekday=st.sampled_from(Weekday.values),
    day_of_month=st.integers(1, 31),
)
moments = st.datetimes(datetime(2019, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def daily(at: str, zone: ZoneInfo = BERLIN) -> Rhythm:
    return Rhythm(Cadence.DAILY, time.fromisoformat(at), zone)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@tried(200)
@given(rhythms, moments)
def test_the_next_time_is_the_one_after_the_latest_and_each_lies_on_its_side_of_now(
    rhythm: Rhythm, now: datetime
) -> None:
    latest, following = latest_due(rhythm, now), next_due(rhythm, now)

    assert latest <= now < following
    assert next_due(rhythm, latest) == following
    assert latest_due(rhythm, following) == following
    assert latest_due(rhythm, following - timedelta(microseconds=1)) == latest


@tried(100)
@given(rhythms, moments)
def test_a_year_holds_each_of_its_days_once(rhythm: Rhythm, now: datetime) -> None:
    """Also where the clock is put forward over the hour of the schedule, or back over it."""
    due, days = now, []
    while (due := next_due(rhythm, due)) < now + timedelta(days=366):
        days.append(due.astimezone(rhythm.zone).date())

    expected = {Cadence.DAILY: 365, Cadence.WEEKLY: 52, Cadence.MONTHLY: 12}[Cadence(rhythm.cadence)]
    assert expected <= len(days) <= expected + 1
    assert len(set(days)) == len(days)
    assert all(rhythm.falls_on(day) for day in days)


@tried(100)
@given(rhythms, moments, st.timedeltas(timedelta(0), timedelta(days=7)))
def test_after_a_week_of_standstill_one_time_is_made_up_for_and_the_next_lies_ahead(
    rhythm: Rhythm, stopped: datetime, standstill: timedelta
) -> None:
    waited_for = next_due(rhythm, stopped)
    back = waited_for + standstill

    made_up_for, following = latest_due(rhythm, back), next_due(rhythm, back)

    assert waited_for <= made_up_for <= back < following
    assert next_due(rhythm, made_up_for) == following


@pytest.mark.parametrize(
    ("at", "now", "due"),
    [
        ("02:30", "2026-03-28T12:00", "2026-03-29T01:00"),  # skipped: three o'clock is the next moment there is
        ("03:00", "2026-03-28T12:00", "2026-03-29T01:00"),
        ("02:30", "2026-10-24T12:00", "2026-10-25T00:30"),  # comes twice: the first
        ("02:30", "2026-10-25T00:30", "2026-10-26T01:30"),  # and not the second
        ("08:00", "2026-03-28T12:00", "2026-03-29T06:00"),
        ("08:00", "2026-10-24T12:00", "2026-10-25T07:00"),
    ],
)
def test_clock_changes_neither_lose_nor_double_a_time(at: str, now: str, due: str) -> None:
    assert next_due(daily(at), utc(now)) == utc(due)


def test_a_gap_at_midnight_ends_on_the_same_day() -> None:
    """In Santiago the clock goes from midnight to one."""
    zone = ZoneInfo("America/Santiago")

    assert moment_on(date(2026, 9, 6), time(0, 15), zone).astimezone(zone).isoformat() == "2026-09-06T01:00:00-03:00"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (LAST_DAY, ["01-31", "02-28", "03-31", "04-30"]),
        (30, ["01-30", "02-28", "03-30", "04-30"]),
        (29, ["01-29", "02-28", "03-29", "04-29"]),
        (28, ["01-28", "02-28", "03-28", "04-28"]),
    ],
)
def test_months_that_are_too_short_have_it_on_their_last_day(day: int, expected: list[str]) -> None:
    rhythm = Rhythm(Cadence.MONTHLY, time(8), ZoneInfo("UTC"), day_of_month=day)
    due, found = utc("2026-01-01T00:00"), []
    for _ in range(4):
        due = next_due(rhythm, due)
        found.append(f"{due:%m-%d}")

    assert found == expected
    assert f"{next_due(rhythm, utc('2028-02-01T00:00')):%m-%d}" == f"02-{min(day, 29)}"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"cadence": "daily"}, "Every day at 08:05 (Europe/Berlin)"),
        ({"cadence": "weekly", "weekday": 4}, "Every Friday at 08:05 (Europe/Berlin)"),
        ({"cadence": "monthly", "day_of_month": 22}, "On the 22nd of every month at 08:05 (Europe/Berlin)"),
        ({"cadence": "monthly", "day_of_month": 11}, "On the 11th of every month at 08:05 (Europe/Berlin)"),
        ({"cadence": "monthly", "day_of_month": 31}, "On the last day of every month at 08:05 (Europe/Berlin)"),
    ],
)
def test_a_rhythm_is_a_sentence(facts: dict[str, object], words: str) -> None:
    assert str(Rhythm(at=time(8, 5), zone=BERLIN, **facts)) == words  # type: ignore[arg-type]
