"""Rows out of the platform: which ones, which columns, and into which kind of file; every export is recorded."""

from imports.exporter.csv_file import csv_chunks
from imports.exporter.dataset import Dataset, dataset_of, visible_columns
from imports.exporter.making import FORMATS, export_dataset, write_dataset
from imports.exporter.workbook import write_workbook

__all__ = [
    "FORMATS",
    "Dataset",
    "csv_chunks",
    "dataset_of",
    "export_dataset",
    "visible_columns",
    "write_dataset",
    "write_workbook",
]
