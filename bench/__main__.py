"""`python -m bench`: imports, lists, files and whole pages, on every database there is, with their targets."""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from bench.certificates_report import measure_certificates
from bench.dashboard_report import measure_dashboard
from bench.databases import Engine, Postgres, Sqlite
from bench.desk_report import measure_desk
from bench.exports_report import measure_exports
from bench.figures_report import measure_figures
from bench.files import write_file
from bench.scopes_report import measure_lists
from bench.search_report import measure_search
from bench.workbook_report import measure_workbook

KINDS = ("lessons", "enrollments")
TARGETS = {"PostgreSQL": (30, 8), "SQLite": (12, 10)}
STOCK_ROWS = 1_000
MEGABYTES = 20
UNCHANGED = 0.8
LARGE = 250_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3, help="The medians of this many rounds are shown.")
    parser.add_argument(
        "--stock-rows", type=int, default=STOCK_ROWS, help="Rows for the stock library; its time is scaled by the row."
    )
    parser.add_argument("--large", type=int, default=LARGE, help="Rows of the file memory is measured with; 0: none.")
    parser.add_argument("--only", choices=[engine.name.lower() for engine in (Postgres, Sqlite)])
    parser.add_argument("--kind", choices=KINDS, nargs="*", default=KINDS)
    parser.add_argument("--part", choices=tuple(PARTS), nargs="*", default=tuple(PARTS))
    parser.add_argument("--share", type=int, default=1, help="Lists are measured with so small a share of the rows.")
    parser.add_argument("--certificates", type=int, default=1_000_000, help="So many lie around the public page.")
    parser.add_argument("--reviews", type=int, default=1_000_000, help="So many reviews lie around the desk.")
    parser.add_argument("--enrollments", type=int, default=1_000_000, help="So many are counted for the figures.")
    parser.add_argument("--people", type=int, default=1_000_000, help="So many are searched among.")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for engine in engines(Path(folder), chosen.only):
            try:
                for part in chosen.part:
                    PARTS[part](engine, chosen)
            finally:
                engine.drop()


def engines(folder: Path, only: str | None) -> list[Engine]:
    found: list[Engine] = []
    if only in (None, "postgresql"):
        if Postgres.is_there():
            found.append(Postgres(folder))
        else:
            print("PostgreSQL does not answer; it is left out.")
    if only in (None, "sqlite"):
        found.append(Sqlite(folder))
    return found


def measure(engine: Engine, chosen: Any) -> None:
    engine.make("seeded")
    engine.migrate("seeded")
    engine.measure("seeded", "seed")
    stock_rows = min(chosen.rows, chosen.stock_rows)
    print(f"\n{engine.name}: {chosen.rows:,} rows into 100,000, half new and half changed, with history;")
    print(f"stock import-export, preview and confirm, with {stock_rows:,} rows, its time scaled by the row")
    head = ("kind", "stock", "bare SQL", "ours", "plan", "apply", "stock/ours", "ours/SQL", "queries/1,000")
    print(("{:<12}" + "{:>11}" * 6 + "{:>16}{:>15}").format(*head))
    for kind in chosen.kind:
        measure_kind(engine, kind, chosen, stock_rows)
    if chosen.large:
        measure_memory(engine, chosen)


def measure_kind(engine: Engine, kind: str, chosen: Any, stock_rows: int) -> None:
    path = write_file(engine.folder / f"{kind}.csv", kind, chosen.rows)
    ours, bare = [], []
    for _ in range(chosen.rounds):
        bare.append(fresh(engine, "bare", kind, path)["seconds"])
        ours.append(fresh(engine, "replan", kind, path))
        assert ours[-1]["status"] == "applied", ours[-1]
    stock_path = write_file(engine.folder / f"{kind}-stock.csv", kind, stock_rows)
    stock = fresh(engine, "stock", kind, stock_path)["seconds"] * chosen.rows / stock_rows
    limit = median(bare)
    seconds = {name: median(found[name] for found in ours) for name in ("seconds", "plan_seconds", "apply_seconds")}
    faster, slower = stock / seconds["seconds"], seconds["seconds"] / limit
    least, most = TARGETS[engine.name]
    figures = [stock, limit, *seconds.values()]
    print(
        f"{kind:<12}"
        + "".join(f"{figure:>9.2f} s" for figure in figures)
        + f"{faster:>7.0f}× {verdict(met=faster >= least)} ≥{least}"
        + f"{slower:>8.1f}× {verdict(met=slower <= most)} ≤{most}"
        + f"{ours[-1]['queries'] * 1000 / chosen.rows:>9.1f}"
    )
    unchanged = median(found["replan_seconds"] for found in ours) / seconds["plan_seconds"]
    again = ours[-1]["replan_counts"]
    changes = again["create"] + again["update"]
    print(
        f"{'':<12}planned again: {changes} changes, {unchanged:.2f}× the first plan "
        f"{verdict(met=unchanged <= UNCHANGED and not changes)} ≤{UNCHANGED}"
    )


def measure_memory(engine: Engine, chosen: Any) -> None:
    for kind in chosen.kind:
        grown = []
        for rows in (chosen.rows, chosen.large):
            path = write_file(engine.folder / f"{kind}-{rows}.csv", kind, rows)
            grown.append(fresh(engine, "ours", kind, path)["megabytes"])
        growth = grown[1] - grown[0]
        print(
            f"{kind:<12}memory over idle: {grown[0]:.0f} MB with {chosen.rows:,} rows, {grown[1]:.0f} MB with "
            f"{chosen.large:,}: grows by {growth:.0f} MB {verdict(met=growth < MEGABYTES)} <{MEGABYTES}"
        )


def fresh(engine: Engine, what: str, kind: str, path: Path) -> dict[str, Any]:
    engine.copy("seeded", "work")
    return engine.measure("work", what, kind, path)


def verdict(*, met: bool) -> str:
    return "✓" if met else "✗"


PARTS: dict[str, Callable[[Engine, Any], None]] = {
    "imports": measure,
    "lists": lambda engine, chosen: measure_lists(engine, share=chosen.share, rounds=chosen.rounds),
    "workbook": lambda engine, _: measure_workbook(engine),
    "certificates": lambda engine, chosen: measure_certificates(engine, number=chosen.rows, others=chosen.certificates),
    "reviews": lambda engine, chosen: measure_desk(engine, reviews=chosen.reviews),
    "statistics": lambda engine, chosen: measure_figures(engine, enrollments=chosen.enrollments),
    "dashboard": lambda engine, chosen: measure_dashboard(engine, enrollments=chosen.enrollments),
    "exports": lambda engine, chosen: measure_exports(engine, rounds=chosen.rounds),
    "search": lambda engine, chosen: measure_search(engine, people=chosen.people),
}


main()
