"""Reading CSV: encodings, dialects, quotes, line numbers and limits."""

import tracemalloc
from pathlib import Path

import pytest
from django.test import override_settings

from imports.codes import FileCode, FileRefused, Message, RowCode, WarningCode
from imports.readers import CellValue, Table, encoding_previews, open_table

KNOWN = ("course_code", "title", "price")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "courses.csv"


def table(file: Path, content: str | bytes, **options: str) -> Table:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return open_table(file, filename=file.name, known_headers=KNOWN, **options)


def refusal(file: Path, content: str | bytes, **options: str) -> Message:
    with pytest.raises(FileRefused) as caught:
        table(file, content, **options)
    return caught.value.messages[0]


def cells(opened: Table) -> list[list[CellValue]]:
    return [row.cells for row in opened.rows()]


def codes(opened: Table) -> list[tuple[int, str, str]]:
    return [(row.number, message.code, message.column) for row in opened.rows() for message in row.messages]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_with_or_without_its_mark_is_read(file: Path, encoding: str) -> None:
    opened = table(file, "course_code,title\r\nPY-101,Größe 📚 עברית\r\n".encode(encoding))

    assert opened.shape.headers == ("course_code", "title")
    assert cells(opened) == [["PY-101", "Größe 📚 עברית"]]
    assert opened.warnings == []


def test_another_encoding_is_refused_with_line_and_byte_and_a_preview(file: Path) -> None:
    content = "course_code,title\r\nA,ok\r\nB,“quoted” 5 €\r\n".encode("cp1252")

    message = refusal(file, content)

    assert message.code == FileCode.E_ENCODING
    assert message.line == 3
    assert "0x93" in message.text
    assert f"byte {content.index(0x93)}" in message.text
    assert ("cp1252", ["B,“quoted” 5 €"]) in encoding_previews(file)


def test_a_quote_inside_a_quoted_cell_of_an_endless_line_is_one_refusal(file: Path) -> None:
    message = refusal(file, 'course_code,title\r\n"A"b,"' + "x" * 150_000)

    assert (message.code, message.line) == (FileCode.E_CELL_TOO_LONG, 2)


def test_a_line_that_names_the_delimiter_with_a_single_quote_is_none(file: Path) -> None:
    assert refusal(file, '"sep=;\r\ncourse_code;title\r\n').code == FileCode.E_QUOTE
    assert cells(table(file, '"sep=;"\r\ncourse_code;title\r\nA;B\r\n')) == [["A", "B"]]


def test_a_chosen_encoding_is_used_and_said(file: Path) -> None:
    opened = table(file, "course_code,title\r\nB,“quoted” 5 €\r\n".encode("cp1252"), encoding="cp1252")

    assert cells(opened) == [["B", "“quoted” 5 €"]]
    assert [warning.code for warning in opened.warnings] == [WarningCode.W_ENCODING]


def test_utf16_without_its_mark_is_refused_and_recognized(file: Path) -> None:
    content = "course_code,title\r\nA,b\r\n".encode("utf-16-le")

    assert refusal(file, content).code == FileCode.E_ENCODING
    assert encoding_previews(file) == [("utf-16-le", ["course_code,title", "A,b"])]
    assert cells(table(file, content, encoding="utf-16-le")) == [["A", "b"]]


@pytest.mark.parametrize("encoding", ["rot13", "unicode_escape", "zlib", "nonsense"])
def test_only_text_encodings_can_be_chosen(file: Path, encoding: str) -> None:
    assert refusal(file, "course_code\nA\n", encoding=encoding).code == FileCode.E_ENCODING


def test_a_broken_byte_far_into_the_file_is_named_with_its_line(file: Path) -> None:
    content = b"course_code\r\n" + b"A\r\n" * 700_000 + b"\xff\r\n"

    message = refusal(file, content)

    assert (message.code, message.line) == (FileCode.E_ENCODING, 700_002)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_detected_and_shown(file: Path, delimiter: str) -> None:
    opened = table(file, f"course_code{delimiter}title\nA{delimiter}b, or; c\n".replace("b, or; c", '"b, or; c"'))

    assert opened.shape.delimiter == delimiter
    assert cells(opened) == [["A", "b, or; c"]]


