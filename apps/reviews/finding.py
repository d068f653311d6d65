"""What rules find in a text. Every search takes a time that grows with the text alone, however it was written."""

import re
from collections.abc import Callable, Sequence

from apps.reviews.models import RuleKind
from apps.reviews.words import normalized

# No part of these can match the same letters in two ways, and what repeats is bounded or ends at a blank.
LINK = re.compile(
    r"https?://\S|\bwww\.\w|\b[a-z0-9-]{2,40}\.(?:com|net|org|info|biz|io|co|ru|shop|xyz|online|site)\b", re.I
)
EMAIL = re.compile(r"[\w.+-]@[\w-]{1,63}\.[\w.-]|\w ?[(\[] ?at ?[)\]] ?\w", re.I)
PHONE = re.compile(r"(?<![\w.,:/-])(?!\d{4}-\d\d-\d\d)(?:\+|00)?\d(?:[ ().\-/]{0,2}\d){8,14}(?!\d)")
FEWEST_LETTERS = 20
AROUND = 30

Find = Callable[[str, int, Sequence[str]], str | None]


def matched(pattern: re.Pattern[str]) -> Find:
    """Finds a pattern, and shows the word it stands in."""

    def find(text: str, limit: int, phrases: Sequence[str]) -> str | None:  # noqa: ARG001
        if (hit := pattern.search(text)) is None:
            return None
        before, after = text[max(0, hit.start() - AROUND) : hit.start()], text[hit.end() : hit.end() + AROUND]
        first, last = re.split(r"\s", before)[-1], re.split(r"\s", after)[0]
        return f"{first}{hit.group(0)}{last}"

    return find


def capitals(text: str, limit: int, phrases: Sequence[str]) -> str | None:  # noqa: ARG001
    """Finds texts of which at least so many percent of the letters are capitals."""
    letters = [letter for letter in text if letter.isalpha()]
    large = sum(letter.isupper() for letter in letters)
    if len(letters) < FEWEST_LETTERS or large * 100 < limit * len(letters):
        return None
    return f"{large * 100 // len(letters)} %"


def listed(text: str, limit: int, phrases: Sequence[str]) -> str | None:  # noqa: ARG001
    """Finds whole words and phrases, whatever their letters and marks."""
    words = f" {normalized(text)} "
    return next((phrase for phrase in phrases if f" {phrase} " in words), None)


FOUND_IN_TEXT: dict[str, Find] = {
    RuleKind.LINK: matched(LINK),
    RuleKind.EMAIL: matched(EMAIL),
    RuleKind.PHONE: matched(PHONE),
    RuleKind.CAPITALS: capitals,
    RuleKind.WORDS: listed,
}
