"""The plan of a composite file as a tree: courses a page at a time, and one of them opened down to its answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower, StrIndex, Substr
from django.http import QueryDict

from apps.records.keys import fold_key
from imports.admin.rows import FIGURES, Figure
from imports.models import ImportJob, ImportRow
from imports.parts import Part

COURSES_PER_PAGE = 25
MOST_ROWS = 1_000
BETWEEN = " / "
Outcome = ImportRow.Outcome
Place = tuple[str, ...]

ABOVE: dict[str, tuple[str, int]] = {
    "resources": ("lessons", 1),
    "assessments": ("lessons", 1),
    "questions": ("assessments", 1),
    "answers": ("questions", 2),
}
"""Of each kind below a lesson the kind it lies in, and how many parts of its key after the course name that."""


@dataclass
class Node:
    """One row of the file, or something the rows below it name and the file does not hold itself."""

    name: str
    code: str = ""
    what: str = ""
    outcome: str = ""
    outcome_words: str = ""
    tone: str = "i-quiet"
    said: str = ""
    address: str = ""
    children: list["Node"] = field(default_factory=list)

    @cached_property
    def changes_below(self) -> int:
        return sum(child.changes_below + child.is_changed for child in self.children)

    @property
    def is_changed(self) -> bool:
        return self.outcome not in ("", Outcome.UNCHANGED, Outcome.REPEATED)


@dataclass(frozen=True, slots=True)
class Root:
    """One course of the page."""

    code: str
    node: Node
    figures: list[Figure]
    query: str
    is_open: bool


class PlanTree:
    """One page of courses; `asked` is the query of the address."""

    def __init__(self, job: ImportJob, parts: Sequence[Part], asked: QueryDict) -> None:
        self.job = job
        self.parts = parts
        self._asked = asked
        self._number = asked.get("page", "1")

    @cached_property
    def course(self) -> str:
        """The course that is open: the one that was asked for, or the only one there is."""
        if "course" not in self._asked and self.page.paginator.count == 1:
            return str(self.page.object_list[0]["root"])
        return fold_key(self._asked.get("course", "")[:100])

    @cached_property
    def page(self) -> Page[Any]:
        counted = {key: Count("pk", filter=Q(outcome=key)) for key, *_ in FIGURES if key != "notes"}
        roots = self._rows().values("root").annotate(**counted).order_by("root")
        return Paginator(roots, COURSES_PER_PAGE).get_page(self._number)

    @cached_property
    def roots(self) -> list[Root]:
        found = list(self.page.object_list)
        courses = self._courses([one["root"] for one in found])
        return [self._root(one, courses) for one in found]

    @cached_property
    def left_off(self) -> int:
        """How many rows of the opened course are not shown."""
        return max(0, self._inside().count() - MOST_ROWS) if self.course else 0

    @property
    def filter_query(self) -> str:
        return "view=tree"

    def _root(self, one: dict[str, Any], courses: dict[str, Node]) -> Root:
        code = str(one["root"])
        figures = [
            Figure(sign, tone, one[key], words) for key, sign, tone, words in FIGURES if key != "notes" and one[key]
        ]
        node = courses.get(code) or Node(code or "Without a course")
        is_open = bool(code) and code == self.course
        if is_open:
            node.children = self._children()
        asked = {"view": "tree", "page": str(self.page.number), "course": "" if is_open else code}
        return Root(code, node, figures, f"?{urlencode(asked)}", is_open)

    def _rows(self) -> QuerySet[Any, Any]:
        """The rows with the course each belongs to: the first part of its key."""
        first = Case(
            When(key__contains=BETWEEN, then=Substr("key", 1, StrIndex(F("key"), Value(BETWEEN)) - 1)),
            default=F("key"),
            output_field=CharField(),
        )
        return self.job.rows.annotate(root=Lower(first)).order_by("part", "number")

    def _courses(self, roots: Sequence[str]) -> dict[str, Node]:
        parts = [part.index for part in self.parts if part.kind.key == "courses"]
        rows = self._rows().filter(part__in=parts, root__in=roots)
        return {row.root: self._node(row) for row in rows.defer("cells", "values", "changes")}

    def _inside(self) -> QuerySet[Any, Any]:
        parts = [part.index for part in self.parts if part.kind.key == "courses"]
        return self._rows().filter(root=self.course).exclude(part__in=parts)

    def _children(self) -> list[Node]:
        top: list[Node] = []
        nodes: dict[Place, Node] = {}
        for row in self._inside().annotate(module=self._module_cell()).defer("cells", "values")[:MOST_ROWS]:
            kind = self.parts[row.part].kind.key
            place = (kind, *(fold_key(part) for part in row.key.split(BETWEEN)[1:]))
            above = self._above(kind, place, row)
            nodes[place] = node = self._node(row)
            (self._found(above, nodes, top).children if above else top).append(node)
        return top

    def _above(self, kind: str, place: Place, row: Any) -> Place | None:
        if kind == "lessons":
            changed = row.changes.get("module_code", ["", ""])[1]
            module = fold_key(changed or row.module or "")
            return ("modules", module) if module else None
        if kind not in ABOVE:
            return None
        within, parts = ABOVE[kind]
        return (within, *place[1 : 1 + parts])

    def _found(self, place: Place, nodes: dict[Place, Node], top: list[Node]) -> Node:
        """The node of a place, made up where the file does not hold it."""
        if place not in nodes:
            node = nodes[place] = Node(place[-1])
            within, parts = ABOVE.get(place[0], ("", 0))
            above = self._found((within, *place[1 : 1 + parts]), nodes, top).children if within else top
            above.append(node)
        return nodes[place]

    def _module_cell(self) -> Any:
        """The cell of a lesson that names its module, where the sheet has that column."""
        cases = []
        for part in self.parts:
            header = next((header for header, column in part.mapping.items() if column == "module_code"), None)
            if header is not None and part.kind.key == "lessons":
                at = list(part.headers).index(header)
                cases.append(When(part=part.index, then=KeyTextTransform(at, "cells")))
        return Case(*cases, default=Value(""), output_field=CharField()) if cases else Value("")

    def _node(self, row: Any) -> Node:
        part = self.parts[row.part]
        tones = {key: tone for key, _, tone, _ in FIGURES}
        asked = {"sheet": part.index, "tab": "all", "line": row.number}
        code = row.key.rpartition(BETWEEN)[2]
        return Node(
            name=row.label or code or "Without a name",
            code=code if row.label not in ("", code) else "",
            what=str(part.kind.model._meta.verbose_name),
            outcome=row.outcome,
            outcome_words=row.get_outcome_display(),
            tone=tones.get(row.outcome, "i-quiet"),
            said=str(row.messages[0].get("message", "")) if row.messages else "",
            address=f"?{urlencode(asked)}",
        )
