"""The figures of the review desk: the next of many, a hundred decisions, ten thousand at once, and the targets."""

from bench.databases import Engine

NEXT_MS, HUNDRED_SECONDS = 300, 5
FASTER = {"PostgreSQL": 10, "SQLite": 5}


def measure_desk(engine: Engine, *, reviews: int) -> None:
    engine.make("desk")
    engine.migrate("desk")
    engine.measure("desk", "fill-desk", str(reviews))
    found = engine.measure("desk", "desk")
    following, decided, bulk = found["next"], found["decided"], found["bulk"]
    print(f"\n{engine.name}: the desk with {reviews:,} reviews, half of which wait")
    print(
        f"{'next':<12}p95 {following['service']:.1f} ms to find and hold, {following['request']:.0f} ms with its page "
        f"{'✓' if following['request'] < NEXT_MS else '✗'} <{NEXT_MS} ms, {following['queries']:.0f} queries"
    )
    print(
        f"{'decided':<12}{decided['processor']:.2f} s of the processor for a hundred "
        f"{'✓' if decided['processor'] < HUNDRED_SECONDS else '✗'} <{HUNDRED_SECONDS} s, "
        f"{decided['hundred']:.2f} s of the clock, {decided['queries']:.0f} queries each; "
        f"{decided['decisions']:,} by two people, {decided['twice']} twice"
    )
    times, least = bulk["save"] / bulk["bulk"], FASTER[engine.name]
    print(
        f"{'bulk':<12}{bulk['decided']:,} of {bulk['asked']:,} in {bulk['bulk']:.2f} s, "
        f"by save() {bulk['save']:.1f} s: "
        f"{times:.0f}× {'✓' if times >= least else '✗'} ≥{least}"
    )
