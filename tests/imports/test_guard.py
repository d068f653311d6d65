"""The guard: dangerous files and names are refused before any parser sees them."""

import socket
import stat
import struct
import tracemalloc
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest
from django.test import override_settings

from imports.codes import FileCode, FileRefused
from imports.guard import refuse_dangerous, safe_display_name
from tests.support.workbooks import sheet_xml, text_row, workbook_parts, write_archive, write_workbook

PARTS = workbook_parts({"Courses": sheet_xml(text_row(1, "course_code"), text_row(2, "PY-101"))})


def refusal(path: Path, filename: str = "") -> FileCode:
    with pytest.raises(FileRefused) as caught:
        refuse_dangerous(path, filename=filename or path.name)
    assert all(message.text.endswith(".") for message in caught.value.messages)
    return FileCode(caught.value.messages[0].code)


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_csv_file_and_a_workbook_pass(tmp_path: Path) -> None:
    table = written(tmp_path / "courses.CSV", b"course_code\r\nPY-101\r\n")
    workbook = write_archive(tmp_path / "courses.xlsx", PARTS)

    assert refuse_dangerous(table, filename="courses.CSV") == "csv"
    assert refuse_dangerous(workbook, filename="courses.xlsx") == "xlsx"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path / "a.csv", b"")) == FileCode.E_EMPTY
    assert refusal(written(tmp_path / "a.xlsx", b"")) == FileCode.E_EMPTY


def test_a_file_over_the_size_limit_is_refused_with_the_limit_named(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", b"x" * 1_001)

    with override_settings(IMPORT_MAX_FILE_BYTES=1_000), pytest.raises(FileRefused, match="1,000") as caught:
        refuse_dangerous(path, filename="a.csv")

    assert caught.value.messages[0].code == FileCode.E_TOO_LARGE


@pytest.mark.parametrize(
    ("content", "really"),
    [
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"%PDF-1.7", "PDF"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\xef\xbb\xbf <!DOCTYPE html><html>", "HTML"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office"),
    ],
)
def test_the_content_decides_and_the_message_names_what_it_is(tmp_path: Path, content: bytes, really: str) -> None:
    path = written(tmp_path / "a.csv", content)

    with pytest.raises(FileRefused, match=really) as caught:
        refuse_dangerous(path, filename="a.csv")

    assert caught.value.messages[0].code == FileCode.E_TYPE_MISMATCH


def test_a_text_file_named_as_a_workbook_is_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path / "a.xlsx", b"course_code,title\n")) == FileCode.E_TYPE_MISMATCH


def test_a_word_document_named_as_a_workbook_is_refused(tmp_path: Path) -> None:
    types = "<Types><Override ContentType='application/vnd.openxml.wordprocessingml.document.main+xml'/></Types>"

    path = write_archive(tmp_path / "a.xlsx", {**PARTS, "[Content_Types].xml": types})

    assert refusal(path) == FileCode.E_TYPE_MISMATCH


@pytest.mark.parametrize("part", ["../evil.xml", "/etc/passwd", "C:/x.xml", "xl\\..\\x.xml"])
def test_a_part_with_a_path_outside_the_archive_is_refused(tmp_path: Path, part: str) -> None:
    assert refusal(write_archive(tmp_path / "a.xlsx", {**PARTS, part: "<a/>"})) == FileCode.E_ARCHIVE_UNSAFE


def test_a_link_in_the_archive_is_refused(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.xlsx", PARTS)
    link = ZipInfo("xl/link.xml")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")

    assert refusal(path) == FileCode.E_ARCHIVE_UNSAFE


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("xl/vbaProject.bin", FileCode.E_MACRO),
        ("xl/macrosheets/sheet1.xml", FileCode.E_MACRO),
        ("xl/embeddings/oleObject1.bin", FileCode.E_ARCHIVE_UNSAFE),
        ("xl/activeX/activeX1.xml", FileCode.E_ARCHIVE_UNSAFE),
    ],
)
def test_macros_and_embedded_objects_are_refused(tmp_path: Path, part: str, code: FileCode) -> None:
    assert refusal(write_archive(tmp_path / "a.xlsx", {**PARTS, part: "<a/>"})) == code


def test_an_embedded_object_is_found_by_its_content_too(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.xlsx", {**PARTS, "xl/media/image1.png": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"})

    assert refusal(path) == FileCode.E_ARCHIVE_UNSAFE


def test_a_macro_content_type_is_refused_without_any_macro_part(tmp_path: Path) -> None:
    types = PARTS["[Content_Types].xml"].replace("spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main")

    path = write_archive(tmp_path / "a.xlsx", {**PARTS, "[Content_Types].xml": types})

    assert refusal(path) == FileCode.E_MACRO


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.xlsx", {**PARTS, **{f"xl/media/{at}.txt": "x" for at in range(30)}})

    with override_settings(IMPORT_MAX_ZIP_ENTRIES=20):
        assert refusal(path) == FileCode.E_ARCHIVE_BOMB


def with_zip64_end(path: Path, *, directory_bytes: int) -> Path:
    """The archive as streaming writers end it, with a directory said to be so large."""
    content = path.read_bytes()
    at = content.rindex(b"PK\x05\x06")
    count = int.from_bytes(content[at + 10 : at + 12], "little")
    start = int.from_bytes(content[at + 16 : at + 20], "little")
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, directory_bytes, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    path.write_bytes(content[:at] + record + locator + content[at:])
    return path


