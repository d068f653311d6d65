"""Codes and slugs that are made up when people leave them blank: m1, l3, r2, python-in-practice."""

import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from django.db.models import QuerySet
from django.utils.text import slugify

from apps.records.keys import fold_key

SLUG_LENGTH = 180
VERSION_ENDING = re.compile(r"-v\d+\Z", re.IGNORECASE)


def free_codes(prefix: str, taken: Iterable[str]) -> Iterator[str]:
    """An endless line of codes ("m4", "m5", …) that follow the highest number taken; archived records keep theirs."""
    own = re.compile(rf"{re.escape(prefix)}(\d{{1,9}})\Z")
    numbers = (int(found[1]) for code in taken if (found := own.match(fold_key(code))))
    return (f"{prefix}{number}" for number in count(max(numbers, default=0) + 1))


def next_code(prefix: str, siblings: QuerySet[Any]) -> str:
    """The next free code among these records."""
    return next(free_codes(prefix, siblings.filter(code__istartswith=prefix).values_list("code", flat=True)))


def next_order(siblings: QuerySet[Any]) -> int:
    """The place after the last of these records."""
    last: int | None = siblings.order_by("-order").values_list("order", flat=True).first()
    return (last or 0) + 1


def free_slugs(text: str, taken: Iterable[str]) -> Iterator[str]:
    """The slug of a text, then the same with -2, -3 and so on, leaving out those taken."""
    base = slugify(text)[: SLUG_LENGTH - 8].strip("-") or "untitled"
    used = {fold_key(slug) for slug in taken}
    return (slug for number in count(1) if (slug := base if number == 1 else f"{base}-{number}") not in used)


def unique_slug(text: str, others: QuerySet[Any]) -> str:
    """A slug made from a text that none of these records has."""
    base = next(free_slugs(text, ()))
    return next(free_slugs(text, others.filter(slug__startswith=base).values_list("slug", flat=True)))


def next_version_code(code: str, taken: Iterable[str]) -> str:
    """The code a new version of a course is offered: PY-101 becomes PY-101-v2, and that PY-101-v3."""
    base, used = VERSION_ENDING.sub("", code), {fold_key(one) for one in taken}
    return next(offer for number in count(2) if fold_key(offer := f"{base}-v{number}") not in used)
