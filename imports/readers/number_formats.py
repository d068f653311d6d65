"""What a number in a workbook means by the format it is shown in: a date, a percentage, an amount or just a number."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zipfile import ZipFile

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, WINDOWS_EPOCH, from_excel

from imports.codes import FileCode, FileRefused
from imports.markup import elements

MOST_STYLES = 70_000
STYLE_LISTS = {"cellXfs", "cellStyleXfs", "cellStyles", "dxfs", "tableStyles", "colors", "fonts", "fills", "borders"}
# Built-in formats that are dates in the East Asian versions of spreadsheets and stand in no table.
EAST_ASIAN_DATES = {*range(27, 37), *range(50, 59)}
QUOTED = re.compile(r'"([^"]*)"|\\(.)')
CURRENCY_IN_BRACKETS = re.compile(r"\[\$([^\]\-]+)")
BRACKETS = re.compile(r"\[[^\]]*\]")
FALSE_LEAP_DAY = 60


class NumberFormat(NamedTuple):
    """`unit` is "%" or a currency; a date has none."""

    is_date: bool = False
    is_duration: bool = False
    unit: str = ""


PLAIN = NumberFormat()


def read_number_formats(archive: ZipFile, part: str | None) -> list[NumberFormat]:
    """The format of each cell style, in the order cells refer to them."""
    if part is None:
        return []
    codes: dict[str, str] = {}
    formats: list[NumberFormat] = []
    current = ""
    with archive.open(part) as stream:
        for name, attributes in elements(stream):
            if name in STYLE_LISTS:
                current = name
            elif name == "numFmt":
                codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif name == "xf" and current == "cellXfs":
                formats.append(_number_format(attributes.get("numFmtId", "0"), codes))
            if len(formats) > MOST_STYLES or len(codes) > MOST_STYLES:
                raise FileRefused.because(FileCode.E_ARCHIVE_BOMB, "The workbook holds too many cell styles.")
    return formats


def _number_format(number: str, codes: dict[str, str]) -> NumberFormat:
    built_in = int(number) if number.isdecimal() else 0
    if built_in in EAST_ASIAN_DATES and number not in codes:
        return NumberFormat(is_date=True)
    code = codes.get(number) or BUILTIN_FORMATS.get(built_in, "General")
    if is_timedelta_format(code):
        return NumberFormat(is_duration=True)
    if is_date_format(code):
        return NumberFormat(is_date=True)
    if "%" in QUOTED.sub("", code):
        return NumberFormat(unit="%")
    return NumberFormat(unit=_currency(code))


def _currency(code: str) -> str:
    if found := CURRENCY_IN_BRACKETS.search(code):
        return found.group(1).strip()
    text = BRACKETS.sub("", code)
    return next((char for char in text if unicodedata.category(char) == "Sc"), "")


def date_of(serial: float, *, since_1904: bool) -> date | datetime | str | None:
    """The day or moment of a date cell, its time of day as text, or None where no such date exists."""
    if serial < 0 or (int(serial) == FALSE_LEAP_DAY and not since_1904):
        return None
    try:
        found = from_excel(serial, CALENDAR_MAC_1904 if since_1904 else WINDOWS_EPOCH)
    except (ValueError, OverflowError):
        return None
    return _plain(found)


def iso_date_of(text: str) -> date | datetime | str | None:
    try:
        return _plain(datetime.fromisoformat(text).replace(tzinfo=None))
    except ValueError:
        return None


def duration_of(days: float) -> str | None:
    try:
        return str(timedelta(days=days))
    except OverflowError:
        return None


def _plain(found: date | time | timedelta | None) -> date | datetime | str | None:
    if isinstance(found, datetime):
        return found.date() if found.time() == time.min else found
    if isinstance(found, time):
        return found.isoformat()
    return str(found) if isinstance(found, timedelta) else found
