"""What the command palette finds: screens and what is done there by name, and records within the person's scope."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from unfold.dataclasses import SearchResult

from admin_theme.gate import current_only, gate, hides, may_here
from backoffice.navigation import Line, screens
from backoffice.search.kinds import KINDS, Kind, kind_of
from backoffice.search.matching import by_index, forgives, holding, resembling
from imports.types.composites import kinds_open_to

MOST_RESULTS = 50
MOST_OF_A_KIND = 10
MOST_KEYS = 1_000
SHORTEST_TERM = 2
MOST_WORDS = 5
RELATED = frozenset({"course", "user", "plan", "subscription"})


def found(request: HttpRequest, term: str) -> list[SearchResult]:
    """At most fifty hits, never kept: the scope is asked each time. Where nothing has the words, what is like them."""
    words = term.replace("\0", "").split()[:MOST_WORDS]
    if not words:
        return []
    results = [*screens_named(request, words)]
    if len(term) >= SHORTEST_TERM:
        asked = Asked(request, words)
        with by_index():
            results += asked.hits(mistyped=False)
            if not results and forgives():
                results = asked.hits(mistyped=True)
    return results[:MOST_RESULTS]


def screens_named(request: HttpRequest, words: Sequence[str]) -> Iterator[SearchResult]:
    """Screens by their title, and what a person may add or bring in: “add course”, “import lessons”."""
    for group, lines in screens(request):
        for line, address in lines:
            if names(line.title, words):
                yield SearchResult(title=line.title, description=group, link=address, icon=line.icon)
            if not line.page and (title := addable(request, line)) and names(title, words):
                yield SearchResult(title=title, description=line.title, link=f"{address}add/", icon="add")
    for key, label in kinds_open_to(request.user):
        if names(title := f"Import {label}", words):
            address = f"{reverse('admin:imports_importjob_add')}?kind={key}"
            yield SearchResult(title=title, description="Imports", link=address, icon="upload_file")


def addable(request: HttpRequest, line: Line) -> str:
    """“Add course”, for whoever may and where there is a form for it."""
    model = apps.get_model(line.model)
    may_add = admin.site.get_model_admin(model).has_add_permission(request)
    return f"Add {model._meta.verbose_name}" if may_add else ""


def names(title: str, words: Sequence[str]) -> bool:
    return all(word.casefold() in title.casefold() for word in words)


class Asked:
    """One search of one person: which kinds they may see, and in which of their fields."""

    def __init__(self, request: HttpRequest, words: Sequence[str]) -> None:
        self.request, self.words = request, words
        self.known: dict[tuple[Any, ...], list[Any]] = {}
        self.kinds = [kind for kind in KINDS if may_here(request, "view", kind.model_class)]

    def hits(self, *, mistyped: bool) -> list[SearchResult]:
        return [
            hit for kind in self.kinds for row in self.rows(kind, mistyped=mistyped) if (hit := self.hit(row, kind))
        ]

    def rows(self, kind: Kind, *, mistyped: bool) -> list[Model]:
        """Those found by the kind's own fields first, then those found by the record they belong to."""
        rows = related(self.scope(kind.model_class))
        results: list[Model] = []
        if own := self.shown(kind.model_class, kind.fields):
            keys = self.named(kind.model_class, own, mistyped=mistyped)
            results = sorted(rows.filter(pk__in=keys)[:MOST_OF_A_KIND], key=lambda row: keys.index(row.pk))
            if len(keys) > MOST_KEYS and len(results) < MOST_OF_A_KIND:
                results = list(holding(rows, own, self.words)[:MOST_OF_A_KIND])
        if kind.of and len(results) < MOST_OF_A_KIND:
            results += self.belonging(rows, kind, mistyped=mistyped)[:MOST_OF_A_KIND]
        return results[:MOST_OF_A_KIND]

    def belonging(self, rows: QuerySet[Any], kind: Kind, *, mistyped: bool) -> QuerySet[Any]:
        owner: Any = kind.model_class._meta.get_field(kind.of).related_model
        fields = self.shown(kind.model_class, kind_of(owner).fields, f"{kind.of}__")
        if not fields:
            return rows.none()
        keys = self.named(owner, fields, mistyped=mistyped)
        if len(keys) > MOST_KEYS:
            owners = owner._base_manager.filter(pk=OuterRef(kind.of))
            named = self.scope(kind.model_class).filter(Exists(holding(owners, fields, self.words, row_by_row=True)))
            return rows.filter(pk__in=list(named.values_list("pk", flat=True)[:MOST_OF_A_KIND]))
        return rows.filter(**{f"{kind.of}__in": keys})

    def named(self, model: type[Model], fields: Sequence[str], *, mistyped: bool) -> list[Any]:
        """The keys of those the words name, looked for once; of more than a thousand only some."""
        asked = (model, *fields, mistyped)
        if asked not in self.known:
            if mistyped:
                self.known[asked] = resembling(self.scope(model), fields, self.words, MOST_OF_A_KIND)
            else:
                hits = holding(model._base_manager.order_by(), fields, self.words).values_list("pk", flat=True)
                self.known[asked] = list(hits[: MOST_KEYS + 1])
        return self.known[asked]

    def scope(self, model: type[Model]) -> QuerySet[Any]:
        """What the person sees and is not archived, in no order: to sort a common name takes longer than to find it."""
        return current_only(gate.scope(self.request.user, "view", model)).order_by()

    def shown(self, model: type[Model], fields: Sequence[str], path: str = "") -> list[str]:
        """The fields that are not masked for the person: what is not shown is no way to find out either."""
        return [name for name in fields if not hides(self.request, model, f"{path}{name}")]

    def hit(self, row: Model, kind: Kind) -> SearchResult | None:
        name = row._meta
        try:
            link = reverse(f"admin:{name.app_label}_{name.model_name}_change", args=[row.pk])
        except NoReverseMatch:
            return None
        words = [str(name.verbose_name).capitalize()]
        if kind.about and not hides(self.request, kind.model_class, kind.about):
            words.append(str(getattr(row, kind.about)))
        return SearchResult(title=str(row), description=" · ".join(words), link=link, icon=kind.icon)


def related(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With the records that a row's name or its second line tells."""
    names = [field.name for field in rows.model._meta.fields if field.is_relation and field.name in RELATED]
    return rows.select_related(*names) if names else rows
