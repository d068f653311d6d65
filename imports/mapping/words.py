"""How alike two names are: words, their synonyms, and small differences of spelling."""

import re
from difflib import SequenceMatcher
from functools import lru_cache

CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
NOT_A_WORD = re.compile(r"[\W_]+")
EMPTY_WORDS = frozenset({"a", "an", "and", "has", "in", "is", "of", "or", "the"})
SAME_SPELLING = 0.85

# Words other platforms use, and ours.
SYNONYMS = {
    "author": "instructor",
    "cost": "price",
    "department": "category",
    "desc": "description",
    "difficulty": "level",
    "family": "last",
    "fee": "price",
    "firstname": "first title",
    "forename": "first title",
    "given": "first",
    "headline": "title",
    "id": "code",
    "key": "code",
    "lang": "language",
    "lastname": "last title",
    "learner": "student",
    "lecture": "lesson",
    "lecturer": "instructor",
    "mail": "email",
    "mins": "minutes",
    "minute": "minutes",
    "name": "title",
    "position": "order",
    "section": "module",
    "shortname": "code",
    "state": "status",
    "subject": "category",
    "surname": "last title",
    "teacher": "instructor",
    "topic": "category",
    "tutor": "instructor",
}


def words_of(text: str) -> list[str]:
    """The words of a name in lower case, without the empty ones: "GivenName" and "given_name" alike."""
    words = NOT_A_WORD.split(CAMEL.sub("_", text).casefold())
    return [word for word in words if word and word not in EMPTY_WORDS]


def meaning_of(text: str, *, without: frozenset[str] = frozenset()) -> frozenset[str]:
    """The words with our synonyms put in; `without` names words that go without saying, unless nothing else is left."""
    words = [ours for word in words_of(text) for ours in SYNONYMS.get(word, word).split()]
    telling = [word for word in words if _singular(word) not in without]
    return frozenset(telling or words)


def alikeness(one: frozenset[str], other: frozenset[str]) -> float:
    """From 0 to 1: how many words the two share, small differences of spelling allowed."""
    if not one or not other:
        return 0.0
    shared = sum(any(same_word(word, its) for its in other) for word in one)
    return 2 * shared / (len(one) + len(other))


@lru_cache(maxsize=20_000)
def same_word(one: str, other: str) -> bool:
    """Remembered, for each header of a file is compared with every name of every kind."""
    return _singular(one) == _singular(other) or spelled_alike(one, other) >= SAME_SPELLING


def spelled_alike(one: str, other: str) -> float:
    return SequenceMatcher(a=one, b=other, autojunk=False).ratio()


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
