"""Reading workbooks: the sheet that is chosen, what is hidden or merged in it, and the limits."""

import tracemalloc
from pathlib import Path

import pytest
import xlsxwriter
from django.test import override_settings

from imports.codes import FileCode, FileRefused, Message, RowCode, WarningCode
from imports.readers import Table, open_table, sheet_names
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


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "courses.xlsx"


def opened(file: Path, **options: object) -> Table:
    return open_table(file, filename=file.name, known_headers=KNOWN, **options)  # type: ignore[arg-type]


def refusal(file: Path, **options: object) -> Message:
    with pytest.raises(FileRefused) as caught:
        opened(file, **options)
    return caught.value.messages[0]


def test_a_merged_header_refuses_the_file(file: Path) -> None:
    write_workbook(file, HEADER, text_row(2, "A"), after='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>')

    message = refusal(file)

    assert (message.code, message.line) == (FileCode.E_MERGED, 1)
    assert "A1:B1" in message.text


def test_merged_data_is_an_error_of_the_rows_it_covers(file: Path) -> None:
    merged = '<mergeCells><mergeCell ref="B2:B3"/></mergeCells>'
    write_workbook(file, HEADER, text_row(2, "A", "t"), text_row(3, "B"), text_row(4, "C", "t"), after=merged)

    messages = [
        (message.line, message.code, message.column) for found in opened(file).rows() for message in found.messages
    ]

    assert messages == [(3, FileCode.E_MERGED, "title")]


def test_hidden_rows_and_columns_are_read_and_told(file: Path) -> None:
    hidden_row = row(2, text_cell("A2", "A"), attributes='hidden="1"')
    blank_hidden = row(3, attributes='hidden="1"')
    columns = '<cols><col min="2" max="2" hidden="1"/></cols>'
    write_workbook(file, HEADER, hidden_row, blank_hidden, text_row(4, "B"), before=columns)

    table = opened(file)

    assert [found.cells[0] for found in table.rows()] == ["A", "B"]
    assert [(warning.code, warning.column) for warning in table.warnings] == [
        (WarningCode.W_HIDDEN, ""),
        (WarningCode.W_HIDDEN, "title"),
    ]
    assert "2" in table.warnings[0].text


SHEETS = {
    "Read me": sheet_xml(text_row(1, "notes"), text_row(2, "x")),
    "Courses": sheet_xml(HEADER, text_row(2, "PY-101")),
    "Lessons": sheet_xml(text_row(1, "course_code", "lesson_code"), text_row(2, "PY-101", "L1")),
    "Blank": sheet_xml(),
}


def test_the_sheet_whose_header_matches_best_is_read(file: Path) -> None:
    write_archive(file, workbook_parts(SHEETS))

    table = opened(file)

    assert table.shape.sheet == "Courses"
    assert table.shape.sheets == ("Read me", "Courses", "Lessons", "Blank") == sheet_names(file)


def test_a_sheet_is_chosen_by_name(file: Path) -> None:
    write_archive(file, workbook_parts(SHEETS))

    assert opened(file, sheet="lessons").shape.headers == ("course_code", "lesson_code")


def test_sheets_that_match_alike_are_asked_about_by_name(file: Path) -> None:
    write_archive(file, workbook_parts({"One": SHEETS["Courses"], "Two": SHEETS["Courses"]}))

    message = refusal(file)

    assert message.code == FileCode.E_SHEET
    assert "“One”, “Two”" in message.text


def test_an_unknown_sheet_is_refused(file: Path) -> None:
    write_archive(file, workbook_parts(SHEETS))

    assert refusal(file, sheet="Nowhere").code == FileCode.E_SHEET


def test_a_hidden_sheet_is_never_chosen_silently(file: Path) -> None:
    write_archive(
        file, workbook_parts({"Read me": SHEETS["Read me"], "Courses": SHEETS["Courses"]}, hidden=("Courses",))
    )

    by_itself = opened(file)
    by_name = opened(file, sheet="Courses")

    assert by_itself.shape.sheet == "Read me"
    assert [warning.code for warning in by_itself.warnings] == [WarningCode.W_HIDDEN]
    assert by_name.shape.sheet == "Courses"
    assert [warning.code for warning in by_name.warnings] == [WarningCode.W_HIDDEN]


def test_only_hidden_sheets_are_asked_about(file: Path) -> None:
    write_archive(file, workbook_parts({"Courses": SHEETS["Courses"]}, hidden=("Courses",)))

    assert refusal(file).code == FileCode.E_SHEET


