"""What every column has: its names, its field, its checks, and how a value is shown."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.text import capfirst
from import_export.fields import Field

from imports.codes import RowCode
from imports.readers.base import CellValue

Reader = Callable[[CellValue], Any]


class CellFault(Exception):
    """What is wrong with one cell."""

    def __init__(self, code: RowCode, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class Column(Field):
    """A column people know by name; `attribute` is the path of what it shows, `attname` the field it writes, if any."""

    type_name: ClassVar[str] = "text"
    fault: ClassVar[RowCode] = RowCode.R_RULE
    formats: ClassVar[Mapping[str, str]] = {}
    is_key: ClassVar[bool] = False

    def __init__(
        self,
        attribute: str = "",
        *,
        label: str = "",
        help: str = "",  # noqa: A002 - the word people know from Django
        aliases: Sequence[str] = (),
        required_on_create: bool = False,
        right: str = "",
        example: str = "",
        choices: Iterable[tuple[str, str]] = (),
        virtual: bool = False,
    ) -> None:
        super().__init__(attribute=attribute)
        self.name = ""
        self.label = label
        self.help = help
        self.aliases = tuple(aliases)
        self.required_on_create = required_on_create
        self.right = right
        self.example = example
        self.choices = tuple(choices)
        self.virtual = virtual
        self.attname = ""
        self.model_field: models.Field[Any, Any] | None = None
        self.max_length: int | None = None
        self.checks: list[Callable[[Any], None]] = []

    def bind(self, name: str, model: type[models.Model]) -> None:
        """Takes from the model field what was not said here."""
        self.name = self.column_name = name
        self.attribute: str = self.attribute or name
        field = None if self.virtual else _field(model, self.attribute)
        self.model_field = field
        if field is not None:
            self.attname = field.attname
            self.max_length = field.max_length
            self.checks = [check for check in field.validators if not isinstance(check, MaxLengthValidator)]
            self.choices = self.choices or tuple((str(value), str(text)) for value, text in field.flatchoices)
            self.help = self.help or str(field.help_text)
        self.label = self.label or capfirst(str(field.verbose_name) if field is not None else name.replace("_", " "))

    @property
    def path(self) -> str:
        """Where the exporter and the planner find the value now; kinds may annotate it."""
        return str(self.attribute)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)

    def reader(self, header: str = "", chosen_format: str = "") -> Reader:  # noqa: ARG002
        """The function that reads the cells of one column of one file; it raises `CellFault`."""
        return self.read

    def read(self, cell: CellValue) -> Any:
        raise NotImplementedError

    def cleared(self) -> Any:
        """What `(clear)` writes. Raises `CellFault` where there must be something."""
        field = self.model_field
        if field is None or self.required_on_create or not field.blank:
            raise CellFault(RowCode.R_REQUIRED, f"{self.label} cannot be cleared; write a value.")
        return None if field.null else field.get_default()

    def check(self, value: Any) -> Any:
        for validate in self.checks:
            try:
                validate(value)
            except ValidationError as error:
                raise CellFault(self.fault_of(validate), " ".join(error.messages)) from error
        return value

    def fault_of(self, validate: Callable[[Any], None]) -> RowCode:
        return RowCode.R_RANGE if isinstance(validate, MinValueValidator | MaxValueValidator) else self.fault

    def key_from(self, text: str) -> Any:
        """The part of a record's key that a cell with this text names; None for one that names none."""
        return text or None

    def show(self, value: Any) -> str:
        """The value as the exporter writes it and the plan shows it."""
        return "" if value is None else str(value)


def _field(model: type[models.Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def text_of(cell: CellValue) -> str:
    """Any cell as the text a person would have typed."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, date):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()
    return str(cell)
