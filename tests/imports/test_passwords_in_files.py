"""Passwords in other people's files: read by nothing, kept nowhere but in the upload, and that not for long."""

import io
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from openpyxl import Workbook, load_workbook

from apps.accounts.models import User
from imports import services, tasks
from imports.models import ImportJob
from imports.presets import PRESETS
from imports.readers.headers import is_secret
from imports.types import KINDS
from tests.imports.conftest import page
from tests.support.commands import run
from tests.support.importing import applied, planned

pytestmark = pytest.mark.django_db
CANARY = "canary-7Hq-horse"
HEADER = ["user_id", "login_id", "password", "ssha_password", "first_name", "last_name", "email", "status"]
ROWS = [
    ["1", "sam", CANARY, f"{{SSHA}}{CANARY}", "Sam", "Okafor", "sam@example.org", "active"],
    ["2", "kim", f"{CANARY}\x07", CANARY, "Kim", "Lee", "not an address", "active"],
    ["3", "pat", CANARY, CANARY, "Pat", "Gone", "pat@example.org", "deleted"],
    ["4", "one, too many", CANARY, CANARY, "Ida", "Bell", "ida@example.org", "active", "active"],
]
BROKEN = f'5,bo,{CANARY},"{CANARY}"{CANARY},Bo,Ek,bo@example.org,active\n'


def as_csv(path: Path) -> None:
    lines = [",".join(row) for row in (HEADER, *ROWS)]
    path.write_text("\n".join(lines) + "\n" + BROKEN)


def as_workbook(path: Path) -> None:
    book = Workbook()
    sheet: Any = book.active
    for row in (HEADER, *(row[: len(HEADER)] for row in ROWS)):
        sheet.append([cell.replace("\x07", "") for cell in row])
    sheet["C3"].number_format = "0%"
    sheet["D3"] = f'="{CANARY}"'
    book.save(path)


def everything_stored() -> str:
    """Every value of every table, the history too."""
    return "\n".join(repr(list(model._base_manager.values())) for model in apps.get_models() if model._meta.managed)


def files_with_the_canary() -> list[Path]:
    folder = Path(settings.VAR_DIR)
    return [path for path in folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]


