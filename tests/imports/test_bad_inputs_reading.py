"""The shared bad inputs, as far as reading alone decides about them."""

import csv
import tracemalloc
from pathlib import Path

import pytest
from django.test import override_settings

from imports.codes import FileCode, FileRefused, RowCode
from imports.guard import safe_display_name
from imports.readers import Table, confusable_with, encoding_previews, open_table
from tests.support.hanging import not_for_ever

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "bad_inputs"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/bad_inputs is not here"),
]

KNOWN = (
    "course_code", "title", "category", "instructor_email", "price", "discount_price", "start_date", "is_published",
    "lesson_code", "slug", "name", "student_email", "rating", "comment", "level",
)  # fmt: skip
# Decided by what a kind knows of its columns and rows, not by reading.
LEFT_TO_THE_MAPPING = {FileCode.E_HEADER_MISSING, FileCode.E_HEADER_FORBIDDEN}
ROW_CODES_OF_READING = {
    RowCode.R_RAGGED, RowCode.R_CONTROL_CHARS, RowCode.R_FORMULA, RowCode.R_CELL_ERROR, FileCode.E_QUOTE
}  # fmt: skip
FAULTY_LINES = {
    "unescaped_quote.csv": [3],
    "nul_bytes.csv": [2],
    "ragged_short.csv": [2],
    "ragged_long.csv": [2],
    "formulas_poisoned_cache.xlsx": [2],
    "error_cells.xlsx": [2, 2, 3, 3],
    "bidi_zero_width_emoji.csv": [2, 7],
}


def manifest() -> list[dict[str, str]]:
    if not FOLDER.is_dir():
        return []
    with (FOLDER / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        return [entry for entry in csv.DictReader(stream) if not entry["file"].endswith(".txt")]


def opened(name: str, **options: str) -> Table:
    return open_table(FOLDER / name, filename=name, known_headers=KNOWN, **options)


def refused_as_a_whole(entry: dict[str, str]) -> bool:
    if entry["file"] == "found_errors.xlsx":  # its header row is an error cell itself
        return True
    return entry["verdict"] == "reject file" and entry["error"] not in LEFT_TO_THE_MAPPING


@pytest.mark.parametrize("entry", [e for e in manifest() if refused_as_a_whole(e)], ids=lambda entry: entry["file"])
def test_a_file_to_be_refused_is_refused_with_its_code_and_holds_nobody_up(entry: dict[str, str]) -> None:
    with not_for_ever(), pytest.raises(FileRefused) as caught:
        opened(entry["file"])

    assert caught.value.messages[0].code == entry["error"]
    assert all(len(message.value) <= 80 for message in caught.value.messages)


@pytest.mark.parametrize("entry", [e for e in manifest() if not refused_as_a_whole(e)], ids=lambda e: e["file"])
def test_every_other_file_is_read_with_the_faults_that_reading_sees(entry: dict[str, str]) -> None:
    table = opened(entry["file"])

    rows = list(table.rows())

    assert len(rows) == table.row_count
    assert all(len(row.cells) == len(table.shape.headers) for row in rows)
    faults = [message for row in rows for message in row.messages]
    if entry["error"] in ROW_CODES_OF_READING:
        assert {message.code for message in faults} == {entry["error"]}
    if entry["file"] in FAULTY_LINES:
        assert [message.line for message in faults] == FAULTY_LINES[entry["file"]]
    if entry["verdict"] == "accept":
        assert faults == []


def test_the_faults_of_the_error_cells_are_spelled_out() -> None:
    texts = [message.text for row in opened("error_cells.xlsx").rows() for message in row.messages]

    assert texts[0] == "Cell B2 holds #REF!."


def test_a_percentage_and_an_amount_are_faults_of_their_cells() -> None:
    first, *others = opened("percent_currency.xlsx").rows()

    assert [(message.code, message.column) for message in first.messages] == [
        (RowCode.R_NUMBER, "price"),
        (RowCode.R_NUMBER, "discount_percent"),
    ]
    assert [row.messages for row in others] == [[], []]


def test_codes_typed_as_numbers_can_be_told_from_text() -> None:
    assert [row.cells[0] for row in opened("codes_as_numbers.xlsx").rows()] == [123, "00123", 123, 10**15]


def test_windows_1252_is_offered_with_the_right_characters_and_read_when_chosen() -> None:
    name = "cp1252_smart_quotes.csv"

    previews = dict(encoding_previews(FOLDER / name))
    row = next(opened(name, encoding="cp1252").rows())

    assert "€" in previews["cp1252"][0]
    assert "€" in str(row.cells[1])


def test_the_confusable_header_is_found() -> None:
    headers = opened("header_confusable.csv").shape.headers

    assert [confusable_with(header, KNOWN) for header in headers].count("price") == 1


def test_the_escaped_carriage_return_is_decoded() -> None:
    assert opened("found_x000D_escape.xlsx").shape.headers == ("ABC\r\nDEF",)


def test_the_big_cell_takes_less_than_five_times_its_size() -> None:
    tracemalloc.start()

    with pytest.raises(FileRefused):
        opened("big_cell_10mb.csv")

    assert tracemalloc.get_traced_memory()[1] < 5 * (FOLDER / "big_cell_10mb.csv").stat().st_size
    tracemalloc.stop()


def test_a_row_above_the_limit_refuses_the_file_and_states_the_limit() -> None:
    with override_settings(IMPORT_MAX_ROWS=50_000), pytest.raises(FileRefused, match="50,000") as caught:
        opened("rows_50001.csv")

    assert caught.value.messages[0].code == FileCode.E_TOO_MANY_ROWS


def test_hostile_file_names_are_refused_or_shown_harmless() -> None:
    verdicts = []
    for name in (FOLDER / "hostile_filenames.txt").read_text(encoding="utf-8").split("\n"):
        try:
            shown = safe_display_name(name) if name else ""
            verdicts.append(len(shown) <= 100)
        except FileRefused as refused:
            verdicts.append(refused.messages[0].code in {FileCode.E_FILENAME, FileCode.E_UNSUPPORTED})

    assert all(verdicts)
    assert safe_display_name("courses (1).csv") == "courses (1).csv"
