"""How one cell of the table is tried: the request, its letter, and what it left behind."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from django.apps import apps
from django.core.cache import cache as memory
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import ContextList
from django.utils import timezone

from apps.audit.models import AccessEvent
from tests.apps.access.matrix.canaries import everything_said, leaks
from tests.apps.access.matrix.preparing import PREPARED
from tests.apps.access.matrix.stage import ADDRESS, Stage
from tests.apps.access.matrix.table import PEOPLE, Line

MOVE_BY_THEMSELVES = ("sessions.Session", "usersessions.UserSession", "account.EmailAddress", "audit.AccessEvent")
"""Where people are signed in, the list of addresses that allauth fills whenever it is opened, and the ledger of
refusals, which is looked at by itself."""

SIGN_IN = ("/accounts/login/", "/admin/login/")
NOTHING, FILE = "<nothing>", "<file>"
UPLOAD = b"course_code,lesson_code,title\nA,from-a-file,A lesson from a file\n"


@cache
def tables() -> dict[str, tuple[str, str]]:
    """By the label of a model: its table, and the query for all that stands there, in the order of the keys."""
    return {
        model._meta.label: (table, f'SELECT * FROM "{table}" ORDER BY "{key.column}"')
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label not in MOVE_BY_THEMSELVES
        and (table := model._meta.db_table)
        and (key := model._meta.pk) is not None
    }


def everything(among: set[str] | None = None) -> dict[str, int]:
    """A number for what each table holds; of these tables only, when they are named."""
    found = {}
    with connection.cursor() as cursor:
        for label, (table, query) in tables().items():
            if among is None or table in among:
                cursor.execute(query)
                found[label] = hash(repr(cursor.fetchall()))
    return found


def touched(before: dict[str, int], among: set[str] | None = None) -> list[str]:
    return [label for label, now in everything(among).items() if before[label] != now]


WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')


@contextmanager
def watching() -> Iterator[set[str]]:
    """The tables that are written to inside.

    Where nothing was written nothing has to be compared; that this is so is proved by comparing once for each group.
    """
    written: set[str] = set()

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := WRITES.match(sql):
            written.add(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield written


def only_the_page(store: dict[str, Any], signal: Any, sender: Any, template: Any, context: Any, **facts: Any) -> None:
    """What the test client keeps of a page: copying the context of each of its parts takes a third of the time."""
    store.setdefault("templates", []).append(template)
    if "context" not in store:
        store["context"] = ContextList([copy(context)])


def letter_of(answer: Any) -> str:
    """The letter of the table for an answer."""
    status = answer.status_code
    names = {getattr(template, "name", "") for template in getattr(answer, "templates", ())}
    if (status == 302 and answer.url.startswith(SIGN_IN)) or "admin_theme/not_staff.html" in names:
        return "L"
    if status in (302, 303):
        return "to"
    if status != 200:
        return {404: "N", 403: "F", 405: "M", 400: "B"}.get(status, str(status))
    if not answer.wsgi_request.path.endswith(("/change/", "/add/")):
        return "ok"
    return "W" if b'name="_save"' in answer.content else "R" if b"<form" in answer.content else "ok"


def the_form(answer: Any) -> dict[str, Any]:
    """What a browser would send back from this page; nothing when it holds no form."""
    if answer.status_code != 200 or not getattr(answer, "context", None) or "adminform" not in answer.context:
        return {}
    form = answer.context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    for formset in answer.context.get("inline_admin_formsets") or ():
        management = formset.formset.management_form
        data |= {management[name].html_name: management[name].value() for name in management.fields}
        for row in formset.formset.forms:
            data |= {row[name].html_name: row[name].value() for name in row.fields}
    return {name: value for name, value in data.items() if str(value) not in {"None", "False", ""}}


def posted(stage: Stage, line: Line) -> dict[str, str]:
    """What is posted: of a form what an administrator's page holds, then what the line says."""
    url = line.address.format(**stage.keys)
    data: dict[str, Any] = the_form(stage.client("AD").get(url)) if "form" in line.words else {}
    for name, value in line.data:
        if value == NOTHING:
            data.pop(name, None)
        else:
            data[name] = value.format(**stage.keys)
    return data


def ask(stage: Stage, line: Line, letters: str, data: dict[str, str]) -> Any:
    memory.clear()  # Nobody waits here because of what was asked a moment ago.
    url, client = line.address.format(**stage.keys), stage.client(letters)
    if line.is_read:
        return client.get(url)
    if "json" in line.words:
        return client.post(url, line.words["json"].format(**stage.keys), content_type="application/json")
    sent = {name: a_file() if value == FILE else value for name, value in data.items()}
    return client.post(url, sent)


def a_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("lessons.csv", UPLOAD, content_type="text/csv")