def test_known_headers_decide_between_two_delimiters(file: Path) -> None:
    opened = table(file, "course_code;title, long;price, each\nA;b;c\n")

    assert opened.shape.delimiter == ";"


def test_two_equally_likely_delimiters_are_asked_about(file: Path) -> None:
    assert refusal(file, "first;second,third\nA;b,c\n").code == FileCode.E_DIALECT


def test_a_chosen_delimiter_wins(file: Path) -> None:
    opened = table(file, "first;second,third\nA;b,c\n", delimiter=";")

    assert cells(opened) == [["A", "b,c"]]


def test_an_unusual_delimiter_cannot_be_chosen(file: Path) -> None:
    assert refusal(file, "course_code#title\nA#b\n", delimiter="#").code == FileCode.E_DIALECT


def test_a_sep_line_sets_the_delimiter_and_is_never_the_header(file: Path) -> None:
    opened = table(file, "sep=;\r\ncourse_code;title\r\nA;b\r\n")

    assert opened.shape.headers == ("course_code", "title")
    assert (opened.shape.header_line, next(opened.rows()).number) == (2, 3)


def test_every_newline_convention_counts_lines_as_an_editor_does(file: Path) -> None:
    opened = table(file, 'course_code,title\r\nA,a\nB,b\rC,"two\r\nlines"\n\nD,d')

    assert [(row.number, row.cells[0]) for row in opened.rows()] == [(2, "A"), (3, "B"), (4, "C"), (7, "D")]


def test_a_quote_within_an_unquoted_cell_is_text(file: Path) -> None:
    opened = table(file, 'course_code,title\nA,The "best" course\nB,"say ""hi"""\n')

    assert cells(opened) == [["A", 'The "best" course'], ["B", 'say "hi"']]
    assert codes(opened) == []


def test_a_stray_quote_in_a_quoted_cell_is_an_error_of_its_row_alone(file: Path) -> None:
    opened = table(file, 'course_code,title\nA,"a "stray" quote"\nB,fine\n')

    assert codes(opened) == [(2, FileCode.E_QUOTE, "")]
    assert [row.number for row in opened.rows()] == [2, 3]


@pytest.mark.parametrize("rest", ["B,b\n", 'B,"b"\nC,c\n', "B,b\n" * 100_000, "B,b\n" * 50_000 + 'C,"c, d"\n'])
def test_an_unclosed_quote_names_the_line_where_it_opened(file: Path, rest: str) -> None:
    message = refusal(file, f'course_code,title\nZ,z\nA,"never closed\n{rest}')

    assert (message.code, message.line) == (FileCode.E_QUOTE, 3)


def test_a_long_cell_over_many_lines_is_too_long_and_not_unclosed(file: Path) -> None:
    message = refusal(file, 'course_code,title\nA,"' + "long\n" * 50_000 + '"\nB,b\n')

    assert message.code == FileCode.E_CELL_TOO_LONG


def test_a_ragged_row_says_how_many_cells_it_has(file: Path) -> None:
    opened = table(file, "course_code,title,price\nA,b\nB,b,1\nC,unquoted, comma,1\n")

    rows = list(opened.rows())
    assert [message.text for row in rows for message in row.messages] == [
        "2 cells, 3 expected.",
        "4 cells, 3 expected.",
    ]
    assert codes(opened) == [(2, RowCode.R_RAGGED, ""), (4, RowCode.R_RAGGED, "")]
    assert [len(row.cells) for row in rows] == [3, 3, 3]


def test_columns_without_a_header_are_cut_when_blank_and_an_error_when_filled(file: Path) -> None:
    opened = table(file, "course_code,title,,\nA,b,,\nB,b,,stray\n")

    assert opened.shape.headers == ("course_code", "title")
    assert codes(opened) == [(3, RowCode.R_RAGGED, "")]


@pytest.mark.parametrize("char", ["\0", "\x1b", "\x7f", "\x85", "\u202e", "\u2066"])
def test_control_characters_are_an_error_of_their_cell(file: Path, char: str) -> None:
    opened = table(file, f"course_code,title\nA,x{char}y\nB,fine\n")

    faulty = next(opened.rows())
    assert codes(opened) == [(2, RowCode.R_CONTROL_CHARS, "title")]
    assert faulty.cells == ["A", f"x\\u{ord(char):04x}y"]
    assert char not in faulty.messages[0].value


