"""Workbooks written part by part, so that a test can also write one no spreadsheet would."""

from collections.abc import Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def text_cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def row(number: int, *cells: str, attributes: str = "") -> str:
    return f'<row r="{number}" {attributes}>{"".join(cells)}</row>'


def text_row(number: int, *texts: str) -> str:
    return row(number, *(text_cell(f"{chr(65 + at)}{number}", text) for at, text in enumerate(texts) if text))


def sheet_xml(*rows: str, before: str = "", after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


def workbook_parts(
    sheets: Mapping[str, str], *, hidden: tuple[str, ...] = (), styles: str = "", shared: str = "", properties: str = ""
) -> dict[str, str]:
    """The parts of a workbook by their path; `sheets` are whole sheet parts by the sheet's name."""
    listed, links = [], []
    parts: dict[str, str] = {}
    for number, (name, content) in enumerate(sheets.items(), start=1):
        state = "hidden" if name in hidden else "visible"
        listed.append(f'<sheet name="{name}" sheetId="{number}" state="{state}" r:id="rId{number}"/>')
        links.append((f"rId{number}", "worksheet", f"worksheets/sheet{number}.xml"))
        parts[f"xl/worksheets/sheet{number}.xml"] = content
    for name, content in (("styles", styles), ("sharedStrings", shared)):
        if content:
            links.append((f"rId-{name}", name, f"{name}.xml"))
            parts[f"xl/{name}.xml"] = content
    relations = "".join(f'<Relationship Id="{i}" Type="{OFFICE}/{kind}" Target="{to}"/>' for i, kind, to in links)
    types = f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET_TYPE}"/>'
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">{types}</Types>',
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}<sheets>{"".join(listed)}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
        **parts,
    }


def write_archive(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def write_workbook(
    path: Path, *rows: str, before: str = "", after: str = "", styles: str = "", shared: str = ""
) -> Path:
    """A workbook with one sheet named Courses."""
    sheet = sheet_xml(*rows, before=before, after=after)
    return write_archive(path, workbook_parts({"Courses": sheet}, styles=styles, shared=shared))