def test_a_workbook_written_as_zip64_passes_unless_its_directory_is_too_large(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.xlsx", PARTS)
    content = path.read_bytes()
    at = content.rindex(b"PK\x05\x06")
    directory_bytes = int.from_bytes(content[at + 12 : at + 16], "little")

    assert refuse_dangerous(with_zip64_end(path, directory_bytes=directory_bytes), filename="a.xlsx") == "xlsx"
    path.write_bytes(content)
    assert refusal(with_zip64_end(path, directory_bytes=2**32)) == FileCode.E_ARCHIVE_BOMB


def test_a_workbook_that_unpacks_too_far_is_refused(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.xlsx", {**PARTS, "xl/media/a.txt": "x" * 5_000})

    with override_settings(IMPORT_MAX_ZIP_BYTES=4_000):
        assert refusal(path) == FileCode.E_ARCHIVE_BOMB


def test_a_part_packed_more_than_a_hundred_to_one_is_refused(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.xlsx", {**PARTS, "xl/media/a.txt": "x" * 200_000})

    assert refusal(path) == FileCode.E_ARCHIVE_BOMB


def test_a_small_part_may_be_packed_tightly(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.xlsx", {**PARTS, "xl/media/a.txt": "x" * 90_000})

    assert refuse_dangerous(path, filename="a.xlsx") == "xlsx"


def test_a_damaged_part_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with ZipFile(path, "w", ZIP_STORED) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
    path.write_bytes(path.read_bytes().replace(b"PY-101", b"PY-102", 1))

    assert refusal(path) == FileCode.E_ARCHIVE_CORRUPT


def test_a_truncated_workbook_is_refused(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.xlsx", PARTS)
    path.write_bytes(path.read_bytes()[:-40])

    assert refusal(path) == FileCode.E_ARCHIVE_CORRUPT


def test_an_encrypted_part_is_refused(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.xlsx", PARTS)
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)

    assert refusal(path) == FileCode.E_ENCRYPTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "docProps/custom.xml", "xl/theme.bin", "_rels/x.rels"])
def test_a_document_type_in_any_part_is_refused_and_nothing_of_it_is_expanded(
    tmp_path: Path, part: str, encoding: str
) -> None:
    laughs = "".join(f'<!ENTITY x{at} "{f"&x{at - 1};" * 100}">' for at in range(1, 4))
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY x0 "ha">{laughs}]><a>&x3;</a>'
    path = write_archive(tmp_path / "a.xlsx", {**PARTS, part: bomb.encode(encoding)})

    tracemalloc.start()
    code = refusal(path)
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert code == FileCode.E_XML_ENTITY
    assert most_bytes < 1_000_000


def test_a_remote_document_type_opens_no_connection(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        remote = f'<!DOCTYPE worksheet SYSTEM "http://127.0.0.1:{port}/x.dtd"><worksheet/>'
        path = write_archive(tmp_path / "a.xlsx", {**PARTS, "xl/worksheets/sheet1.xml": remote})

        assert refusal(path) == FileCode.E_XML_ENTITY
        with pytest.raises(TimeoutError):
            server.accept()


def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.xlsx", PARTS)
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr("XL/workbook.xml", "<workbook/>")

    assert refusal(path) == FileCode.E_ARCHIVE_UNSAFE


def test_an_ordinary_workbook_with_pictures_passes(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", text_row(1, "course_code"))
    with ZipFile(path, "a") as archive:
        archive.writestr("xl/media/image1.png", b"\x89PNG\r\n\x1a\n")
        archive.writestr("xl/printerSettings/printerSettings1.bin", b"\x01\x02")

    assert refuse_dangerous(path, filename="a.xlsx") == "xlsx"


@pytest.mark.parametrize(
    "name",
    ["courses (1).csv", "x.CSV", "📚.csv", "-rf.csv", ".htaccess.csv", "CON.csv", "año nuevo.xlsx", '"><img>.csv'],
)
def test_an_ordinary_file_name_is_shown_as_it_is(name: str) -> None:
    assert safe_display_name(name) == name


def test_a_long_file_name_is_capped_and_keeps_its_extension() -> None:
    shown = safe_display_name("a" * 300 + ".csv")

    assert len(shown) == 100
    assert shown.endswith("….csv")


def test_spaces_around_and_invisible_characters_within_a_file_name_are_left_out() -> None:
    assert safe_display_name(" cour\u202eses\u200b\x07.csv ") == "courses.csv"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../../etc/passwd.csv", FileCode.E_FILENAME),
        ("..\\..\\windows\\x.csv", FileCode.E_FILENAME),
        ("/abs/x.csv", FileCode.E_FILENAME),
        ("C:x.csv", FileCode.E_FILENAME),
        ("x\0.csv", FileCode.E_FILENAME),
        ("x.csv%00.exe", FileCode.E_FILENAME),
        ("x%0d%0aSet-Cookie: a=b.csv", FileCode.E_FILENAME),
        ("..%2fx.csv", FileCode.E_FILENAME),
        (".csv", FileCode.E_FILENAME),
        ("   .csv", FileCode.E_FILENAME),
        ("", FileCode.E_FILENAME),
        ("x.xlsx.php", FileCode.E_UNSUPPORTED),
        ("x\u202evsc.exe", FileCode.E_UNSUPPORTED),
        ("x.csv.", FileCode.E_UNSUPPORTED),
        ("courses.xls", FileCode.E_UNSUPPORTED),
        ("courses", FileCode.E_UNSUPPORTED),
        ("courses.xlsm", FileCode.E_MACRO),
    ],
)
def test_a_hostile_or_unusable_file_name_is_refused(name: str, code: FileCode) -> None:
    with pytest.raises(FileRefused) as caught:
        safe_display_name(name)

    assert caught.value.messages[0].code == code
