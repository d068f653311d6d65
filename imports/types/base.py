"""What a kind is: a django-import-export resource whose fields are columns, and what planner and runner need."""

from collections.abc import Collection, Mapping, Sequence
from secrets import token_hex
from typing import Any, ClassVar

from django.db import models
from import_export.resources import ModelDeclarativeMetaclass, ModelResource

from apps.catalog.codes import free_slugs
from apps.records.policy import policy_for
from imports.types.archive_column import Archive
from imports.types.columns import CellFault, Code, Column, Reference
from imports.types.drafts import CLEAR, Chunk, Draft, Written

__all__ = ["CLEAR", "CellFault", "Chunk", "Code", "Column", "Draft", "ImportKind", "Reference", "Written"]


def give_slugs(others: models.QuerySet[Any], created: Sequence[dict[str, Any]], text: str) -> None:
    """Makes the slugs of new records from one of their fields; a slug that is taken gets the id of its record."""
    offers = {
        values["id"]: [base := next(free_slugs(values.get(text, ""), ())), f"{base}-{values['id']}"]
        for values in created
        if not values.get("slug")
    }
    if not offers:
        return
    asked = {slug for offer in offers.values() for slug in offer}
    taken: set[str] = set(others.filter(slug__among=asked).values_list("slug", flat=True))
    for values in created:
        if (offer := offers.get(values["id"])) is not None:
            free = (slug for slug in offer if slug not in taken)
            values["slug"] = next(free, f"{offer[1]}-{token_hex(4)}")
            taken.add(values["slug"])


