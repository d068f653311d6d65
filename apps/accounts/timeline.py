"""Everything that changed about a person: the versions of every record of theirs, by whom and why, newest first."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet, Value

from apps.accounts.about import SELF, Personal, personal_rows
from apps.audit.models import ChangeSet
from apps.audit.queries import Entry, entries
from apps.records.policy import has_policy, scope

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Step:
    """One change set, and what it changed about the person."""

    change_set: ChangeSet
    entries: list[Entry]


def visible_history(rows: Personal, person: Any, user: Any) -> QuerySet[Any]:
    """The versions of these rows that this reader may see."""
    history = rows.history_of(person)
    if user.is_superuser:
        return history
    if not has_policy(rows.model):
        return history.none()
    key = rows.model._meta.pk.attname
    visible = scope(user, "view", rows.model).filter(**{rows.path: person.pk})
    return history.filter(**{f"{key}__in": visible.values(SELF)})


def timeline(person: Any, user: Any, number: Any) -> tuple[Page[Any], list[Step]]:
    """A page of the versions, and the same as change sets with their entries."""
    tracked = {str(index): one for index, one in enumerate(personal_rows()) if one.has_history}
    parts = [
        visible_history(one, person, user)
        .order_by()
        .annotate(kind_of_record=Value(index))
        .values_list("change_set_id", "history_id", "kind_of_record")
        for index, one in tracked.items()
    ]
    found = parts[0].union(*parts[1:], all=True).order_by("-change_set_id", "-history_id")
    page = Paginator(found, PAGE_SIZE).get_page(number)
    return page, _steps(list(page.object_list), tracked, user)


def _steps(keys: Iterable[Any], tracked: dict[str, Personal], user: Any) -> list[Step]:
    by_kind: dict[str, set[int]] = defaultdict(set)
    order: dict[int, None] = {}
    for change_set_id, history_id, index in keys:
        by_kind[index].add(history_id)
        order[change_set_id] = None
    shown: dict[int, list[Entry]] = defaultdict(list)
    for index, ids in sorted(by_kind.items()):
        history: Any = tracked[index].model.history.model  # type: ignore[attr-defined]
        for entry in entries(list(history.objects.filter(pk__in=ids).order_by("-history_id")), user):
            shown[entry.row.change_set_id].append(entry)
    change_sets = ChangeSet.objects.select_related("actor").in_bulk(order)
    return [Step(change_sets[key], shown[key]) for key in order]
