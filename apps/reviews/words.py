"""The words of a review in a form in which the same words are equal, however they are set."""

import unicodedata
from hashlib import blake2b

FEWEST_WORDS = 4


def normalized(text: str) -> str:
    """Small letters, no marks, single spaces."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(letter if letter.isalnum() else " " for letter in plain).split())


def digest_of(text: str) -> str:
    """The same for the same words; nothing for so few that many say them."""
    words = normalized(text)
    return blake2b(words.encode(), digest_size=8).hexdigest() if words.count(" ") + 1 >= FEWEST_WORDS else ""


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of words that two texts have in common, from 0 to 1."""
    return len(one & other) / len(one | other) if one and other else 0.0
