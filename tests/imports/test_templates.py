"""Templates: workbooks to fill in, which the importer can read at once."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from imports.blank_workbooks import template_name, write_template
from imports.exporter.sheets import allowed_values
from imports.mapping import exact_mapping
from imports.readers import open_table
from imports.types import KINDS
from imports.types.base import ImportKind

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


@every_kind
def test_a_template_has_every_column_and_a_sample_row(kind: ImportKind, tmp_path: Path) -> None:
    path = tmp_path / template_name(kind)

    write_template(kind, path)

    sheet: Any = openpyxl.load_workbook(path).worksheets[0]
    header = [cell.value for cell in sheet[1]]
    sample = dict(zip(header, (cell.value for cell in sheet[2]), strict=True))
    assert header == [column.name for column in kind.columns]
    assert all(sample[column.name] is not None for column in kind.columns if column.required_on_create)
    assert sheet.freeze_panes == "A2"


@every_kind
def test_a_template_says_of_every_column_what_it_is_for(kind: ImportKind, tmp_path: Path) -> None:
    path = tmp_path / template_name(kind)

    write_template(kind, path)

    sheet: Any = openpyxl.load_workbook(path).worksheets[0]
    for cell, column in zip(sheet[1], kind.columns, strict=True):
        assert cell.comment.text.startswith(f"{column.label}: {column.type_name}.")
        assert ("A new record needs it." in cell.comment.text) == column.required_on_create


@every_kind
def test_a_template_has_a_drop_down_for_every_column_with_choices(kind: ImportKind, tmp_path: Path) -> None:
    path = tmp_path / template_name(kind)

    write_template(kind, path)

    sheet: Any = openpyxl.load_workbook(path).worksheets[0]
    offered = {str(rule.sqref).split(":")[0][:-1] for rule in sheet.data_validations.dataValidation}
    wanted = {cell.column_letter for cell, column in zip(sheet[1], kind.columns, strict=True) if allowed_values(column)}
    assert offered == wanted
    assert all(rule.type == "list" for rule in sheet.data_validations.dataValidation)


@every_kind
def test_a_template_can_be_uploaded_as_it_is(kind: ImportKind, tmp_path: Path) -> None:
    path = tmp_path / template_name(kind)
    write_template(kind, path)
    names = [name for column in kind.columns for name in column.names]

    table = open_table(path, filename=path.name, known_headers=names)

    assert exact_mapping(kind, table.shape.headers) == {column.name: column.name for column in kind.columns}
    assert [row.messages for row in table.rows()] == [[]]
    assert table.warnings == []
    for cell, column in zip(next(table.rows()).cells, kind.columns, strict=True):
        if cell is not None:
            column.read(cell)


@pytest.mark.django_db
@every_kind
def test_the_template_of_every_kind_is_downloaded(kind: ImportKind, as_administrator: Client) -> None:
    answer = as_administrator.get(reverse("admin:imports_importjob_template", args=[kind.key]))

    assert answer.status_code == 200
    assert template_name(kind) in answer["Content-Disposition"]
