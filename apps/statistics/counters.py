"""Columns of lower apps that hold a figure, so that their lists sort and show it without asking anybody.

Each is written from here alone, by the definition of its figure: at once when a service says that something changed,
and again where the nightly check finds one that is not what counting gives. They are no part of the history.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from apps.catalog.models import Course
from apps.statistics.figures import COURSE, Kind

AT_ONCE = 1_000


@dataclass(frozen=True)
class Counters:
    """The columns of one model that hold figures of a kind, by the name of the figure."""

    model: type[Model]
    kind: Kind
    columns: Mapping[str, str]

    def values(self) -> dict[str, Any]:
        """What each column should hold, as something the database works out for each row."""
        return {column: self._counted(figure) for column, figure in self.columns.items()}

    def _counted(self, name: str) -> Any:
        source = next(source for source in self.kind.sources if any(one.name == name for one in source.figures))
        figure = self.kind.figure(name)
        rows = source.rows().filter(**{source.key: OuterRef("pk")}).order_by().values(source.key)
        counted = Subquery(rows.annotate(figure=figure.value).values("figure"))
        return counted if figure.empty is None else Coalesce(counted, Value(figure.empty))

    def count(self, ids: Iterable[int]) -> None:
        """One statement a thousand records."""
        keys = list(ids)
        for start in range(0, len(keys), AT_ONCE):
            self.model._base_manager.filter(pk__in=keys[start : start + AT_ONCE]).update(**self.values())

    def repair(self) -> dict[int, dict[str, tuple[Any, Any]]]:
        """Counts anew where a column is not what the figures say; answers with what was wrong: (kept, right) by column.

        Where somebody enrolled a moment ago the figures are behind, not the column: counting it anew changes nothing.
        """
        kept_in = self.kind.model._meta.get_field(self.kind.subject).remote_field.get_accessor_name()  # type: ignore[union-attr]
        agrees = Q()
        for column, name in self.columns.items():
            figure = f"{kept_in}__{name}"
            agrees &= Q(**{column: F(figure)}) | Q(**{f"{column}__isnull": True, f"{figure}__isnull": True})
        ids = list(self.model._base_manager.exclude(agrees).order_by("pk").values_list("pk", flat=True))
        before = self._kept(ids)
        self.count(ids)
        after = self._kept(ids)
        wrong: dict[int, dict[str, tuple[Any, Any]]] = {}
        for pk in ids:
            pairs = zip(self.columns, before[pk], after[pk], strict=True)
            if found := {column: (was, now) for column, was, now in pairs if was != now}:
                wrong[pk] = found
        return wrong

    def _kept(self, ids: list[int]) -> dict[int, tuple[Any, ...]]:
        found: dict[int, tuple[Any, ...]] = {}
        for start in range(0, len(ids), AT_ONCE):
            rows = self.model._base_manager.filter(pk__in=ids[start : start + AT_ONCE])
            found |= {pk: tuple(values) for pk, *values in rows.values_list("pk", *self.columns)}
        return found


OF_COURSES = Counters(Course, COURSE, {"enrolled_count": "learners", "last_enrolled_at": "last_enrolled_at"})
COUNTERS: list[Counters] = [OF_COURSES]
count_courses: Callable[[Iterable[int]], None] = OF_COURSES.count
