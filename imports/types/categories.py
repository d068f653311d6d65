"""The tree of categories; a parent may stand anywhere in the same file."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.catalog.models import Category
from apps.catalog.reasons import gain_refused
from apps.records.keys import fold_key
from apps.records.policy import policy_for
from imports.bulk import update_rows
from imports.codes import RowCode
from imports.types.base import CLEAR, Chunk, Column, Draft, ImportKind, Written
from imports.types.columns import Code, LongText, Reference, Text, WholeNumber, YesNo


class Categories(ImportKind):
    """Trees are small, so that a whole file is planned and written as one chunk."""

    key = "categories"
    heading = "Categories"
    key_columns = ("slug",)
    label_column = "name"
    chunk_rows = 250_000

    slug = Code(required_on_create=True, aliases=("category_slug", "category"), example="programming")
    name = Text(required_on_create=True, aliases=("category_name", "title"), example="Programming")
    parent_slug = Reference("parent", by="slug", verb="view", aliases=("parent",), example="technology")
    description = LongText()
    icon = Text(example="terminal")
    sort_order = WholeNumber(aliases=("order", "position"))
    is_featured = YesNo(aliases=("featured",))
    is_active = YesNo(aliases=("active",))

    class Meta:
        model = Category

    def check(self, chunk: Chunk) -> None:
        column = self.column("parent_slug")
        if column.name not in chunk.columns:
            return
        drafts = {draft.key[0]: draft for draft in chunk.drafts if draft.key and draft.key[0]}
        for draft in find_cycles(drafts):
            text = "This would put the category below itself. Choose another parent."
            draft.fault(RowCode.R_CYCLE, text, column, draft.given.get(column.name, ""))
        refuse_below_faulty(chunk, drafts, column)
        self._check_moves(chunk, drafts, column)
        for draft in chunk.sound:
            if column.name in draft.ids and draft.ids[column.name] is None:
                draft.values.pop("parent_id", None)
                draft.extra["parent_slug"] = fold_key(draft.given[column.name])

    def _check_moves(self, chunk: Chunk, drafts: Mapping[str, Draft], column: Column) -> None:
        """Nobody moves a category to where they hold more rights on its courses than now."""
        moved = {draft.pk: draft for draft in chunk.sound if draft.pk and column.name in draft.changes}
        policy: Any = policy_for(Category)
        gained = policy.gained(chunk.user, {pk: place_of(draft, drafts, column) for pk, draft in moved.items()})
        for pk, rights in gained.items():
            text = gain_refused(Category(name=moved[pk].field("name")), rights)
            moved[pk].fault(RowCode.R_DENIED, text, column, moved[pk].given[column.name])

    def facts(self, columns: frozenset[str]) -> tuple[str, ...]:  # noqa: ARG002
        return ("name",)

    def before_writing(self, created: list[dict[str, Any]], updated: list[dict[str, Any]]) -> None:
        """Parents made by the same file have their ids by now."""
        ids = {fold_key(values["slug"]): values["id"] for values in created}
        for values in (*created, *updated):
            if (slug := values["extra"].get("parent_slug")) is not None:
                values["parent_id"] = ids[slug]

    def after_writing(self, written: Sequence[Written], user: Any) -> None:  # noqa: ARG002
        write_paths()

    def after_undo(self, ids: Sequence[int]) -> None:  # noqa: ARG002
        write_paths()


def place_of(draft: Draft, drafts: Mapping[str, Draft], column: Column) -> int | None:
    """The category that is there already below which the row puts its own, through new ones of the same file."""
    while column.name in draft.ids and draft.ids[column.name] is None:
        draft = drafts[fold_key(draft.given[column.name])]
        if draft.pk:
            return draft.pk
    return draft.values.get("parent_id")


def find_cycles(drafts: dict[str, Draft]) -> list[Draft]:
    """The drafts that would lie below themselves, through other rows of the file and the tree there is."""
    above = {
        fold_key(slug): fold_key(parent) if parent else None
        for slug, parent in Category.with_archived.values_list("slug", "parent__slug")
    }
    for slug, draft in drafts.items():
        given = draft.given.get("parent_slug")
        if given is not None:
            above[slug] = None if given is CLEAR else fold_key(given)
    circular = []
    for slug, draft in drafts.items():
        seen = {slug}
        at = above.get(slug)
        while at is not None and at not in seen:
            seen.add(at)
            at = above.get(at)
        if at == slug:
            circular.append(draft)
    return circular


def refuse_below_faulty(chunk: Chunk, drafts: dict[str, Draft], column: Any) -> None:
    """A row whose parent stands in the file and cannot be imported cannot be imported either."""
    waiting = True
    while waiting:
        waiting = False
        for draft in chunk.sound:
            if draft.ids.get(column.name, 0) is not None:
                continue
            parent = drafts.get(fold_key(draft.given[column.name]))
            if parent is None or parent.faults:
                line = f" on line {parent.number}" if parent else ""
                text = f"Its parent{line} cannot be imported. Correct that first."
                draft.fault(RowCode.R_FK_MISSING, text, column, draft.given[column.name])
                waiting = True


def write_paths() -> None:
    """Brings the line of ids from the root up to date, for all that have moved."""
    rows = {pk: (parent, path) for pk, parent, path in Category.with_archived.values_list("pk", "parent_id", "path")}
    right: dict[int, str] = {}

    def path_of(pk: int) -> str:
        if pk not in right:
            parent = rows[pk][0]
            right[pk] = f"{path_of(parent) if parent else '/'}{pk}/"
        return right[pk]

    moved = [(pk, True, path_of(pk)) for pk, (_, path) in rows.items() if path_of(pk) != path]
    update_rows(Category, ["path"], moved)
