"""Looking changes nothing, whatever is looked at and by whom; every form has its token; other methods do nothing."""

from typing import Any

import pytest
from django.test import Client

from tests.apps.access.matrix.stage import Stage
from tests.apps.access.matrix.table import table
from tests.apps.access.matrix.trying import NOTHING, everything, touched

pytestmark = pytest.mark.django_db

OTHER_METHODS = ("head", "options", "put", "patch", "delete")
PUBLIC_AND_HARMLESS = ("/healthz", "/readyz")


def strict_client(stage: Stage) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(stage.world.people["AD"])
    client.get("/admin/keys/")
    return client


def addresses(stage: Stage, *, left_out: tuple[str, ...] = ("leaves",)) -> list[str]:
    lines = [line for line in table() if not set(left_out) & set(line.words)]
    traced = {line.address for line in table() if set(left_out) & set(line.words) and line.is_read}
    return list(
        dict.fromkeys(
            line.address.format(**stage.keys)
            for line in lines
            if "first_" not in line.address and line.address not in traced
        )
    )


def test_an_administrator_who_opens_every_address_changes_nothing(stage: Stage) -> None:
    client, untouched = strict_client(stage), everything()

    statuses = {address: client.get(address).status_code for address in addresses(stage)}

    assert touched(untouched) == []
    assert [
        address for address, status in statuses.items() if status >= 500 and address not in PUBLIC_AND_HARMLESS
    ] == []


@pytest.mark.parametrize("place", range(len(OTHER_METHODS)), ids=lambda place: OTHER_METHODS[place])
def test_methods_no_page_of_ours_uses_change_nothing(place: int, stage: Stage) -> None:
    """Each method at its share of the addresses, so that each address is asked by one of them."""
    untouched, method = everything(), OTHER_METHODS[place]

    statuses = {
        address: getattr(stage.client("AD"), method)(address).status_code
        for address in addresses(stage)[place :: len(OTHER_METHODS)]
    }

    assert touched(untouched) == []
    assert [name for name, status in statuses.items() if status >= 500 and name not in PUBLIC_AND_HARMLESS] == []


def test_every_post_without_its_token_is_refused(stage: Stage) -> None:
    client, untouched = strict_client(stage), everything()
    unsafe = []

    for line in table():
        if line.is_read or line.address in PUBLIC_AND_HARMLESS or "after" in line.words:
            continue
        url = line.address.format(**stage.keys)
        answer: Any = client.post(url, {name: value for name, value in line.data if value != NOTHING})
        if answer.status_code != 403:
            unsafe.append(f"{line}: {answer.status_code}")

    assert unsafe == []
    assert touched(untouched) == []
