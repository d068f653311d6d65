"""The numbers of certificates: 128 random bits that can be read aloud, and two characters that find a slip."""

import re
import secrets
import unicodedata
import zlib

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: without I, L, O and U, which are read as 1, 1 and 0 or not at all."""
BITS = 128
RANDOM_CHARACTERS, CHECK_CHARACTERS = 26, 2
GROUP = 4
LONGEST = 50
LOOK_ALIKES = str.maketrans("ILO", "110")
BETWEEN = re.compile(r"[\W_]+")


def new_number() -> str:
    return number_from(secrets.randbits(BITS))


def number_from(bits: int) -> str:
    """For example `7K2M-9QXZ-…`, seven groups of four."""
    key = _written(bits, RANDOM_CHARACTERS)
    key += _check(key)
    return "-".join(key[at : at + GROUP] for at in range(0, len(key), GROUP))


def key_of(typed: str) -> str:
    """The form in which two numbers are compared: without case, blanks and dashes, look-alikes read as one another."""
    plain = unicodedata.normalize("NFKC", typed[: 4 * LONGEST]).upper()
    return BETWEEN.sub("", plain).translate(LOOK_ALIKES)[:LONGEST]


def is_unguessable(key: str) -> bool:
    """Whether a key is one of ours; those of other systems may have been counted up."""
    random = key[:RANDOM_CHARACTERS]
    return (
        len(key) == RANDOM_CHARACTERS + CHECK_CHARACTERS
        and set(key) <= set(ALPHABET)
        and key == random + _check(random)
    )


def _check(text: str) -> str:
    return _written(zlib.crc32(text.encode()) % len(ALPHABET) ** CHECK_CHARACTERS, CHECK_CHARACTERS)


def _written(value: int, length: int) -> str:
    return "".join(ALPHABET[value >> 5 * place & 31] for place in reversed(range(length)))