def test_no_message_and_no_header_holds_what_a_database_cannot_store(file: Path) -> None:
    opened = table(file, 'course_code,ti\0tle\nA,\0,\0\nB,"\0"x"\n')

    messages = [message for found in opened.rows() for message in found.messages]
    assert {message.code for message in messages} == {RowCode.R_RAGGED, FileCode.E_QUOTE, RowCode.R_CONTROL_CHARS}
    assert "\0" not in repr([opened.shape, *messages]).replace("\\x00", "\0")


def test_tabs_line_breaks_joiners_and_right_to_left_text_are_ordinary(file: Path) -> None:
    opened = table(file, 'course_code,title\nA,"tab\there\r\nmore 👩‍💻 שלום\u200f"\n')

    assert codes(opened) == []


def test_faults_in_an_ignored_column_do_not_count(file: Path) -> None:
    file.write_bytes(b"course_code,note,note\nA,x\x00,y\n")

    opened = open_table(file, filename=file.name, known_headers=KNOWN, ignore_headers=("Note",))

    assert codes(opened) == []


def test_a_repeated_header_is_refused_by_name(file: Path) -> None:
    message = refusal(file, "price,title,Price \n1,t,2\n")

    assert (message.code, message.column, message.line) == (FileCode.E_HEADER_DUP, "price", 1)
    assert "columns 1 and 3" in message.text


@pytest.mark.parametrize("content", ["", "\ufeff", "\n\n", ",,\n,,\n"])
def test_a_file_without_any_text_is_empty(file: Path, content: str) -> None:
    assert refusal(file, content).code == FileCode.E_EMPTY


def test_a_header_alone_is_refused(file: Path) -> None:
    assert refusal(file, "course_code,title\r\n\r\n").code == FileCode.E_NO_ROWS


def test_a_lone_unknown_header_is_left_to_the_mapping(file: Path) -> None:
    opened = table(file, '[{"code": "PY-101"}]')

    assert opened.shape.headers == ('[{"code": "PY-101"}]',)
    assert opened.row_count == 0


def test_too_many_rows_are_refused_before_the_first_is_read(file: Path) -> None:
    content = "course_code\n" + "A\n" * 11

    with override_settings(IMPORT_MAX_ROWS=10):
        message = refusal(file, content)

    assert message.code == FileCode.E_TOO_MANY_ROWS
    assert "10" in message.text
    with override_settings(IMPORT_MAX_ROWS=11):
        assert table(file, content).row_count == 11


def test_blank_rows_are_skipped_and_a_hundred_of_them_end_the_file(file: Path) -> None:
    opened = table(file, "course_code,title\nA,a\n" + ",\n" * 99 + "B,b\n\n\n")

    assert [row.number for row in opened.rows()] == [2, 102]
    assert refusal(file, "course_code\nA\n" + "\n" * 100 + "B\n").code == FileCode.E_TOO_MANY_ROWS
    assert table(file, "course_code\nA\n" + "\n" * 500).row_count == 1


def test_too_many_columns_are_refused(file: Path) -> None:
    assert refusal(file, ",".join(f"h{at}" for at in range(201)) + "\n1\n").code == FileCode.E_TOO_MANY_COLS
    assert refusal(file, "course_code\n" + "," * 8_000_000 + "\n").code == FileCode.E_TOO_MANY_COLS


@pytest.mark.parametrize("size", [32_768, 200_000, 10_000_000])
def test_a_cell_that_is_too_long_is_refused_and_not_echoed(file: Path, size: int) -> None:
    message = refusal(file, "course_code,title\nA," + "x" * size + "\n")

    assert (message.code, message.line) == (FileCode.E_CELL_TOO_LONG, 2)
    assert "xxx" not in str(message)


def test_the_longest_allowed_cell_is_read(file: Path) -> None:
    assert cells(table(file, "course_code,title\nA," + "x" * 32_767 + "\n")) == [["A", "x" * 32_767]]


def test_memory_does_not_grow_with_the_file(file: Path) -> None:
    peaks = []
    for rows in (1_000, 20_000):
        file.write_text("course_code,title\n" + "".join(f"C-{at},A title of some length\n" for at in range(rows)))
        tracemalloc.start()
        opened = open_table(file, filename=file.name)
        assert sum(1 for _ in opened.rows()) == rows
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] - peaks[0] < 2_000_000
