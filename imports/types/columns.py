"""The columns of a kind: what a cell may hold, what it becomes, and how a value is shown."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.validators import BaseValidator, MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from import_export.fields import Field

from apps.records.keys import fold_key
from apps.subscriptions.money import from_minor
from imports.codes import RowCode
from imports.formulas import DANGEROUS, ESCAPE, looks_like_formula, unescape
from imports.readers.base import CellValue

YES = frozenset({"yes", "true", "1", "y", "on"})
NO = frozenset({"no", "false", "0", "n", "off"})
PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?\Z")
WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+(\.0+)?\Z")
LOOKS_NUMERIC = re.compile(r"[+-]?[0-9][0-9.,' \u00a0\u202f]*\Z")
NUMBER_FORMATS = {"1,234.50": ",", "1.234,50": ".", "1 234,50": " "}
WITH_A_TIME = "year-month-day and a time"
DATE_FORMATS = {
    "day.month.year": "%d.%m.%Y",
    "day/month/year": "%d/%m/%Y",
    "month/day/year": "%m/%d/%Y",
    WITH_A_TIME: "",
}
SUSPICIOUS = frozenset({*DANGEROUS, ESCAPE, " ", "\v", "\f", "\u00a0", "\u3000"})
LARGEST_INTEGER = 2_147_483_647

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


class Text(Column):
    """One line of text without blanks around it; what looks like a formula is kept as typed."""

    def read(self, cell: CellValue) -> str:
        text = cell if isinstance(cell, str) else text_of(cell)
        if text[:1] in SUSPICIOUS:
            text = unescape(text)
        text = self.trim(text)
        if self.max_length is not None and len(text) > self.max_length:
            raise CellFault(RowCode.R_TOO_LONG, f"{len(text):,} characters; at most {self.max_length:,}. Shorten it.")
        return str(self.check(text)) if self.checks else text

    def trim(self, text: str) -> str:
        return text if text[:1] in SUSPICIOUS and looks_like_formula(text) else text.strip()


class LongText(Text):
    """Text of any length, kept exactly as typed."""

    type_name = "long text"

    def trim(self, text: str) -> str:
        return text


class Code(Text):
    """What people type to name a record: never a number cell, compared without case."""

    type_name = "code"
    is_key = True

    def read(self, cell: CellValue) -> str:
        if not isinstance(cell, str):
            raise CellFault(
                RowCode.R_TYPE, f"{self.label} must be text; format the column as text, so that no zeros are lost."
            )
        return str(super().read(unicodedata.normalize("NFC", cell.strip())))


class KeyPart(Code):
    """A part of the key that is a field of another record: it finds, and writes nothing."""

    def __init__(self, attribute: str, **options: Any) -> None:
        super().__init__(attribute, virtual=True, **options)


class Email(Code):
    """An e-mail address, kept in lower case."""

    type_name = "e-mail"
    fault = RowCode.R_EMAIL

    def read(self, cell: CellValue) -> str:
        return str(super().read(text_of(cell).lower()))


class WebAddress(Text):
    type_name = "web address"
    fault = RowCode.R_URL


class WholeNumber(Column):
    """A whole number; a workbook's 5.0 is 5."""

    type_name = "whole number"
    fault = RowCode.R_RANGE

    def bind(self, name: str, model: type[models.Model]) -> None:
        super().bind(name, model)
        self.checks = [
            check for check in self.checks if getattr(check, "limit_value", None) not in {0, LARGEST_INTEGER}
        ]

    def read(self, cell: CellValue) -> int:
        if isinstance(cell, bool | date):
            raise CellFault(RowCode.R_NUMBER, f"{self.label} must be a whole number.")
        text = text_of(cell).strip()
        if text.isdigit() and text.isascii() and len(text) < 10:
            return int(self.check(int(text))) if self.checks else int(text)
        if not WHOLE_NUMBER.match(text):
            raise CellFault(RowCode.R_NUMBER, f"{self.label} must be a whole number, for example 12.")
        number = int(text.partition(".")[0])
        if not 0 <= number <= LARGEST_INTEGER:
            raise CellFault(RowCode.R_RANGE, f"{self.label} must lie between 0 and {LARGEST_INTEGER:,}.")
        return int(self.check(number))


