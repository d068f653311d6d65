"""The lines about files of reports: how much quicker than the library, how near the limit, and in how much memory."""

from statistics import median
from typing import Any

from bench.databases import Engine

ROWS = 200_000
FASTER = {"csv": 7, "xlsx": 4}
MOST_MEGABYTES, MOST_GROWTH, MOST_MILLISECONDS = 15, 5, 300


def measure_exports(engine: Engine, *, rounds: int) -> None:
    engine.make("lists")
    engine.migrate("lists")
    engine.measure("lists", "fill-exports")
    print(f"\n{engine.name}: {ROWS:,} enrollments with course and learner, as files")
    limit = median(ask(engine, f"copy-csv-{ROWS}")["seconds"] for _ in range(rounds))
    for fmt, least in FASTER.items():
        ours = [ask(engine, f"report-{fmt}-{ROWS}") for _ in range(rounds)]
        theirs = ask(engine, f"library-{fmt}-{ROWS}")
        seconds = median(one["seconds"] for one in ours)
        times = theirs["seconds"] / seconds
        beside = f", {seconds / limit:.1f}× the limit ({limit:.2f} s)" if fmt == "csv" else ""
        print(
            f"{fmt:<5} {seconds:.2f} s, {median(one['megabytes'] for one in ours):.0f} MB    import-export "
            f"{theirs['seconds']:.1f} s, {theirs['megabytes']:.0f} MB    {times:.1f}× {mark(met=times >= least)} "
            f"≥{least}×{beside}"
        )
    for fmt in FASTER:
        small, large = (ask(engine, f"report-{fmt}-{rows}")["megabytes"] for rows in (10_000, 1_000_000))
        grown = large - small
        met = large <= MOST_MEGABYTES and grown <= MOST_GROWTH
        print(f"{fmt:<5} memory {small:.0f} MB for 10,000 rows, {large:.0f} MB for 1,000,000 {mark(met=met)}")
    first = 1000 * ask(engine, "answer")["seconds"]
    print(f"first byte of 5,000 rows as CSV after {first:.0f} ms {mark(met=first <= MOST_MILLISECONDS)}")


def ask(engine: Engine, what: str) -> dict[str, Any]:
    return engine.measure("lists", "exports", what)


def mark(*, met: bool) -> str:
    return "✓" if met else "✗"
