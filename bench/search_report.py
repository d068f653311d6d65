"""The lines about the palette: how long each kind of words takes, for whom, and the target."""

from bench.databases import Engine

MOST_MILLISECONDS = 150


def measure_search(engine: Engine, *, people: int) -> None:
    engine.make("search")
    engine.migrate("search")
    engine.measure("search", "fill-search", str(people))
    found = engine.measure("search", "search")
    print(f"\n{engine.name}: the palette among {people:,} people; ms of the whole request, what it found, its queries")
    for who, facts in found.items():
        met = facts["p95"] < MOST_MILLISECONDS
        print(f"{who:<16}95 of 100 within {facts['p95']:.0f} ms {'✓' if met else '✗'} <{MOST_MILLISECONDS} ms")
        for kind, one in facts["words"].items():
            print(f"  {kind:<20}{one['ms']:>7.0f} ms{one['hits']:>5} found{one['queries']:>5.0f} queries")
