"""Measuring the course workbook on one kind of database, beside a smaller one to see that memory stays flat."""

from bench.databases import Engine
from bench.workbook import COURSES, write_workbook

MOST_SECONDS = 60
MEGABYTES = 20
SMALL = COURSES // 4


def measure_workbook(engine: Engine, *, courses: int = COURSES) -> None:
    engine.make("empty")
    engine.migrate("empty")
    grown = []
    for number in (SMALL, courses):
        path = write_workbook(engine.folder / f"workbook-{number}.xlsx", number)
        engine.copy("empty", "work")
        found = engine.measure("work", "workbook", "-", path)
        assert found["status"] == "applied", found
        grown.append(found["megabytes"])
    rows = sum(found["counts"].get(outcome, 0) for outcome in ("create", "update", "invalid"))
    again = found["replan_counts"]
    changes = again["create"] + again["update"] + again["invalid"]
    seconds = found["plan_seconds"]
    print(f"\n{engine.name}: a workbook of {courses:,} new courses, {rows:,} rows on six sheets")
    print(
        f"{'plan':<12}{seconds:>9.2f} s {'✓' if seconds < MOST_SECONDS else '✗'} <{MOST_SECONDS} s    "
        f"apply {found['apply_seconds']:.2f} s    queries/1,000 rows {found['queries'] * 1000 / rows:.1f}"
    )
    print(f"{'again':<12}{found['replan_seconds']:>9.2f} s, {changes} changes {'✗' if changes else '✓'}")
    growth = grown[1] - grown[0]
    print(
        f"{'memory':<12}over idle {grown[0]:.0f} MB with {SMALL} courses, {grown[1]:.0f} MB with {courses}: "
        f"grows by {growth:.0f} MB {'✓' if growth < MEGABYTES else '✗'} <{MEGABYTES}"
    )
