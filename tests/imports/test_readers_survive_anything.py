"""Whatever stands in a file, reading it ends in rows or in a refusal, never in another error."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imports.codes import FileRefused
from imports.readers import open_table
from tests.support.workbooks import row, sheet_xml, text_cell, text_row, workbook_parts, write_archive

SHEET = sheet_xml(
    text_row(1, "course_code", "title", "price"),
    row(2, text_cell("A2", "A"), '<c r="B2" t="s"><v>0</v></c><c r="C2" s="1"><f>1</f><v>46082.5</v></c>'),
    before='<cols><col min="2" max="2" hidden="1"/></cols>',
    after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>',
)
PARTS = workbook_parts(
    {"Courses": SHEET},
    styles='<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    shared="<sst><si><t>shared</t></si></sst>",
)
anything = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "courses.csv"


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return tmp_path / "courses.xlsx"


@anything
@given(content=st.binary(max_size=300) | st.text(alphabet='a",;\t|\r\n\0é=', max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    with suppress(FileRefused):
        opened = open_table(file, filename=file.name)
        assert all(len(row.cells) == len(opened.shape.headers) for row in opened.rows())


@anything
@given(
    part=st.sampled_from(sorted(PARTS)),
    at=st.floats(min_value=0, max_value=1),
    junk=st.binary(max_size=12) | st.sampled_from([b"<!DOCTYPE a>", b'r="', b"</c>", b"<v>", b't="s"', b"&x;"]),
    removed=st.integers(min_value=0, max_value=20),
)
def test_a_workbook_with_junk_in_any_part_is_read_or_refused(
    workbook: Path, part: str, at: float, junk: bytes, removed: int
) -> None:
    content = PARTS[part].encode()
    place = int(len(content) * at)
    write_archive(workbook, {**PARTS, part: content[:place] + junk + content[place + removed :]})

    with suppress(FileRefused):
        list(open_table(workbook, filename=workbook.name).rows())


@anything
@given(content=st.binary(max_size=200), cut_at=st.floats(min_value=0, max_value=1))
def test_any_bytes_named_as_a_workbook_are_read_or_refused(workbook: Path, content: bytes, cut_at: float) -> None:
    whole = write_archive(workbook, PARTS).read_bytes()
    place = int(len(whole) * cut_at)
    workbook.write_bytes(whole[:place] + content + whole[place + len(content) :])

    with suppress(FileRefused):
        list(open_table(workbook, filename=workbook.name).rows())
