"""The table: one line for each address and method, one column for each person, read from the files beside this one.

    GET  L  L  ok N  R  R  R  R  R  F  R  R  W    catalog/course/{course}/change/
    POST L  L  ok N  F  F  ok F  F  F  F  F  ok   catalog/course/{course}/publish/ | confirmed=on after=ready

Addresses are those below /admin/ unless they begin with a slash; what is in braces names a row of the world. After the
bar stands what is posted, and in words of their own: `form` begins with what the page's form holds, `json=` posts this
text, `after=` names what has to be so before, `enters=` what a deed enters instead of a change set (`leaves=` the same
of a page that is only looked at), `own=` whose rows of their own the line is about.
"""

import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PEOPLE = ("AN", "ST", "IO", "IX", "CV", "CC", "CP", "CI", "CE", "MO", "MA", "SU", "AD")
"""Anonymous, student, instructor of A, instructor of B, co-instructors of A with one right each, and the roles."""

LETTERS = {
    "L": "is sent to sign in, or told that the console is for staff",
    "N": "is told that there is no such thing",
    "F": "is refused",
    "M": "is told that this is no way to ask",
    "B": "is told that this cannot be understood",
    "R": "reads",
    "W": "reads a form that can be saved",
    "ok": "gets the page, or has it done",
    "to": "is sent on",
    "-": "is answered, and nothing is done",
    "401": "has no valid name and password",
    "409": "is told that it collides",
    "422": "is told what is wrong with what was sent",
    "503": "is told that something is not ready",
}
WORDS = ("form", "json", "after", "enters", "leaves", "own")
LINES = Path(__file__).parent / "lines"


@dataclass(frozen=True)
class Line:
    """One address and method: what each person is answered, and what is sent."""

    group: str
    method: str
    address: str
    letters: dict[str, str]
    data: tuple[tuple[str, str], ...]
    words: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.address}"

    @property
    def is_read(self) -> bool:
        return self.method == "GET"


def line_from(text: str, group: str) -> Line:
    left, _, right = text.partition(" | ")
    method, *cells = left.split()
    if len(cells) != len(PEOPLE) + 1 or not set(cells[:-1]) <= set(LETTERS):
        raise ValueError(f"This line of the matrix cannot be read: {text}")
    pairs = [word.partition("=")[::2] for word in shlex.split(right)]
    address = cells[-1] if cells[-1].startswith("/") else f"/admin/{cells[-1] if cells[-1] != '.' else ''}"
    return Line(
        group,
        method,
        address,
        dict(zip(PEOPLE, cells, strict=False)),
        tuple((name, value) for name, value in pairs if name not in WORDS),
        {name: value for name, value in pairs if name in WORDS},
    )


@cache
def table() -> tuple[Line, ...]:
    """Every line, in the order of the files; a heading in brackets begins a group."""
    found, group = [], ""
    for file in sorted(LINES.glob("*.txt")):
        for text in file.read_text().splitlines():
            if text.startswith("["):
                group = text.strip("[] ")
            elif text.strip() and not text.startswith("#"):
                found.append(line_from(text, group))
    return tuple(found)


def groups() -> list[str]:
    return list(dict.fromkeys(line.group for line in table()))


def lines_of(group: str) -> list[Line]:
    return [line for line in table() if line.group == group]
