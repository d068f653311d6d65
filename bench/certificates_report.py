"""The lines about certificates: what issuing them in bulk saves, and how quick the public page is."""

from bench.databases import Engine

TARGETS = {"PostgreSQL": 10, "SQLite": 5}
MOST_MILLISECONDS = 100


def measure_certificates(engine: Engine, *, number: int, others: int) -> None:
    engine.make("empty")
    engine.migrate("empty")
    engine.copy("empty", "work")
    found = engine.measure("work", "certificates", str(number), str(others))
    page: float = found["page_ms"]
    times, target = found["single"] / found["bulk"], TARGETS[engine.name]
    print(f"\n{engine.name}: {number:,} certificates issued, with history, among {others:,}")
    print(
        f"one by one {found['single']:.2f} s    in bulk {found['bulk']:.2f} s    "
        f"{times:.1f}× {'✓' if times >= target else '✗'} ≥{target}×    "
        f"public page, 95 of 100 within {page:.0f} ms {'✓' if page < MOST_MILLISECONDS else '✗'}"
    )
