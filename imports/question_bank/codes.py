"""Codes for questions that bring none: made from their name, or from what they ask, the same each time."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b

from django.utils.text import slugify

from apps.records.keys import fold_key
from imports.questions import GIFT, ParsedQuestion
from imports.questions.complete import CODE_CHARACTERS

# Names that every second file gives to its questions say nothing, and "q1" is what the console itself makes up.
SAYS_NOTHING = re.compile(r"(q|qu|question|item|quiz|untitled|frage|pregunta|pytanie)?[-_. ]*\d*", re.IGNORECASE)
SLUG_CHARACTERS = CODE_CHARACTERS - 12


def with_codes(questions: Iterable[ParsedQuestion], file_format: str) -> Iterator[ParsedQuestion]:
    """Each question with a code of its own; the same question twice has the same code twice."""
    given: dict[ParsedQuestion, str] = {}
    taken: set[str] = set()
    numbers: Counter[str] = Counter()
    for question in questions:
        if question not in given:
            base = code = _code_of(question, is_ours=file_format == GIFT)
            while fold_key(code) in taken:
                numbers[base] += 1
                code = f"{base[: CODE_CHARACTERS - 8]}-{numbers[base] + 1}"
            taken.add(fold_key(code))
            given[question] = code
        yield replace(question, code=given[question])


def _code_of(question: ParsedQuestion, *, is_ours: bool) -> str:
    """A code in GIFT comes from an export of ours, and is meant as it stands; other files number their items."""
    if question.code and (is_ours or not SAYS_NOTHING.fullmatch(question.code)):
        return question.code
    slug = slugify(question.title or question.code)[:SLUG_CHARACTERS].strip("-_")
    if slug and not SAYS_NOTHING.fullmatch(slug):
        return slug
    return f"{slug or 'q'}-{blake2b(question.text.encode(), digest_size=5).hexdigest()}"