def test_an_empty_sheet_and_a_header_alone_are_refused(file: Path) -> None:
    write_workbook(file)
    assert refusal(file).code == FileCode.E_EMPTY

    write_workbook(file, HEADER)
    assert refusal(file).code == FileCode.E_NO_ROWS


def test_a_repeated_header_is_refused_with_its_columns(file: Path) -> None:
    write_workbook(file, text_row(1, "price", "title", "Price"), text_row(2, "1", "t", "2"))

    message = refusal(file)

    assert (message.code, message.column) == (FileCode.E_HEADER_DUP, "price")
    assert "A and C" in message.text


def test_a_cell_beyond_the_header_is_an_error_of_its_row(file: Path) -> None:
    write_workbook(file, text_row(1, "course_code"), text_row(2, "A", "", "stray"))

    assert [message.code for found in opened(file).rows() for message in found.messages] == [RowCode.R_RAGGED]


def test_rows_and_columns_are_held_to_the_limits(file: Path) -> None:
    write_workbook(file, HEADER, *(text_row(number, "A") for number in range(2, 8)))
    with override_settings(IMPORT_MAX_ROWS=5):
        assert refusal(file).code == FileCode.E_TOO_MANY_ROWS

    with override_settings(IMPORT_MAX_COLUMNS=3):
        assert refusal(file).code == FileCode.E_TOO_MANY_COLS


def test_a_filled_cell_after_a_hundred_blank_rows_is_refused(file: Path) -> None:
    write_workbook(file, HEADER, text_row(2, "A"), text_row(102, "B"))
    assert opened(file).row_count == 2

    write_workbook(file, HEADER, text_row(2, "A"), text_row(103, "B"))
    assert refusal(file).code == FileCode.E_TOO_MANY_ROWS


def test_formatted_blank_cells_count_for_nothing(file: Path) -> None:
    blank = (row(number, f'<c r="XFD{number}" s="1"/>') for number in range(3, 400))
    write_workbook(file, HEADER, text_row(2, "A"), *blank)

    assert opened(file).row_count == 1


@pytest.mark.parametrize("shared", [False, True])
def test_a_cell_that_is_too_long_is_refused_and_not_echoed(file: Path, shared: bool) -> None:
    text = "xyz" * 100_000
    texts = f'<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>' if shared else ""
    cell = '<c r="A2" t="s"><v>0</v></c>' if shared else text_cell("A2", text)
    write_workbook(file, HEADER, row(2, cell), shared=texts)

    with override_settings(IMPORT_MAX_ZIP_RATIO=100_000):
        message = refusal(file)

    assert message.code == FileCode.E_CELL_TOO_LONG
    assert "xyz" not in str(message)


@pytest.mark.parametrize(
    "damaged",
    [
        sheet_xml(HEADER, row(2, '<c r="A2" t="s"><v>7</v></c>')),
        sheet_xml(HEADER, row(2, '<c r="A2" t="s"><v>x</v></c>')),
        sheet_xml(HEADER, row(2, '<c r="??"><v>1</v></c>')),
        sheet_xml(HEADER, row(2, '<c r="A2"><v>1</v></c><c r="A2"><v>2</v></c>')),
        sheet_xml(HEADER, text_row(3, "A"), text_row(2, "B")),
        sheet_xml(HEADER, text_row(2, "A")).replace("</sheetData>", ""),
    ],
)
def test_a_damaged_sheet_is_refused_whole(file: Path, damaged: str) -> None:
    write_archive(file, workbook_parts({"Courses": damaged}))

    assert refusal(file).code == FileCode.E_ARCHIVE_CORRUPT


def test_a_workbook_whose_sheet_is_missing_is_refused(file: Path) -> None:
    parts = workbook_parts({"Courses": sheet_xml(HEADER)})
    del parts["xl/worksheets/sheet1.xml"]
    write_archive(file, parts)

    assert refusal(file).code == FileCode.E_ARCHIVE_CORRUPT


def test_memory_does_not_grow_with_the_workbook(file: Path) -> None:
    peaks = []
    for rows in (500, 8_000):
        book = xlsxwriter.Workbook(file, {"constant_memory": False})
        sheet = book.add_worksheet()
        for number in range(rows + 1):
            sheet.write_row(number, 0, [f"course {number}", "a title of some length"])
        book.close()
        tracemalloc.start()
        assert sum(1 for _ in open_table(file, filename=file.name).rows()) == rows
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] - peaks[0] < 1_000_000