@dataclass
class Cell:
    """One person at one line: what they were answered, and everything that was not as it should be."""

    line: Line
    letters: str
    letter: str
    faults: list[str] = field(default_factory=list)

    def faults_found(self) -> list[str]:
        wanted = self.line.letters[self.letters]
        wrong = [] if self.letter == wanted else [f"{self.letter}, not {wanted}"]
        return [f"{self.line}, {self.letters}: {fault}" for fault in [*wrong, *self.faults]]


def tried(stage: Stage, line: Line, untouched: dict[str, int]) -> list[Cell]:
    """Everybody tries it, each from the same state of things, to which everything is taken back."""
    if "after" not in line.words:
        data = posted(stage, line)
        return [in_savepoint(stage, line, letters, data, untouched) for letters in PEOPLE]
    with transaction.atomic():
        for name in line.words["after"].split(","):
            PREPARED[name](stage)
        data, prepared = posted(stage, line), everything()
        cells = [in_savepoint(stage, line, letters, data, prepared) for letters in PEOPLE]
        transaction.set_rollback(True)
    return cells


def in_savepoint(stage: Stage, line: Line, letters: str, data: dict[str, str], before: dict[str, int]) -> Cell:
    """What wrote nothing is not taken back: the comparison at the end of the group would show it."""
    with transaction.atomic():
        newest = newest_entries()
        event = newest[EVENTS]
        with watching() as written:
            answer = ask(stage, line, letters, data)
        events = AccessEvent.objects.filter(pk__gt=event) if LEDGER in written else AccessEvent.objects.none()
        written.discard(LEDGER)
        letter, said = letter_of(answer), everything_said(answer)
        changed = touched(before, written) if written else []
        faults = wrong_events(stage, list(events), line, letters, answer) + [
            f"reads {word}" for word in leaks(letters, said)
        ]
        if line.is_read or letter not in DONE:
            is_traced = letter == "ok" and "leaves" in line.words
            faults += [] if is_traced or not changed else [f"left a trace in {', '.join(changed)}"]
            wanted = line.words["leaves"] if is_traced else ""
        else:
            wanted = line.words.get("enters", "audit.ChangeSet")
            is_done = bool(changed) or (wanted == EVENTS and bool(events))
            letter, wanted = ("ok", wanted) if is_done else ("-", "")
        faults += wrong_entries(newest, written, wanted) if written else []
        transaction.set_rollback(bool(written))
    return Cell(line, letters, letter, faults)


DONE = ("to", "ok", "R", "W")
EVENTS = "audit.AccessEvent"
LEDGER = AccessEvent._meta.db_table
LEDGERS = ("audit.ChangeSet", "jobs.JobRun", "imports.ExportRecord", "imports.ImportJob", "accounts.LoginEvent")


def newest_entries() -> dict[str, int]:
    """The highest key of each ledger, asked for in one query: this is done for every cell of the table."""
    with connection.cursor() as cursor:
        cursor.execute(newest_query())
        return dict(zip((EVENTS, *LEDGERS), (key or 0 for key in cursor.fetchone()), strict=True))


@cache
def newest_query() -> str:
    asked = (f'(SELECT MAX(id) FROM "{apps.get_model(label)._meta.db_table}")' for label in (EVENTS, *LEDGERS))
    return f"SELECT {', '.join(asked)}"


def wrong_entries(before: dict[str, int], written: set[str], wanted: str) -> list[str]:
    """What is done stands in exactly one ledger, with exactly one entry; what is not stands in none."""
    found = [
        label
        for label in LEDGERS
        if (model := apps.get_model(label))._meta.db_table in written
        for _ in range(model._base_manager.filter(pk__gt=before[label]).count())
    ]
    should = [label for label in wanted.split("+") if label in LEDGERS]
    return [] if sorted(found) == sorted(should) else [f"entered {found or 'nothing'}, not {should or 'nothing'}"]


def wrong_events(stage: Stage, found: list[AccessEvent], line: Line, letters: str, answer: Any) -> list[str]:
    """Each refusal of a member of staff is one row that says who, what, where from and in which request.

    Of records that were chosen in a list some may be left alone: that is one row as well.
    """
    is_staff, is_console = letters not in ("AN", "ST"), line.address.startswith("/admin/")
    kind = {403: "refused", 404: "not_found"}.get(answer.status_code)
    if not (is_staff and is_console and kind):
        is_foreseen = not found or line.words.get("enters") == EVENTS or "action" in dict(line.data)
        return [] if is_foreseen and len(found) < 2 else [f"wrote {len(found)} access events without a refusal"]
    if len(found) != 1:
        return [f"wrote {len(found)} access events for one refusal"]
    event = found[0]
    path = line.address.partition("?")[0].format(**stage.keys)
    told = (event.kind, event.actor_id, event.method, event.path.partition("?")[0], event.status, event.ip_address)
    should = (kind, stage.world.people[letters].pk, line.method, path, answer.status_code, ADDRESS)
    is_whole = told == should and event.request_id and abs(timezone.now() - event.occurred_at) < timedelta(hours=1)
    return [] if is_whole else [f"is told by the event as {told}"]
