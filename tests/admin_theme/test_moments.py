"""From one moment to another: lists are narrowed in the time of whoever looks, the last minute of the last day in."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from tests.recipes import audit, jobs

pytestmark = pytest.mark.django_db
EVENING = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
LISTS = (
    ("jobs/jobrun", "created_at", jobs.job_run),
    ("audit/changeset", "started_at", audit.change_set),
    ("audit/accessevent", "occurred_at", audit.access_event),
)


@pytest.mark.parametrize(("address", "field", "recipe"), LISTS, ids=[address for address, *_ in LISTS])
def test_a_list_of_one_day_has_its_evening_and_no_other(
    as_administrator: Client, address: str, field: str, recipe: Any
) -> None:
    row = recipe.make(**{field: EVENING})
    link = f"{address}/{row.pk}/change/"

    def listed(day: str) -> bool:
        asked = {f"{field}_from_0": day, f"{field}_from_1": "00:00", f"{field}_to_0": day, f"{field}_to_1": "23:59"}
        return link in as_administrator.get(f"/admin/{address}/", asked).content.decode()

    assert [listed(day) for day in ("2026-03-01", "2026-03-02", "2026-03-03")] == [False, True, False]
