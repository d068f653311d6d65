"""What a report shows to whom: columns, rows within the scope, groups, figures and periods."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.contrib.auth.models import Permission

from apps.access.models import Role
from apps.accounts.models import User
from apps.catalog.models import Course
from apps.enrollments.models import Enrollment
from apps.records.rules import RuleBroken
from apps.reports.definition import Definition, narrowing
from apps.reports.making import Table, table_for
from apps.reports.making.totals import total_lines
from apps.reports.periods import Period, bounds
from apps.reports.sources import SOURCES
from tests.apps.reports.conftest import ENROLLMENTS


def rows_of(table: Table) -> list[tuple[str, ...]]:
    """As they are shown in files."""
    found = []
    for batch in table.batches():
        shown = [[head.show(value) for value in cells] for head, cells in zip(table.heads, batch, strict=True)]
        found += list(zip(*shown, strict=True))
    return found


def rows(definition: Definition, user: Any) -> list[tuple[str, ...]]:
    return rows_of(table_for(definition, user))


def headers(table: Table) -> list[str]:
    return [head.name for head in table.heads]


def test_chosen_columns_come_in_their_order_with_those_of_related_records(
    enrolled: list[Enrollment], manager: User
) -> None:
    table = table_for(replace(ENROLLMENTS, columns=("course_code", "progress_percent", "user_email")), manager)

    assert headers(table) == ["Course code", "Progress (%)", "Learner's e-mail"]
    assert rows_of(table) == [
        ("PY-101", "20", "ann@example.org"),
        ("PY-101", "70", "bea@example.org"),
        ("ART-1", "30", "cid@example.org"),
    ]


def test_an_instructor_gets_the_rows_of_their_courses_and_no_addresses(
    enrolled: list[Enrollment], instructor: User
) -> None:
    table = table_for(
        replace(ENROLLMENTS, columns=("user_email", "user_first_name", "course_code"), order=""), instructor
    )

    assert headers(table) == ["First name", "Course code"]
    assert sorted(rows_of(table)) == [("Ann", "PY-101"), ("Bea", "PY-101")]
    assert table.count() == 2


def test_a_co_instructor_without_the_right_to_export_gets_nothing(
    enrolled: list[Enrollment], co_instructor_with: Callable[[str], User]
) -> None:
    with pytest.raises(RuleBroken, match="no such list"):
        table_for(ENROLLMENTS, co_instructor_with("edit_content"))


@pytest.mark.parametrize(
    "change",
    [
        {"groups": ("user_email",), "figures": ("rows",)},
        {"groups": ("status:month",), "figures": ("rows",)},
        {"groups": ("no_such",), "figures": ("rows",)},
        {"period_column": "no_such", "period": "last-month"},
        {"period_column": "enrolled_at", "period": "whenever"},
        {"listing": "user__email__startswith=ann"},
        {"source": "payments"},
        {"source": "no-such"},
        {"columns": ("user_email",)},
    ],
    ids=str,
)
def test_what_a_person_does_not_see_is_no_way_to_find_out(
    enrolled: list[Enrollment], instructor: User, change: dict[str, Any]
) -> None:
    with pytest.raises(RuleBroken):
        rows(replace(ENROLLMENTS, **change), instructor)


def test_rows_are_counted_by_month_in_the_time_zone_of_the_platform(
    enrolled: list[Enrollment], manager: User, settings: LazySettings
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    grouped = Definition(
        "enrollments", groups=("enrolled_at:month", "course_code"), figures=("rows", "average:progress_percent")
    )

    table = table_for(grouped, manager)

    assert headers(table) == ["Enrolled (month)", "Course code", "Rows", "Average of progress (%)"]
    assert rows_of(table) == [("2026-05", "ART-1", "1", "30.00"), ("2026-05", "PY-101", "2", "45.00")]
    assert [(name, told["rows"][1]) for name, told in total_lines(table)] == [("Total", 3)]


def test_groups_are_ordered_by_a_figure_when_that_is_asked_for(enrolled: list[Enrollment], manager: User) -> None:
    grouped = Definition("enrollments", groups=("course_code",), figures=("rows",), order="-rows")

    assert rows(grouped, manager) == [("PY-101", "2"), ("ART-1", "1")]


def test_money_of_two_currencies_is_never_added_up(paid: None, manager: User) -> None:
    by_kind = table_for(Definition("payments", groups=("kind",), figures=("sum:amount_minor",)), manager)
    listed = table_for(
        Definition("payments", columns=("reference", "amount_minor"), figures=("sum:amount_minor",)), manager
    )

    assert rows_of(by_kind) == [("Payment", "EUR", "7.00"), ("Payment", "USD", "12.50")]
    assert [(name, told["amount_minor"][1]) for name, told in total_lines(listed)] == [
        ("Total EUR", Decimal(7)),
        ("Total USD", Decimal("12.5")),
    ]


def test_filters_and_the_search_of_the_list_hold_and_archived_rows_stay_out(
    enrolled: list[Enrollment], manager: User
) -> None:
    Enrollment.objects.filter(pk=enrolled[1].pk).update(archived_at=datetime(2026, 5, 3, tzinfo=UTC))

    everything = rows(ENROLLMENTS, manager)
    archived = rows(replace(ENROLLMENTS, listing="archived=yes"), manager)
    found = table_for(replace(ENROLLMENTS, listing="q=cid&status__exact=active"), manager)

    assert [row[0] for row in everything] == ["ann@example.org", "cid@example.org"]
    assert [row[0] for row in archived] == ["bea@example.org"]
    assert [row[0] for row in rows_of(found)] == ["cid@example.org"]
    assert found.chips == [("status", "Active"), ("search", "cid")]


@time_machine.travel("2026-05-20 12:00 +0000")
@pytest.mark.parametrize(
    ("period", "names"),
    [("last-month", ["ann"]), ("this-month", ["bea", "cid"]), ("last-7-days", []), ("this-year", 3)],
)
def test_periods_move_with_the_day(
    enrolled: list[Enrollment], manager: User, period: str, names: list[str] | int, settings: LazySettings
) -> None:
    settings.TIME_ZONE = "UTC"
    found = [
        row[0].partition("@")[0]
        for row in rows(replace(ENROLLMENTS, period_column="enrolled_at", period=period), manager)
    ]

    assert found == names or len(found) == names


def test_longer_ago_knows_those_who_never_did(enrolled: list[Enrollment], manager: User) -> None:
    Enrollment.objects.filter(pk=enrolled[0].pk).update(last_accessed_at=datetime.now(UTC))

    found = rows(replace(ENROLLMENTS, period_column="last_accessed_at", period="longer-ago"), manager)

    assert [row[0] for row in found] == ["bea@example.org", "cid@example.org"]


@pytest.mark.parametrize("period", [one for one in Period if one is not Period.LONGER_AGO])
def test_every_period_begins_before_it_ends_also_in_january(period: Period) -> None:
    begins, ends = bounds(period, datetime(2026, 1, 31, 23, 59, tzinfo=UTC))

    assert begins < ends


def test_a_role_that_loses_the_right_sees_the_change_at_once(enrolled: list[Enrollment], manager: User) -> None:
    Role.objects.get(name="manager").permissions.remove(Permission.objects.get(codename="export_enrollment"))

    with pytest.raises(RuleBroken):
        table_for(ENROLLMENTS, User.objects.get(pk=manager.pk))


@pytest.mark.parametrize("key", sorted(SOURCES))
def test_every_column_of_every_list_can_be_shown_and_grouped_by(key: str, administrator: User, course: Course) -> None:
    source = SOURCES[key]
    plain = table_for(Definition(key, columns=tuple(source.columns)), administrator)

    assert plain.heads
    assert len(rows_of(plain)) == plain.count()
    assert set(source.first) <= set(source.columns)
    assert {one.currency for one in source.columns.values() if one.currency} <= set(source.columns)
    for name in list(source.columns)[:2]:
        rows(Definition(key, groups=(name,), figures=("rows",)), administrator)


def test_how_a_list_is_shown_is_no_part_of_how_it_is_narrowed() -> None:
    assert narrowing("q=ann&o=1.-2&p=3&all=&e=1&status__exact=active&source__exact=") == "q=ann&status__exact=active"