class KindMeta(ModelDeclarativeMetaclass):
    """Makes the declared columns, and only those, the fields of the resource."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> type:
        columns = tuple(column for column, value in attrs.items() if isinstance(value, Column))
        if (meta := attrs.get("Meta")) is not None:
            meta.fields = columns
        found: Any = super().__new__(mcs, name, bases, attrs)
        if columns:
            found.columns = tuple(found.fields[column] for column in columns)
            found._by_name = {column.name or key: column for key, column in zip(columns, found.columns, strict=True)}
            for key, column in found._by_name.items():
                column.bind(key, found._meta.model)
        return found  # type: ignore[no-any-return]


class ImportKind(ModelResource, metaclass=KindMeta):
    """One kind of file. A kind declares; the general work is the planner's and the runner's.

    `key_columns` find the record, in the order of its natural key. `made_up_code` is the column that is made up when it
    is left blank, `made_up_key` one the kind itself makes up, `made_up_order` the one that gets the place at the end of
    the record its `order_within` column names; `is_fallen_into` says that other rows may be put into the last such one.
    `filled_when_present` must not be blank in new records once the file has the column. `chunk_rows` are planned and
    written together. Writing may touch `models_below`, which point at records of this kind, and `side_models`, which
    those point at or take along; each in the order in which an undo takes them back. `ways_up` are the paths from what
    is taken along to the record of this kind. Writing may change `models_moved` by services of their own, which an undo
    calls as well. `ledgers` point at records of this kind and do not stand in the way of their undo.
    """

    key: ClassVar[str]
    heading: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]] = ()
    key_columns: ClassVar[tuple[str, ...]]
    label_column: ClassVar[str] = ""
    made_up_code: ClassVar[str] = ""
    made_up_key: ClassVar[str] = ""
    code_within: ClassVar[str] = ""
    made_up_order: ClassVar[str] = ""
    is_fallen_into: ClassVar[bool] = False
    order_within: ClassVar[str] = ""
    filled_when_present: ClassVar[tuple[str, ...]] = ()
    chunk_rows: ClassVar[int] = 1_000
    side_models: ClassVar[tuple[type[models.Model], ...]] = ()
    models_below: ClassVar[tuple[type[models.Model], ...]] = ()
    ways_up: ClassVar[Mapping[type[models.Model], str]] = {}
    models_moved: ClassVar[tuple[type[models.Model], ...]] = ()
    ledgers: ClassVar[tuple[type[models.Model], ...]] = ()
    _by_name: ClassVar[dict[str, Column]] = {}

    @property
    def model(self) -> type[models.Model]:
        return self._meta.model  # type: ignore[no-any-return]

    def column(self, name: str) -> Column:
        """Raises `LookupError` for a name that is none of ours."""
        return self._by_name[name]

    def label_of(self, name: str) -> str:
        return self._by_name[name].label if name in self._by_name else name

    @property
    def parent_columns(self) -> tuple[str, ...]:
        """The columns that name what a row lies below, from the outside in."""
        within = (self.order_within,) if self.order_within else ()
        return tuple(dict.fromkeys((*self.key_columns[:-1], *within)))

    @property
    def identity(self) -> tuple[Column, ...]:
        """The key columns that are fields of the record itself."""
        return tuple(column for name in self.key_columns if (column := self._by_name[name]).attname)

    def annotations(self) -> Mapping[str, Any]:
        """The expressions behind columns that are no fields, for the planner and the exporter."""
        return {}

    def facts(self, columns: frozenset[str]) -> Sequence[str]:  # noqa: ARG002
        """Paths the planner loads of existing records beside the mapped columns, for `check`."""
        return ()

    @property
    def archive_column(self) -> Archive | None:
        return next((column for column in self.columns if isinstance(column, Archive)), None)

    def below(self, ids: Sequence[int]) -> Sequence[models.QuerySet[Any]]:  # noqa: ARG002
        """What is archived together with these records, archived ones included."""
        return ()

    def may_import(self, user: Any) -> bool:
        """Whether this person may import this kind at all."""
        return policy_for(self.model).may_ever(user, "import")

    def may_set_on_create(self, user: Any, column: Column, draft: Draft) -> bool:  # noqa: ARG002
        """Whether a person may fill a column that needs a right of its own in a record that does not exist yet."""
        return bool(user.is_superuser) or policy_for(self.model).may_ever(user, column.right)

    def beside(self, ids: Sequence[int], columns: frozenset[str]) -> dict[int, dict[str, Any]]:  # noqa: ARG002
        """What columns hold that one expression cannot say, for these records, by id and column."""
        return {}

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """Says in the kind's own words what rows say in others, before they are compared."""

    def check(self, chunk: Chunk) -> None:
        """Rules across the columns of a row, and what must be looked up for the whole chunk."""

    def promises(self, user: Any, draft: Draft) -> dict[str, Any]:  # noqa: ARG002
        """What later tables of a composite file must know of this new record, but for its key.

        `own` says that its maker will hold every right on it, `rights` names those they will hold at least, and fields
        stand for themselves.
        """
        return {}

    def new_values(self, user: Any) -> dict[str, Any]:  # noqa: ARG002
        """Fields of new records that no column gives and whose default is not right for an import."""
        return {}

    def may_create(self, user: Any, draft: Draft) -> str:  # noqa: ARG002
        """Why this person may not make this new record here, as a sentence; asked by the plan and again at the end."""
        return ""

    def rights_used(self, values: Mapping[str, Any], extra: Mapping[str, Any]) -> set[str]:
        """The rights of their own that writing these fields takes."""
        return {
            column.right
            for column in self.columns
            if column.right and (column.attname in values or (isinstance(column, Archive) and column.name in extra))
        }

    def before_writing(self, created: list[dict[str, Any]], updated: list[dict[str, Any]]) -> None:
        """The last word on the fields of a chunk's records; inside the transaction of the chunk."""

    def after_writing(self, written: Sequence[Written], user: Any) -> None:
        """What follows from the rows just written; inside the transaction and the change set of the chunk."""

    def after_all(self, ids: Sequence[int]) -> None:
        """What follows once from all records written, told a thousand at a time when the import ends."""

    def outdated(self, rows: Sequence[Any], user: Any) -> Mapping[int, str]:  # noqa: ARG002
        """Why planned rows cannot be written any more although what they change has not moved, by the row's id."""
        return {}

    def stays(self, ids: Sequence[int], change_sets: Collection[int]) -> Mapping[int, str]:  # noqa: ARG002
        """Of records an undo is about to take away those it leaves alone, and why.

        `change_sets` are those of the import and of what was taken back of it.
        """
        return {}

    def take_away(self, ids: Sequence[int], by: Any) -> Sequence[int]:  # noqa: ARG002
        """Takes back in the kind's own way records the import has made; answers with those that are simply deleted."""
        return ids

    def before_undo(self, ids: Sequence[int]) -> None:
        """Takes away what hangs on records that an undo is about to delete and what has no history of its own."""

    def after_undo(self, ids: Sequence[int]) -> None:
        """Brings up to date what was derived from records that an undo has taken away or set back."""
