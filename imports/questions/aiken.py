"""Aiken: a question, its choices with a letter each, and a line that names the right one. Everything is plain text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from imports.questions.complete import Weighted, complete, single_choice
from imports.questions.parsed import CannotRead, ParsedQuestion, Unreadable, Verdict

CHOICE = re.compile(r"([A-Za-z])[).]\s*(.*)", re.DOTALL)
ANSWER = re.compile(r"ANSWER\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)
MOST_LINES = 2_000
LETTER = re.compile(r"([A-Za-z])[).]?")


@dataclass
class Begun:
    """A question of which the answer line has not come yet."""

    line: int = 0
    text: list[str] = field(default_factory=list)
    choices: list[tuple[str, str, int]] = field(default_factory=list)
    was_parted: bool = False
    is_endless: bool = False

    @property
    def title(self) -> str:
        return " ".join(self.text[:3])[:120]

    def add_text(self, text: str, line: int) -> None:
        self.line = self.line or line
        self.is_endless |= len(self.text) >= MOST_LINES
        if not self.is_endless:
            self.text.append(text)

    def add_choice(self, letter: str, text: str, line: int) -> None:
        self.is_endless |= len(self.choices) >= MOST_LINES
        if not self.is_endless:
            self.choices.append((letter, text, line))

    def never_ended(self) -> Unreadable:
        what = "No line “ANSWER: …” follows its choices." if self.choices else "It has no choices and no answer."
        return Unreadable(self.line, what, self.title)


def read_aiken(lines: Iterable[str]) -> Iterator[Verdict]:
    begun = Begun()
    for number, line in enumerate(map(str.strip, lines), start=1):
        if not line:
            begun.was_parted = bool(begun.text)
        elif (answer := ANSWER.fullmatch(line)) is not None:
            yield _ended(begun, answer[1].strip(), number)
            begun = Begun()
        elif (choice := _choice(line, begun)) is not None:
            if not begun.text:
                yield Unreadable(number, "A choice stands before any question.", line[:120])
                continue
            begun.add_choice(choice[1].upper(), choice[2].strip(), number)
        else:
            if begun.choices or begun.was_parted:
                yield begun.never_ended()
                begun = Begun()
            begun.add_text(line, number)
    if begun.text:
        yield begun.never_ended()


def _choice(line: str, begun: Begun) -> re.Match[str] | None:
    """A line with a letter; a small one only inside a question, where no sentence begins so."""
    found = CHOICE.fullmatch(line)
    return found if found is not None and (begun.text or found[1].isupper()) else None


def _ended(begun: Begun, named: str, line: int) -> Verdict:
    if not begun.text:
        return Unreadable(line, "An answer is named, but no question stands before it.", f"ANSWER: {named}"[:120])
    try:
        return complete(_question(begun, named))
    except CannotRead as cannot:
        return Unreadable(begun.line, cannot.reason, begun.title, cannot.code)


def _question(begun: Begun, named: str) -> ParsedQuestion:
    if begun.is_endless:
        raise CannotRead("It is larger than a question can be.")
    letters = [letter for letter, _, _ in begun.choices]
    if len(set(letters)) < len(letters):
        raise CannotRead("Two of its choices have the same letter.")
    found = LETTER.fullmatch(named)
    if found is None:
        raise CannotRead(f"Its answer must be one letter, but it is “{named[:40]}”.")
    right = found[1].upper()
    if right not in letters:
        raise CannotRead(f"Its answer is {right}, but it has no choice with this letter.")
    answers = [Weighted(text, Decimal(100 * (letter == right)), line=at) for letter, text, at in begun.choices]
    question_type, parsed, _ = single_choice(answers)
    return ParsedQuestion(question_type, "\n".join(begun.text), parsed, line=begun.line)
