"""Words planted in every text of the two courses, which nobody may read who may not see the row they stand in."""

import io
import re
import zipfile
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from django.contrib.messages import get_messages
from django.db import models

PRICES = {"A": Decimal("7411.17"), "B": Decimal("7522.29")}
PLANTED = (models.CharField, models.TextField, models.JSONField)
SHORTEST = 30
"""Shorter texts are codes from a list; they say nothing by themselves."""

LEFT_AS_THEY_ARE = {
    "catalog.category.path": "It is made of keys.",
    "accounts.user.password": "It is never shown; test_secure_defaults looks for hashes.",
    "accounts.user.username": "It has to stay different for each person.",
    "accounts.user.email": "It is planted when the person is made.",
    "catalog.course.code": "It is planted when the course is made.",
    "usersessions.usersession.session_key": "It signs the person in.",
    "certificates.certificate.number": "It is what the public page is asked for.",
    "certificates.certificate.number_key": "It follows from the number.",
    "certificates.certificate.verification_hash": "It follows from the rest.",
    "certificates.certificate.revocation_reason": "It is there for revoked ones only.",
    "instructors.instructorprofile.rejection_reason": "It is there for rejected ones only.",
    "instructors.instructorprofile.suspension_reason": "It is there for suspended ones only.",
    "imports.importjob.kind": "The name of a kind decides what is done.",
    "imports.importjob.token": "It names the kept file.",
    "imports.importjob.sha256": "It binds the plan to the file.",
    "imports.importjob.file": "It names the kept file.",
    "imports.exportrecord.kind": "The name of a kind decides what is done.",
    "imports.exportrecord.file": "It names the kept file.",
    "reports.report.source": "The name of a list decides what is shown.",
    "reports.reportrun.file": "It names the kept file.",
    "reports.reportschedule.ready_key": "The name of a ready-made report decides what is sent.",
    "reports.reportschedule.time_zone": "It is one of a list.",
    "notifications.mail.attached": "It names the record that has the file.",
    "jobs.jobrun.job": "The name of a job decides what is done.",
    "jobs.jobrun.subject": "It names the record the run is about.",
    "jobs.jobrun.only_one": "It names the record the run is about.",
}
STRUCTURED = {"mapping", "value_mapping", "constants", "formats", "messages", "counts", "applied_counts", "headers"}
STRUCTURED |= {
    "unknown_values",
    "samples",
    "arguments",
    "cells",
    "changes",
    "values",
    "columns",
    "filters",
    "fingerprint",
    "audience",
    "facts",
}
"""JSON with a shape of its own; what it holds comes from the uploaded file, which is planted as well."""


def canary(side: str, model: str, field: str) -> str:
    """`canary-b-lesson-title`: unique to a side, a model and a field, and readable in a failure."""
    return f"canary-{side.lower()}-{model}-{field.replace('_', '-')}"


def is_planted(field: Any) -> bool:
    """Whether this field holds words of people: found from the field itself, so that a new one is planted too."""
    if not isinstance(field, PLANTED) or field.choices or field.primary_key:
        return False
    if str(field).lower() in LEFT_AS_THEY_ARE or field.name in STRUCTURED:
        return False
    return field.max_length is None or field.max_length >= SHORTEST


def value_for(field: Any, word: str) -> Any:
    if isinstance(field, models.JSONField):
        return [word]
    if isinstance(field, models.URLField):
        return f"https://{word}.example.org/"
    if isinstance(field, models.EmailField):
        return f"{word}@example.org"
    return word[: field.max_length] if field.max_length else word


def plant(row: models.Model, side: str, *, number: int = 0) -> None:
    """Writes a word of its own into each text of the row, by a plain save, so that its history holds them too."""
    name = str(row._meta.model_name)
    for field in row._meta.concrete_fields:
        if is_planted(field):
            word = canary(side, name, field.name)
            setattr(row, field.attname, value_for(field, f"{word}-{number}" if number else word))
    if name == "certificatetemplate":
        return
    if name == "course":
        row.price = PRICES[side]  # type: ignore[attr-defined]
    row.save()


def everything_said(answer: Any) -> str:
    """The whole answer as text: body (a workbook unpacked), headers, cookies, and the messages of the next page."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    texts = [unpacked(body), *(f"{name}: {value}" for name, value in answer.items()), answer.cookies.output()]
    if hasattr(getattr(answer, "wsgi_request", None), "_messages"):
        texts += [str(message) for message in get_messages(answer.wsgi_request)]
    return unquote("\n".join(texts))


def unpacked(body: bytes) -> str:
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return "\n".join(book.read(name).decode(errors="replace") for name in book.namelist())
    return body.decode(errors="replace")


WORD = re.compile(r"canary-([ab])-([a-z]+)-([a-z-]*[a-z])")
MONEY = {side: f"{price:,}" for side, price in PRICES.items()}

NAMES = (("user", "first-name"), ("user", "last-name"), ("course", "title"))
"""What the review desk needs of people and courses."""
NOT_SHOWN_TO_SUPPORT = ("module", "lesson", "resource", "courseinstructor", "assessment", "question", "answer")
IN_PROGRESS = (
    ("module", "title"),
    ("lesson", "title"),
    ("lesson", "code"),
    ("assessment", "title"),
    ("question", "text"),
)
"""Where a learner is, is told by the lesson and its module; what they answered, by what they were asked."""


def leaks(letters: str, text: str) -> list[str]:
    """The words in this answer that this person may not read."""
    words = {match.group(0): match.groups() for match in WORD.finditer(text)}
    plain = text.replace(",", "")
    money = {f"price of {side}": (side.lower(), "course", "price") for side in "AB" if str(PRICES[side]) in plain}
    return sorted(word for word, told in (words | money).items() if not may_read(letters, *told))


def may_read(letters: str, side: str, model: str, field: str) -> bool:
    if model == "category":
        return letters not in ("AN", "ST")  # Whoever works here finds courses by the same tree.
    if letters in ("MA", "AD"):
        return True
    if letters == "SU":
        return (model, field) in IN_PROGRESS or (model not in NOT_SHOWN_TO_SUPPORT and field != "price")
    if letters == "MO":
        return model.startswith("review") or (model, field) in NAMES
    if letters == "ST":
        return (side, model) == ("a", "user")
    if letters == "AN":
        return False
    return side == ("b" if letters == "IX" else "a")
