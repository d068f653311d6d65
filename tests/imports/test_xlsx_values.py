"""Reading the cells of a workbook: values by type and format, faults by their cell."""

from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from imports.codes import FileRefused, Message, RowCode
from imports.readers import RawRow, Table, open_table
from tests.support.workbooks import (
    MAIN,
    row,
    sheet_xml,
    text_cell,
    text_row,
    workbook_parts,
    write_archive,
    write_workbook,
)

KNOWN = ("course_code", "title", "price", "starts_on")
HEADER = text_row(1, "course_code", "title", "price", "starts_on")
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts>'
    '<numFmt numFmtId="164" formatCode="&quot;€&quot;#,##0.00"/><numFmt numFmtId="165" formatCode="[$USD] 0.00"/>'
    '<numFmt numFmtId="166" formatCode="00000"/><numFmt numFmtId="167" formatCode="[$-409]yyyy-mm-dd hh:mm"/>'
    '<numFmt numFmtId="168" formatCode="0.0&quot;%&quot;"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>'
    + "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 9, 164, 165, 166, 167, 168, 46, 44))
    + "</cellXfs></styleSheet>"
)
GENERAL, DAY, PERCENT, EURO, DOLLARS, PADDED, MOMENT, QUOTED_PERCENT, DURATION, ACCOUNTING = range(10)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "courses.xlsx"


def opened(file: Path, **options: object) -> Table:
    return open_table(file, filename=file.name, known_headers=KNOWN, **options)  # type: ignore[arg-type]


def refusal(file: Path, **options: object) -> Message:
    with pytest.raises(FileRefused) as caught:
        opened(file, **options)
    return caught.value.messages[0]


def read_cell(file: Path, cell: str, *, shared: str = "") -> RawRow:
    """The second row of a workbook whose price is `cell`."""
    write_workbook(file, HEADER, row(2, text_cell("A2", "PY-101"), cell), styles=STYLES, shared=shared)
    (found,) = opened(file).rows()
    return found


def test_a_workbook_written_by_a_spreadsheet_library_is_read(file: Path) -> None:
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("Courses")
    sheet.write_row(0, 0, ["course_code", "title", "price", "starts_on"])
    sheet.write_row(1, 0, ["PY-101", "Python", 49.5])
    sheet.write_datetime(1, 3, datetime(2026, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001
    sheet.write_rich_string(2, 1, "Rich ", book.add_format({"bold": True}), "text")
    sheet.write_boolean(2, 2, True)  # noqa: FBT003
    book.close()

    table = opened(file)

    assert table.shape.headers == KNOWN
    assert (table.shape.format, table.shape.sheet, table.row_count) == ("xlsx", "Courses", 2)
    assert [(found.number, found.cells) for found in table.rows()] == [
        (2, ["PY-101", "Python", 49.5, date(2026, 3, 1)]),
        (3, [None, "Rich text", True, None]),
    ]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="C2"><v>49</v></c>', 49),
        ('<c r="C2"><v>49.0</v></c>', 49),
        ('<c r="C2"><v>0.30000000000000004</v></c>', 0.3),
        ('<c r="C2"><v>1E+15</v></c>', 10**15),
        (f'<c r="C2" s="{PADDED}"><v>123</v></c>', 123),
        ('<c r="C2" t="b"><v>1</v></c>', True),
        ('<c r="C2" t="inlineStr"><is><t>007</t></is></c>', "007"),
        ('<c r="C2" t="inlineStr"><is><r><t>a</t></r><rPh><t>x</t></rPh><r><t>b</t></r></is></c>', "ab"),
        ('<c r="C2" t="inlineStr"><is><t>A_x000D_B_x005F_x000D_</t></is></c>', "A\rB_x000D_"),
        (f'<c r="C2" s="{DAY}"><v>46082</v></c>', date(2026, 3, 1)),
        (f'<c r="C2" s="{MOMENT}"><v>46082.75</v></c>', datetime(2026, 3, 1, 18)),  # noqa: DTZ001
        ('<c r="C2"><v>46082</v></c>', 46082),
        ('<c r="C2" t="d"><v>2026-03-01T00:00:00</v></c>', date(2026, 3, 1)),
        (f'<c r="C2" s="{DURATION}"><v>1.5</v></c>', "1 day, 12:00:00"),
        (f'<c r="C2" s="{QUOTED_PERCENT}"><v>25</v></c>', 25),
        ('<c r="C2" s="999"><v>5</v></c>', 5),
        (f'<c r="C2" s="{DAY}"/>', None),
    ],
)
def test_a_cell_is_read_by_its_type_and_format(file: Path, cell: str, value: object) -> None:
    found = read_cell(file, cell)

    assert found.cells[2] == value
    assert type(found.cells[2]) is type(value)
    assert found.messages == []