class Number(Column):
    """A plain decimal number; other spellings only under a format chosen for the column."""

    type_name = "number"
    fault = RowCode.R_RANGE
    formats = {name: f"Numbers like {name}" for name in NUMBER_FORMATS}

    def bind(self, name: str, model: type[models.Model]) -> None:
        super().bind(name, model)
        field = self.model_field
        self.decimals = getattr(field, "decimal_places", None) or 0
        digits = getattr(field, "max_digits", None) or 12
        self.largest = Decimal(10) ** (digits - self.decimals) - Decimal(10) ** -self.decimals
        self.checks = [check for check in self.checks if isinstance(check, BaseValidator)]

    def reader(self, header: str = "", chosen_format: str = "") -> Reader:  # noqa: ARG002
        if chosen_format not in NUMBER_FORMATS:
            return self.read
        grouping = NUMBER_FORMATS[chosen_format]
        point = "." if grouping == "," else ","

        def read(cell: CellValue) -> Decimal:
            if not isinstance(cell, str):
                return self.read(cell)
            text = cell.strip().replace("\u00a0", " ").replace("\u202f", " ")
            whole, _, rest = text.partition(point)
            if not re.fullmatch(rf"[+-]?([0-9]{{1,3}}({re.escape(grouping)}[0-9]{{3}})+|[0-9]+)", whole):
                raise CellFault(RowCode.R_NUMBER, f"{self.label} must be a number like {chosen_format}.")
            return self.read(whole.replace(grouping, "") + (f".{rest}" if rest else ""))

        return read

    def read(self, cell: CellValue) -> Decimal:
        if isinstance(cell, bool | date):
            raise CellFault(RowCode.R_NUMBER, f"{self.label} must be a number.")
        text = text_of(cell).strip()
        if not PLAIN_NUMBER.match(text):
            raise CellFault(RowCode.R_NUMBER, self._doubt(text))
        value = Decimal(text)
        if value.as_tuple().exponent < -self.decimals:  # type: ignore[operator]
            value = value.normalize() + 0
            if value.as_tuple().exponent < -self.decimals:  # type: ignore[operator]
                raise CellFault(RowCode.R_NUMBER, f"{self.label} has more than {self.decimals} decimals; round it.")
        if abs(value) > self.largest:
            raise CellFault(RowCode.R_RANGE, f"{self.label} must be at most {self.largest:,}.")
        return Decimal(self.check((value + 0).quantize(Decimal(10) ** -self.decimals)))

    def _doubt(self, text: str) -> str:
        if LOOKS_NUMERIC.match(text):
            return f"{self.label} can be read in two ways; write 1234.50 or choose a number format for the column."
        return f"{self.label} must be a plain number, for example 49.00."


class Hundredths(WholeNumber):
    """Money that is kept in whole hundredths, shown with two decimals; it is taken out only."""

    def show(self, value: Any) -> str:
        return "" if value is None else str(from_minor(value))


class YesNo(Column):
    type_name = "yes or no"
    fault = RowCode.R_BOOL

    def bind(self, name: str, model: type[models.Model]) -> None:
        super().bind(name, model)
        self.choices = (("yes", "Yes"), ("no", "No"))

    def read(self, cell: CellValue) -> bool:
        if isinstance(cell, bool):
            return cell
        word = text_of(cell).strip().lower()
        if word in YES:
            return True
        if word in NO:
            return False
        raise CellFault(RowCode.R_BOOL, f"{self.label} must be yes or no (true, false, 1, 0, y, n, on and off do too).")

    def show(self, value: Any) -> str:
        return "" if value is None else "yes" if value else "no"


class Day(Column):
    """A day as 2026-03-01, as a date cell, or in a format chosen for the column."""

    type_name = "date"
    fault = RowCode.R_DATE
    formats = {name: f"Dates like {name}" for name in DATE_FORMATS}

    def reader(self, header: str = "", chosen_format: str = "") -> Reader:  # noqa: ARG002
        pattern = DATE_FORMATS.get(chosen_format)
        if pattern is None:
            return self.read

        def read(cell: CellValue) -> Any:
            if not isinstance(cell, str):
                return self.read(cell)
            text, zone = cell.strip(), timezone.get_default_timezone()
            try:
                found = (
                    datetime.strptime(text, pattern).astimezone(zone)
                    if pattern
                    else datetime.fromisoformat(text).astimezone(zone)
                )
            except ValueError:
                raise CellFault(RowCode.R_DATE, f"{self.label} must be a date like {chosen_format}.") from None
            return self.read(found.strftime("%Y-%m-%d"))

        return read

    def read(self, cell: CellValue) -> Any:
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        try:
            if isinstance(cell, str) and len(text := cell.strip()) == 10 and text.isascii():
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise CellFault(RowCode.R_DATE, f"{self.label} must be a date like 2026-03-01, or choose a date format.")

    def show(self, value: Any) -> str:
        return value.isoformat() if value is not None else ""


