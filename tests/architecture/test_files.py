"""Files are small, well named and say what they are for; documents name only what exists."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FOLDERS = ("admin_theme", "apps", "backoffice", "bench", "docs", "imports", "requirements", "tests", ".ci")
CODE = (".py", ".html", ".css", ".js")
LONGEST = 500
BANNED = {"utils", "helpers", "common", "core", "misc", "manager", "managers", "handler", "handlers"}
READ = re.compile(r"""\benv(?:\.\w+)?\(\s*["']([A-Z][A-Z0-9_]+)["']""")
NAMED = re.compile(r"^#? ?([A-Z][A-Z0-9_]+)=", re.MULTILINE)
PATH = re.compile(r"`([\w.-]+/[\w./-]*|[\w-]+\.(?:py|md|toml|yaml|txt|in)|Makefile|Dockerfile|\.env\.example)`")
IMAGE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?!https?:|#|mailto:)([^)#]+)")
# Folders of one machine, in pieces so that this file does not hold them itself.
PRIVATE = re.compile(
    "|".join(f"/{name}/" for name in ("work", "root", "home/[a-z]+", "opt/pypi", "opt/wheels", "tmp/v"))
)
LABELED = re.compile(r"{{ (attrs|widget\.attrs)\.id }}")
WRITTEN_WHEN_RUNNING = ("var/", ".venv", "staticfiles", "bench/results")


def inside(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not {"__pycache__", "results"} & set(path.parts)]


FILES = sorted(path for folder in FOLDERS if (ROOT / folder).is_dir() for path in inside(ROOT / folder))
TOP = sorted(path for path in ROOT.iterdir() if path.is_file() and path.name not in (".env", ".coverage"))
SOURCES = [path for path in FILES if path.suffix == ".py" and "migrations" not in path.parts]
ANYWHERE = {path.name for path in SOURCES}
DOCUMENTS = [path for path in [*TOP, *FILES] if path.suffix == ".md"]


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def test_no_file_is_too_long() -> None:
    own = [path for path in FILES if path.suffix in CODE and not {"vendor", "migrations"} & set(path.parts)]

    assert names([path for path in own if len(path.read_text().splitlines()) > LONGEST]) == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert names([path for path in SOURCES if BANNED & {path.stem, path.parent.name}]) == []


def test_every_module_begins_with_its_purpose() -> None:
    assert names([path for path in SOURCES if path.stat().st_size and not path.read_text().startswith('"""')]) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_a_document_names_exists(document: Path) -> None:
    text = document.read_text()
    named = [path for path in PATH.findall(text) if not path.startswith(WRITTEN_WHEN_RUNNING) and "<" not in path]
    beside = [*IMAGE.findall(text), *LINK.findall(text)]

    assert [path for path in named if not (ROOT / path).exists() and path not in ANYWHERE] == []
    assert [path for path in beside if not (document.parent / path).exists()] == []


def test_the_example_environment_names_exactly_the_variables_that_are_read() -> None:
    readers = [ROOT / "backoffice" / name for name in ("settings.py", "environment.py", "serve.py")]
    read = {variable for reader in readers for variable in READ.findall(reader.read_text())}

    assert set(NAMED.findall((ROOT / ".env.example").read_text())) == read


def test_no_page_writes_a_key_as_a_number_for_people() -> None:
    """From 1,000 on it has a comma, and leads nowhere."""
    pages = [path for path in FILES if path.suffix == ".html"]

    assert names([path for path in pages if re.search(r"\.(pk|id) *}}", LABELED.sub("", path.read_text()))]) == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    texts = [path for path in [*FILES, *TOP] if path.suffix not in (".png", ".ico", ".woff2", ".xlsx", ".sqlite3")]

    assert names([path for path in texts if PRIVATE.search(path.read_text(errors="ignore"))]) == []


def test_requirements_are_locked_by_hash_and_name_no_index() -> None:
    for file in (ROOT / "requirements").glob("*.txt"):
        text = file.read_text()
        assert "://" not in text.replace("https://github.com", "")
        assert not re.search(r"^--", text, re.MULTILINE)
        assert len(re.findall(r"^[a-z].*==", text, re.MULTILINE | re.IGNORECASE)) <= text.count("--hash=")