@pytest.mark.parametrize(("write", "name"), [(as_csv, "users.csv"), (as_workbook, "users.xlsx")])
def test_a_password_reaches_no_table_no_file_no_log_no_page_and_no_answer(
    write: Any,
    name: str,
    administrator: User,
    as_administrator: Client,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    before = files_with_the_canary()
    path, errors = tmp_path / name, tmp_path / f"errors{Path(name).suffix}"
    write(path)

    ran = [run("imports", "plan", path, "--preset", "canvas-users", "--as", administrator.email, "--json")]
    job = ImportJob.objects.get()
    ran += [run("imports", "show", job.pk), run("imports", "errors", job.pk, "-o", errors)]
    kept = [Path(job.file.path)]
    pages = [as_administrator.get(page(job, one)) for one in ("map", "plan", "errors", "plan-file")]
    asked_for = as_administrator.get(page(job, "file"))
    ran += [run("imports", "apply", job.pk, "--as", administrator.email, "--good-rows-only", "--json")]

    assert ran[0].json["counts"]["create"] >= 1
    assert ran[0].json["counts"]["invalid"] >= 1
    assert User.objects.filter(email="sam@example.org").exists()
    assert CANARY not in everything_stored()
    assert CANARY not in caplog.text
    assert all(CANARY not in one.out + one.err for one in ran)
    bodies = [getattr(answer, "streaming_content", None) or [answer.content] for answer in pages]
    assert all(CANARY.encode() not in b"".join(body) for body in bodies)
    assert CANARY.encode() not in errors.read_bytes()
    assert CANARY not in "".join(str(row) for row in errors_rows(errors))
    assert asked_for.status_code == 404
    assert not kept[0].exists()
    assert files_with_the_canary() == before


def errors_rows(path: Path) -> list[Any]:
    if path.suffix == ".csv":
        return path.read_text().splitlines()
    return [row for sheet in load_workbook(path) for row in sheet.values]


@pytest.mark.parametrize(
    "content",
    [
        f'email,password\nsam@example.org,"{CANARY}\n',
        f"who;pwd,x\nsam@example.org;{CANARY},1\n",
        f"email,password\nsam@example.org,{CANARY}\n".encode() + b"\xff\xfe\n",
        f"email,password,password\nsam@example.org,{CANARY},1\n",
        f"email,password\nsam@example.org,{CANARY}\n",
    ],
)
def test_a_refused_file_does_not_tell_passwords_either(content: str | bytes, administrator: User) -> None:
    body = content.encode() if isinstance(content, str) else content

    job = services.upload_file(io.BytesIO(body), name="users.csv", kind="users", by=administrator)
    if job.status != ImportJob.Status.REFUSED:
        job = services.plan_now(job, by=administrator)

    assert job.status == ImportJob.Status.REFUSED
    assert CANARY not in everything_stored()


@pytest.mark.parametrize("how", [{"mapping": {"password": "first_name"}}, {"constants": {"first_name": "{password}"}}])
def test_a_password_fills_nothing(how: dict[str, Any], administrator: User) -> None:
    mapping = {"email": "email", "password": "", **how.get("mapping", {})}

    job = planned(
        "users",
        f"email,password\nsam@example.org,{CANARY}\n",
        administrator,
        mapping=mapping,
        constants=how.get("constants", {}),
    )

    assert [message["code"] for message in job.messages] == ["E_HEADER_FORBIDDEN"]
    assert CANARY not in everything_stored()
    assert not User.objects.filter(email="sam@example.org").exists()


def test_an_upload_with_passwords_goes_with_its_abandoned_plan_and_others_stay(administrator: User) -> None:
    mapping = {"email": "email", "password": ""}
    secret = planned("users", f"email,password\nsam@example.org,{CANARY}\n", administrator, mapping=mapping)
    kept = Path(secret.file.path)
    plain = applied("users", "email\nkim@example.org\n", administrator)
    ImportJob.objects.update(created_at=secret.created_at - timedelta(hours=25))

    tasks.tidy_imports.now(by=None)

    secret.refresh_from_db()
    plain.refresh_from_db()
    assert not secret.file
    assert plain.file
    assert not kept.exists()


def test_what_failed_is_repaired_after_the_apply_from_what_the_plan_kept_of_its_rows(
    administrator: User, tmp_path: Path
) -> None:
    path, errors = tmp_path / "users.csv", tmp_path / "errors.csv"
    path.write_text(f"email,password,first_name\nsam@example.org,{CANARY},Sam\nnot an address,{CANARY},Kim\n")
    asked = ("--kind", "users", "--map", "password=", "--as", administrator.email)
    run("imports", "plan", path, *asked)
    job = ImportJob.objects.get()
    run("imports", "apply", job.pk, "--as", administrator.email, "--good-rows-only")

    written = run("imports", "errors", job.pk, "-o", errors)
    errors.write_text(errors.read_text().replace("not an address", "kim@example.org"))
    again = run("imports", "plan", errors, *asked, "--json")
    run("imports", "apply", again.json["job"], "--as", administrator.email)

    assert (written.code, again.json["counts"]["create"], again.json["counts"]["invalid"]) == (0, 1, 0)
    assert User.objects.get(email="kim@example.org").first_name == "Kim"
    assert not ImportJob.objects.exclude(file="").exists()
    assert CANARY not in everything_stored() + errors.read_text()


@pytest.mark.parametrize("name", PRESETS)
def test_what_a_preset_calls_secret_is_blank_and_dropped(name: str) -> None:
    preset = PRESETS[name]

    assert all(is_secret(header) and preset.why_dropped(header) for header in preset.secret)
    assert not any(map(is_secret, preset.columns))
    assert {header for header in preset.dropped if is_secret(header)} >= set(preset.secret)


def test_no_column_of_ours_is_taken_for_a_password() -> None:
    names = [name for kind in KINDS.values() for column in kind.columns for name in column.names]

    assert not any(map(is_secret, names))


@pytest.mark.parametrize(
    "header", ["Password", "userPassword", "PWD", "initial pwd", "Mot de passe", "PIN", "pass_word"]
)
def test_headers_of_passwords_are_known_however_they_are_spelled(header: str) -> None:
    assert is_secret(header)


@pytest.mark.parametrize("header", ["passing_score", "passport", "opinion", "compass", "secretary", "pass mark"])
def test_headers_that_only_look_like_it_are_read(header: str) -> None:
    assert not is_secret(header)
