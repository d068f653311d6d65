"""The columns of a kind: what a cell may hold, what it becomes, and how a value is shown."""

from imports.types.columns.base import CellFault, Column, Reader, text_of
from imports.types.columns.choices import Choice, Names, YesNo
from imports.types.columns.dates import Day, Moment
from imports.types.columns.numbers import LOOKS_NUMERIC, PLAIN_NUMBER, Hundredths, Number, WholeNumber
from imports.types.columns.references import Reference
from imports.types.columns.texts import Code, Email, KeyPart, LongText, Text, WebAddress

__all__ = [
    "LOOKS_NUMERIC",
    "PLAIN_NUMBER",
    "CellFault",
    "Choice",
    "Code",
    "Column",
    "Day",
    "Email",
    "Hundredths",
    "KeyPart",
    "LongText",
    "Moment",
    "Names",
    "Number",
    "Reader",
    "Reference",
    "Text",
    "WebAddress",
    "WholeNumber",
    "YesNo",
    "text_of",
]