class Moment(Day):
    """A moment as 2026-03-01 14:30 or in ISO 8601; without a time zone it is the platform's."""

    type_name = "date and time"

    def read(self, cell: CellValue) -> datetime:
        found: datetime | None = None
        if isinstance(cell, datetime):
            found = cell
        elif isinstance(cell, date):
            found = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - made aware below
        elif isinstance(cell, str) and cell.isascii() and "-" in cell:
            try:
                found = datetime.fromisoformat(cell.strip())
            except ValueError:
                found = None
        if found is None:
            raise CellFault(RowCode.R_DATE, f"{self.label} must be a moment like 2026-03-01 14:30.")
        return timezone.make_aware(found) if timezone.is_naive(found) else found

    def show(self, value: Any) -> str:
        return value.astimezone(timezone.get_default_timezone()).isoformat(sep=" ") if value is not None else ""


class Choice(Column):
    """One of a list; value and label are both understood, without case."""

    type_name = "choice"
    fault = RowCode.R_CHOICE

    def bind(self, name: str, model: type[models.Model]) -> None:
        super().bind(name, model)
        self._known = {fold_key(label): value for value, label in self.choices}
        self._known |= {fold_key(value): value for value, _ in self.choices} | {
            value: value for value, _ in self.choices
        }

    def read(self, cell: CellValue) -> str:
        text = text_of(cell)
        value = self._known.get(text) or self._known.get(fold_key(text))
        if value is None:
            raise CellFault(RowCode.R_CHOICE, f"{self.label} must be one of {self.allowed()}.")
        return value

    def allowed(self) -> str:
        values = [value for value, _ in self.choices]
        return ", ".join(values[:12]) + (", …" if len(values) > 12 else "")


class Names(Column):
    """Several names in one cell, joined by a semicolon."""

    type_name = "list"

    def read(self, cell: CellValue) -> tuple[str, ...]:
        return tuple(sorted({name.strip() for name in text_of(cell).split(";") if name.strip()}))

    def show(self, value: Any) -> str:
        return ";".join(sorted(value or ()))

    def cleared(self) -> tuple[str, ...]:
        return ()


class Reference(Code):
    """Another record by its natural key; `within` names the columns that come before this one in that key.

    `columns` names all of them where this one is not the last. `to` is for what is no field of the kind's own model,
    `only` for records that qualify, `verb` for what the person must be allowed to do to the record to refer to it, and
    `also` for a right besides, whose lack is told.
    """

    type_name = "reference"

    def __init__(
        self,
        attribute: str,
        *,
        by: str | tuple[str, ...],
        within: tuple[str, ...] = (),
        columns: tuple[str, ...] = (),
        verb: str = "import",
        to: type[models.Model] | None = None,
        only: models.Q | None = None,
        hint: str = "Check the spelling, or import it first.",
        lists_unknown: bool = False,
        also: str = "",
        **options: Any,
    ) -> None:
        super().__init__(attribute, virtual=to is not None, **options)
        self.by = (by,) if isinstance(by, str) else by
        self.columns = columns or (*within, "")
        self.verb = verb
        self.only = only
        self.hint = hint
        self.lists_unknown = lists_unknown
        self.also = also
        self.model: type[models.Model] = to or models.Model

    def bind(self, name: str, model: type[models.Model]) -> None:
        super().bind(name, model)
        field = self.model_field
        if field is not None and isinstance(field.related_model, type):
            self.model = field.related_model
        self.max_length = None
        self.checks = []
        self.columns = tuple(column or name for column in self.columns)

    @property
    def path(self) -> str:
        return str(self.attribute) if self.virtual else f"{self.attribute}__{self.own_part}"

    def read(self, cell: CellValue) -> str:
        if not isinstance(cell, str):
            return str(super().read(cell))
        cell = unescape(cell)
        return cell.strip() if cell.isascii() else unicodedata.normalize("NFC", cell.strip())

    @property
    def own_part(self) -> str:
        """The part of the key this column itself holds."""
        return self.by[self.columns.index(self.name)]