def test_a_shared_text_is_read_without_its_phonetic_guide(file: Path) -> None:
    shared = (
        f'<sst xmlns="{MAIN}"><si><t>zero</t></si><si><r><t>東</t></r><r><t>京</t></r><rPh><t>x</t></rPh></si></sst>'
    )

    assert read_cell(file, '<c r="C2" t="s"><v>1</v></c>', shared=shared).cells[2] == "東京"


@pytest.mark.parametrize(("style", "unit"), [(PERCENT, "%"), (EURO, "€"), (DOLLARS, "USD"), (ACCOUNTING, "$")])
def test_a_percentage_or_an_amount_is_an_error_that_tells_its_unit(file: Path, style: int, unit: str) -> None:
    found = read_cell(file, f'<c r="C2" s="{style}"><v>0.25</v></c>')

    (message,) = found.messages
    assert found.cells[2] == 0.25
    assert found.units == {2: unit}
    assert (message.code, message.line, message.column) == (RowCode.R_NUMBER, 2, "price")


@pytest.mark.parametrize("serial", ["60", "-1", "2958466", "1e300"])
def test_a_date_that_does_not_exist_is_an_error(file: Path, serial: str) -> None:
    found = read_cell(file, f'<c r="C2" s="{DAY}"><v>{serial}</v></c>')

    assert found.cells[2] is None
    assert [message.code for message in found.messages] == [RowCode.R_DATE]


def test_dates_count_from_1904_where_the_workbook_says_so(file: Path) -> None:
    sheet = sheet_xml(HEADER, row(2, f'<c r="D2" s="{DAY}"><v>60</v></c>'))
    properties = '<workbookPr date1904="1"/>'
    write_archive(file, workbook_parts({"Courses": sheet}, styles=STYLES, properties=properties))

    (found,) = opened(file).rows()

    assert found.cells[3] == date(1904, 3, 1)


@pytest.mark.parametrize("raw", ["nan", "inf", "1_000", "abc", "1e999"])
def test_a_number_cell_without_a_number_is_an_error(file: Path, raw: str) -> None:
    assert [message.code for message in read_cell(file, f'<c r="C2"><v>{raw}</v></c>').messages] == [RowCode.R_NUMBER]


def test_a_formula_is_an_error_whatever_value_it_claims(file: Path) -> None:
    found = read_cell(file, '<c r="C2"><f>40+9</f><v>0.01</v></c>')

    (message,) = found.messages
    assert (message.code, message.column, message.value) == (RowCode.R_FORMULA, "price", "0.01")
    assert message.text == "Cell C2 holds a formula; replace it by its value."


def test_a_formula_without_a_value_is_an_error_too(file: Path) -> None:
    assert [message.code for message in read_cell(file, '<c r="C2"><f>A1</f></c>').messages] == [RowCode.R_FORMULA]


def test_an_error_cell_is_named_with_what_it_holds(file: Path) -> None:
    found = read_cell(file, '<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c>')

    (message,) = found.messages
    assert found.cells[2] is None
    assert (message.code, message.text) == (RowCode.R_CELL_ERROR, "Cell C2 holds #DIV/0!.")


def test_an_error_cell_in_the_header_refuses_the_file(file: Path) -> None:
    write_workbook(file, row(1, '<c r="A1" t="e"><v>#N/A</v></c>'), text_row(2, "x"))

    assert refusal(file).code == RowCode.R_CELL_ERROR


def test_control_characters_written_as_escapes_are_an_error(file: Path) -> None:
    found = read_cell(file, '<c r="C2" t="inlineStr"><is><t>a_x0000_b</t></is></c>')

    assert [(message.code, message.column) for message in found.messages] == [(RowCode.R_CONTROL_CHARS, "price")]


def test_cells_and_rows_without_references_follow_each_other(file: Path) -> None:
    sheet = sheet_xml(
        "<row><c t='inlineStr'><is><t>course_code</t></is></c><c t='inlineStr'><is><t>price</t></is></c></row>",
        "<row><c t='inlineStr'><is><t>A</t></is></c><c><v>5</v></c></row>",
    )
    write_archive(file, workbook_parts({"Courses": sheet}))

    assert [(found.number, found.cells) for found in opened(file).rows()] == [(2, ["A", 5])]


def test_elements_with_a_prefix_are_read(file: Path) -> None:
    sheet = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>'
        '<x:row r="1"><x:c r="A1" t="str"><x:v>course_code</x:v></x:c></x:row>'
        '<x:row r="2"><x:c r="A2" t="str"><x:v>A</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    write_archive(file, workbook_parts({"Courses": sheet}))

    assert [found.cells for found in opened(file).rows()] == [["A"]]


def test_a_sheet_in_utf16_is_read(file: Path) -> None:
    parts: dict[str, str | bytes] = dict(workbook_parts({"Courses": sheet_xml(HEADER, text_row(2, "PY-é"))}))
    parts["xl/worksheets/sheet1.xml"] = str(parts["xl/worksheets/sheet1.xml"]).encode("utf-16")
    write_archive(file, parts)

    assert next(opened(file).rows()).cells[0] == "PY-é"
