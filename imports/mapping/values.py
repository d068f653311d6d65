"""Which of the allowed values somebody else's value probably means."""

from collections.abc import Iterable

from imports.mapping.words import alikeness, meaning_of, same_word, words_of
from imports.types.columns import Column

PROBABLE = 0.6

# What other platforms call the steps and states of ours.
MEANS = {
    "advanced": {"expert", "hard", "professional", "senior"},
    "all": {"any", "every", "mixed"},
    "beginner": {"basic", "easy", "introductory", "novice", "starter"},
    "completed": {"distinction", "finished", "graduated", "pass", "passed"},
    "dropped": {"left", "withdrawn", "withdrew", "unenrolled"},
    "draft": {"hidden", "private"},
    "expired": {"fail", "failed"},
    "intermediate": {"medium", "middle"},
    "published": {"live", "public", "visible"},
}


def suggest_value(column: Column, theirs: str, *, allowed: Iterable[tuple[str, str]] | None = None) -> str | None:
    """The allowed value that is probably meant; `allowed` are values and labels, else the column's own choices."""
    options = list(column.choices if allowed is None else allowed)
    noun = frozenset(words_of(column.name)) | frozenset(words_of(column.label))
    singular = noun | {word.removesuffix("s") for word in noun}
    best, best_score = None, PROBABLE
    for value, label in options:
        score = max(_nearness(theirs, spelling, singular) for spelling in (value, label) if spelling)
        if score > best_score:
            best, best_score = value, score
    return best


def _nearness(theirs: str, ours: str, noun: frozenset[str]) -> float:
    one, other = meaning_of(theirs, without=noun), meaning_of(ours, without=noun)
    if one == other:
        return 1.0
    if any(_means(word, its) for word in one for its in other):
        return 0.9
    return max(alikeness(one, other), _stem_alikeness(one, other))


def _means(theirs: str, ours: str) -> bool:
    return any(same_word(theirs, word) for word in MEANS.get(ours, ()))


def _stem_alikeness(one: frozenset[str], other: frozenset[str]) -> float:
    """A single word of ours that begins one of theirs says enough: "Music" and "Musical Instruments"."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) != 1:
        return 0.0
    word = next(iter(shorter))
    return (
        0.7
        if len(word) > 3 and any(its.startswith(word) or word.startswith(its) for its in longer if len(its) > 3)
        else 0.0
    )
