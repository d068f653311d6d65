"""Which rows hold the words somebody typed, or words like them: the same two questions, put to either database."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, connections, transaction
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Greatest, Upper

from backoffice.search.indexes import has_trigrams, text_table

SHORTEST_INDEXED = 3
"""Letters of a trigram: what is shorter is looked for at the beginning of words."""
SHORTEST_MISTYPED = 4
SHARED_TRIGRAMS, SHARED_LETTERS = 0.4, 0.7
"""How much of a word has to be there: in trigrams for PostgreSQL, in letters for SQLite."""
MOST_CANDIDATES = 1000
ADDRESSES = ("email", "username")
"""Like half of all words, because of the names of schools and providers in them: only a mistyped address is one."""


def holding(
    rows: QuerySet[Any], fields: Sequence[str], words: Sequence[str], *, row_by_row: bool = False
) -> QuerySet[Any]:
    """The rows that hold each of the words in one of the fields; one that is known is read, not looked up."""
    looked_up = [word for word in words if len(word) >= SHORTEST_INDEXED and is_sqlite(rows) and not row_by_row]
    if looked_up:
        rows = rows.filter(pk__in=matching(rows.model, fields, " AND ".join(map(quoted, looked_up))))
    for word in words:
        if len(word) < SHORTEST_INDEXED:
            first = any_of(Q((f"{name}__istartswith", word)) for name in fields)
            rows = rows.filter(first | any_of(Q((f"{name}__icontains", f" {word}")) for name in fields))
        elif word not in looked_up:
            rows = rows.filter(any_of(Q((f"{name}__icontains", word)) for name in fields))
    return rows


def resembling(rows: QuerySet[Any], fields: Sequence[str], words: Sequence[str], most: int) -> list[Any]:
    """The keys of the rows whose fields hold something like each of the words, the likest first."""
    if not any({"@", "."} & {*word} for word in words):
        fields = [name for name in fields if name not in ADDRESSES]
    if not fields or any(len(word) < SHORTEST_MISTYPED for word in words):
        return []
    return (_resembling_sqlite if is_sqlite(rows) else _resembling_postgresql)(rows, fields, words, most)


@contextmanager
def by_index() -> Iterator[None]:
    """Around a search: PostgreSQL takes the indexes of trigrams, however soon it believes to find ten rows without."""
    if connection.vendor == "sqlite":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield


def forgives() -> bool:
    """Whether the database finds what is like a word; inside `by_index`, it is set to forgive one slip."""
    if connection.vendor == "sqlite":
        return True
    if not has_trigrams(connection):
        return False
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL pg_trgm.word_similarity_threshold = %s", [SHARED_TRIGRAMS])
    return True


def _resembling_postgresql(rows: QuerySet[Any], fields: Sequence[str], words: Sequence[str], most: int) -> list[Any]:
    similarities: list[Any] = []
    everything = rows.model._base_manager
    for word in words:
        texts = {f"_upper_{name}": Upper(name) for name in fields}
        rows = rows.alias(**texts).filter(any_of(Q((f"{text}__trigram_word_similar", word)) for text in texts))
        similar = [TrigramWordSimilarity(word, Upper(name)) for name in fields]
        similarities.append(Greatest(*similar) if len(similar) > 1 else similar[0])
    candidates = everything.filter(pk__in=rows.values("pk")[:MOST_CANDIDATES])
    likest = candidates.order_by(*(likeness.desc() for likeness in similarities))
    return list(likest.values_list("pk", flat=True)[:most])


def _resembling_sqlite(rows: QuerySet[Any], fields: Sequence[str], words: Sequence[str], most: int) -> list[Any]:
    """SQLite finds what shares pieces with the words; how like it is, is told here.

    Of words of six letters and more every slip is found, of shorter ones those at their ends.
    """
    for word in words:
        rows = rows.filter(pk__in=matching(rows.model, fields, with_one_slip(word)))
    found = []
    for key, *texts in rows.values_list("pk", *fields)[:MOST_CANDIDATES]:
        likeness = min(likeness_of(word, texts) for word in words)
        if likeness >= SHARED_LETTERS:
            found.append((-likeness, key))
    return [key for _, key in sorted(found)[:most]]


def matching(model: type[Model], fields: Sequence[str], query: str) -> RawSQL:
    """The keys of the rows whose trigrams answer an FTS5 query, in these fields only: others may be masked."""
    table = text_table(model._meta.db_table)
    columns = " ".join(f'"{model._meta.get_field(name).column}"' for name in fields)  # type: ignore[union-attr]
    hits = f'SELECT rowid FROM "{table}" WHERE "{table}" MATCH %s'  # noqa: S608 - the table is ours
    return RawSQL(hits, [f"{{{columns}}} : ({query})"])  # noqa: S611


def with_one_slip(word: str) -> str:
    """An FTS5 query for the word with one letter wrong, missing, too much, or two exchanged.

    A slip leaves what stands before it and behind it as they are: these pieces are looked for, around each place.
    """
    around = {
        tuple(piece for piece in (word[:place], word[place + letters :]) if len(piece) >= SHORTEST_INDEXED)
        for place in range(len(word))
        for letters in (0, 1, 2)
    }
    pieces = sorted(around - {()})
    return " OR ".join(f"({' AND '.join(map(quoted, some))})" for some in pieces)


def likeness_of(word: str, texts: Iterable[Any]) -> float:
    """How much of the word the likest word of these texts has, from 0 to 1."""
    word = word.casefold()
    others = (other[: len(word) + 1] for text in texts for other in words_of(str(text or "").casefold()))
    return max((shared_letters(word, other) for other in others), default=0.0)


@lru_cache(maxsize=10_000)
def shared_letters(word: str, other: str) -> float:
    """Remembered, because many people have the same names and addresses at the same place."""
    return SequenceMatcher(None, other, word, autojunk=False).ratio()


def words_of(text: str) -> list[str]:
    """Addresses as they are and by their parts."""
    return [*text.split(), *text.replace("@", " ").replace(".", " ").split()]


def quoted(text: str) -> str:
    """As a phrase of FTS5, in which nothing is a sign of its language."""
    return '"' + text.replace('"', '""') + '"'


def any_of(conditions: Iterable[Q]) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found


def is_sqlite(rows: QuerySet[Any]) -> bool:
    return connections[rows.db].vendor == "sqlite"
