"""Changing bytes at random, but in ways that readers know to fear."""

import io
from collections.abc import Sequence
from random import Random
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from tests.fuzz.seeds import TOKENS

MOST_BYTES = 2_000_000
ARCHIVES = {"xlsx": "xlsx", "package": "xml"}


def mutated(kind: str, seeds: Sequence[bytes], random: Random) -> bytes:
    content = random.choice(seeds)
    if kind in ARCHIVES and random.random() < 0.9:
        return _inside(content, ARCHIVES[kind], random)
    return _changed(content, TOKENS[kind], seeds, random)


def _inside(content: bytes, kind: str, random: Random) -> bytes:
    """Changes the parts of an archive, so that what is in it is reached at all."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except (BadZipFile, RuntimeError, OSError, ValueError, NotImplementedError):
        return content
    if parts:
        name = random.choice(sorted(parts))
        parts[name] = _changed(parts[name], TOKENS[kind], [*parts.values()], random)
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def _changed(content: bytes, tokens: Sequence[bytes], others: Sequence[bytes], random: Random) -> bytes:
    for _ in range(random.choice((1, 1, 2, 3, 8, 20))):
        content = random.choice(WAYS)(content, tokens, others, random)[:MOST_BYTES]
    return content


def _place(content: bytes, random: Random) -> tuple[int, int]:
    start = random.randint(0, len(content))
    return start, min(len(content), start + random.choice((0, 1, 4, 20, 200, 2_000)))


def _insert(content: bytes, tokens: Sequence[bytes], _others: Sequence[bytes], random: Random) -> bytes:
    at = random.randint(0, len(content))
    return content[:at] + random.choice(tokens) * random.choice((1, 1, 1, 2, 50)) + content[at:]


def _flood(content: bytes, tokens: Sequence[bytes], _others: Sequence[bytes], random: Random) -> bytes:
    """The same again and again, where something that grows with the square of a file would show."""
    at = random.randint(0, len(content))
    piece = b"".join(random.choices(tokens, k=random.randint(1, 3)))
    return content[:at] + piece * random.choice((1_000, 20_000, 100_000)) + content[at:]


def _drop(content: bytes, _tokens: Sequence[bytes], _others: Sequence[bytes], random: Random) -> bytes:
    start, end = _place(content, random)
    return content[:start] + content[end:]


def _repeat(content: bytes, _tokens: Sequence[bytes], _others: Sequence[bytes], random: Random) -> bytes:
    start, end = _place(content, random)
    return content[:end] + content[start:end] * random.choice((1, 2, 30, 500)) + content[end:]


def _noise(content: bytes, _tokens: Sequence[bytes], _others: Sequence[bytes], random: Random) -> bytes:
    at = random.randint(0, len(content))
    junk = random.randbytes(random.choice((1, 2, 8)))
    return content[:at] + junk + content[at + len(junk) :]


def _splice(content: bytes, _tokens: Sequence[bytes], others: Sequence[bytes], random: Random) -> bytes:
    other = random.choice(others)
    start, end = _place(other, random)
    at = random.randint(0, len(content))
    return content[:at] + other[start:end] + content[at:]


def _cut(content: bytes, _tokens: Sequence[bytes], _others: Sequence[bytes], random: Random) -> bytes:
    return content[: random.randint(0, len(content))]


WAYS = (_insert, _insert, _insert, _drop, _drop, _repeat, _noise, _noise, _splice, _cut, _flood)
