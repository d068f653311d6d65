"""The lines about the overview: how long each role waits for it, and how long the figures take when counted live."""

from bench.databases import Engine

FIRST_PAINT_MS, MOST_QUERIES = 300, 25


def measure_dashboard(engine: Engine, *, enrollments: int) -> None:
    engine.make("dashboard")
    engine.migrate("dashboard")
    engine.measure("dashboard", "fill-dashboard", str(enrollments))
    found = engine.measure("dashboard", "dashboard")
    live = found.pop("live")
    print(
        f"\n{engine.name}: the overview beside {enrollments:,} enrollments; 13 figures counted live take {live:.0f} ms"
    )
    for name, one in found.items():
        print(
            f"{name:<20}median {one['median']:.0f} ms, p95 {one['p95']:.0f} ms "
            f"{verdict(met=one['median'] < FIRST_PAINT_MS)} <{FIRST_PAINT_MS} ms, "
            f"{one['processor']:.0f} ms of the processor, {one['queries']:.0f} queries "
            f"{verdict(met=one['queries'] <= MOST_QUERIES)} ≤{MOST_QUERIES}"
        )


def verdict(*, met: bool) -> str:
    return "✓" if met else "✗"
