"""Rows as files people open: CSV and workbooks, in memory that does not grow, with nothing that would be executed."""

from apps.records.writing.csv_file import csv_chunks
from apps.records.writing.heads import Cells, Head, Shape
from apps.records.writing.workbook import write_cells

__all__ = ["Cells", "Head", "Shape", "csv_chunks", "write_cells"]
