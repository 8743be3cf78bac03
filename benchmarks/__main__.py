"""`python -m benchmarks [--quick] [--large] [--only NAME]`: measure, print a table, write results.json."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from benchmarks.figures import Figure, table, write
from benchmarks.place import Place

NAMES = ("record", "lists", "statements", "search", "need", "import", "log", "rows", "phone")
SIZES = [1_000, 10_000, 100_000]


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--only", choices=NAMES, action="append", help="measure this (repeatable)")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, fewer repeats")
    parser.add_argument("--large", action="store_true", help="1 000 000 clients as well")
    parser.add_argument(
        "--curve", action="store_true", help="draw the pictures of docs/performance.md"
    )
    options = parser.parse_args()
    started = time.monotonic()
    place = Place()
    place.prepare()
    # Django is set up only now.
    wanted = frozenset(options.only or NAMES)
    figures: list[Figure] = []
    if "log" in wanted:  # first: the other sides fill the log with their own events
        from benchmarks.log import LogBench

        figures += LogBench(place, quick=options.quick).everything()
    if "rows" in wanted:
        from benchmarks.rows import RowsBench

        figures += RowsBench(place, quick=options.quick).everything()
    if "phone" in wanted:
        from benchmarks.phone import PhoneBench

        figures += PhoneBench(quick=options.quick).everything()
    if wanted - {"log", "rows", "phone"}:
        from benchmarks.run import Run

        run = Run(place, wanted, quick=options.quick)
        sizes = SIZES[:2] if options.quick else [*SIZES, *([1_000_000] if options.large else [])]
        figures += run.everything(sizes)
        for line in run.stand.differing:
            print(f"The pages of both sides differ in more than tokens: {line}")
    finish(figures, place, options.curve, time.monotonic() - started)


def finish(figures: list[Figure], place: Place, curve: bool, took: float) -> None:
    """Say what came out; what was not measured now keeps its earlier figure."""
    folder = Path(__file__).resolve().parent
    write(figures, folder / "results.json")
    print(table(figures))
    if curve:
        from benchmarks.curve import draw_all

        draw_all(figures, folder.parent / "docs")
    print(f"{place.durability()}; {took:.0f} s in all; written to benchmarks/results.json")


if __name__ == "__main__":
    main()
