"""The table of the lists: milliseconds for each person, how much dearer than the administrator's, and the targets."""

from typing import Any

from bench.databases import Engine

LISTS = ("lessons", "enrollments", "reviews")
PEOPLE = ("administrator", "5,000 grants", "50 grants", "category", "5,000 oldest")
DEARER, EMPTIER, MOST_QUERIES = 1.5, 2, 25


def measure_lists(engine: Engine, *, share: int, rounds: int) -> None:
    engine.make("lists")
    engine.migrate("lists")
    engine.measure("lists", "fill", str(share))
    found = engine.measure("lists", "lists", str(rounds))
    empty = found["empty"][PEOPLE[0]]["ms"]
    print(
        f"\n{engine.name}: lists for people with rights on all, 5,000, 50 or a category's 20,000 courses, 1/{share} of"
    )
    print("1,000,000 enrollments, 300,000 reviews and 200,000 lessons; ms through the whole request, times the")
    print(
        f"administrator's (≤{DEARER}), queries (≤{MOST_QUERIES}); an empty list takes {empty:.0f} ms, "
        f"the administrator's first page at most {EMPTIER}×"
    )
    print(f"{'':<24}" + "".join(f"{name:>19}" for name in PEOPLE))
    for name in LISTS:
        for page, people in found[name].items():
            print(
                f"{name:<12}{page:<12}" + "".join(cell(people, person) for person in PEOPLE) + over(people, page, empty)
            )
        for kind, words in (("stock", "Django's own, administrator"), ("guardian", "guardian's, 5,000 grants")):
            print(f"{name:<12}{words}: {found[kind][name]['ms']:.0f} ms")


def cell(people: dict[str, Any], person: str) -> str:
    if person not in people:
        return f"{'no such page':>19}"
    ms = people[person]["ms"]
    times = f"{ms / people[PEOPLE[0]]['ms']:.2f}×" if PEOPLE[0] in people else ""
    return f"{ms:>11.0f} {times:>7}"


def over(people: dict[str, Any], page: str, empty: float) -> str:
    """Which targets this line misses."""
    first = people.get(PEOPLE[0], {}).get("ms", 0)
    missed = [person for person, facts in people.items() if facts["ms"] > first * DEARER]
    said = [f"over {DEARER}×: {', '.join(missed)}"] if missed else []
    if page == "first page" and first > EMPTIER * empty:
        said.append(f"over {EMPTIER}× an empty list")
    if any(facts["queries"] > MOST_QUERIES for facts in people.values()):
        said.append(f"over {MOST_QUERIES} queries")
    return "  " + "; ".join(said) if said else ""
