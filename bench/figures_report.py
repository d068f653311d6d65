"""The lines about figures: counting everything, what was touched, and what the two are held against."""

from bench.databases import Engine

MOST_OF_SQL = 3
LEAST_OF_LOOP = {"PostgreSQL": 50, "SQLite": 8}
MOST_OF_FULL = 0.15
MEGABYTES = 20


def measure_figures(engine: Engine, *, enrollments: int) -> None:
    engine.make("figures")
    engine.migrate("figures")
    engine.measure("figures", "fill-figures", str(enrollments))
    found = engine.measure("figures", "figures")
    print(
        f"\n{engine.name}: figures of {enrollments // 100:,} courses, {enrollments:,} enrollments, "
        f"{enrollments * 3 // 10:,} reviews"
    )
    slower, faster = found["courses"] / found["by_hand"], found["loop"] / found["courses"]
    share = found["touched"] / found["all"]
    print(
        f"{'courses':<12}{found['courses']:.2f} s with the row of the day, by hand in SQL {found['by_hand']:.2f} s: "
        f"{slower:.1f}× {verdict(met=slower <= MOST_OF_SQL)} ≤{MOST_OF_SQL}, a loop {found['loop']:.0f} s: "
        f"{faster:.0f}× {verdict(met=faster >= LEAST_OF_LOOP[engine.name])} ≥{LEAST_OF_LOOP[engine.name]}"
    )
    print(
        f"{'everything':<12}{found['all']:.2f} s with instructors, learners and the platform, "
        f"{found['queries']:.0f} queries, {found['megabytes']:.0f} MB {verdict(met=found['megabytes'] < MEGABYTES)} "
        f"<{MEGABYTES} MB"
    )
    print(
        f"{'touched':<12}{found['touched']:.2f} s for one course in a hundred: {share:.2f}× everything "
        f"{verdict(met=share <= MOST_OF_FULL)} ≤{MOST_OF_FULL}"
    )
    print(f"{'check':<12}{found['check']:.2f} s, {found['drift']} differ {verdict(met=not found['drift'])} 0")


def verdict(*, met: bool) -> str:
    return "✓" if met else "✗"
