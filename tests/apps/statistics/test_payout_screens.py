"""Payouts on screens and in reports: managers see all, instructors what they get for courses whose figures they see."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from apps.accounts.models import User
from apps.catalog.models import Course, CourseUserGrant
from apps.reports.making import table_for
from apps.reports.ready_made import READY
from apps.statistics.figures import PAYOUT
from apps.statistics.models import Payout
from tests.recipes import catalog, statistics

pytestmark = pytest.mark.django_db
LIST = "/admin/statistics/payout/"


@pytest.fixture
def payouts(course: Course, instructor: User) -> list[Payout]:
    """14.00 EUR for the instructor of the course, 3.00 EUR in the month before, and 99.00 USD for somebody else."""
    return [
        statistics.payout.make(course=course, instructor=instructor),
        statistics.payout.make(course=course, instructor=instructor, month=date(2026, 2, 1), amount_minor=300),
        statistics.payout.make(currency="USD", amount_minor=9_900, course=catalog.course.make(title="Elsewhere")),
    ]


def shown(client: Client, address: str = LIST) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_says_what_its_payouts_come_to(payouts: list[Payout], as_manager: Client) -> None:
    everything = " ".join(shown(as_manager).split())

    assert "All payouts come to <strong>17.00 EUR</strong> · <strong>99.00 USD</strong>" in everything
    assert "<strong>3.00 EUR</strong>" in shown(as_manager, f"{LIST}?month=2026-02-01")
    assert "Elsewhere" in shown(as_manager, f"{LIST}?month=nonsense")


def test_the_page_of_a_payout_says_what_its_figures_mean(payouts: list[Payout], as_manager: Client) -> None:
    page = shown(as_manager, f"{LIST}{payouts[0].pk}/change/")

    assert [one.title for one in PAYOUT.figures if escape(one.words) not in page] == []
    assert "20.00 EUR" in page
    assert "14.00 EUR" in page


def test_an_instructor_sees_what_is_theirs_and_no_sum_of_others(
    payouts: list[Payout], instructor: User, signed_in: Callable[[User], Client]
) -> None:
    page = shown(signed_in(instructor))

    assert "17.00 EUR" in page
    assert "99.00" not in page
    assert "Elsewhere" not in page


def test_whoever_may_not_see_the_figures_of_a_course_sees_no_money_of_it(
    payouts: list[Payout], instructor: User, signed_in: Callable[[User], Client]
) -> None:
    CourseUserGrant.objects.filter(user=instructor).delete()

    assert signed_in(instructor).get(LIST).status_code == 403
    assert signed_in(instructor).get(f"{LIST}{payouts[0].pk}/change/").status_code == 403


@pytest.mark.parametrize(("who", "amounts"), [("manager", ["14", "3", "99"]), ("instructor", ["14", "3"])])
def test_the_ready_made_report_has_the_rows_of_whoever_asks(
    who: str, amounts: list[str], payouts: list[Payout], request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)

    with time_machine.travel(datetime(2026, 3, 20, tzinfo=UTC), tick=False):
        rows = [cells for batch in table_for(READY["payouts"].definition, user).batches() for cells in batch]

    assert READY["payouts"].is_open_to(user)
    found = {str(cell) for cells in rows for cell in cells}
    assert [amount for amount in ("14", "3", "99") if found & {amount, f"{amount}.00"}] == amounts


def test_a_long_list_asks_as_much_as_a_short_one(payouts: list[Payout], as_manager: Client) -> None:
    shown(as_manager)
    with CaptureQueriesContext(connection) as first:
        shown(as_manager)
    for _ in range(8):
        statistics.payout.make()

    with CaptureQueriesContext(connection) as second:
        shown(as_manager)

    assert len(second) == len(first) <= 25
