"""`python -m benchmarks [--quick] [--large] [--only NAME]`: measure, and compare with the stored figures.

``--keep`` stores the new figures; ``--keep-last`` stores those of the last run, and measures nothing."""

from __future__ import annotations

import argparse
import time

from benchmarks import comparing
from benchmarks.figures import Figure, table
from benchmarks.place import BASE, Place

NAMES = (
    "record",
    "lists",
    "statements",
    "search",
    "need",
    "import",
    "export",
    "log",
    "rows",
    "rotation",
    "phone",
    "retention",
)
SIZES = [1_000, 10_000, 100_000]


def main() -> None:
    """Measure what was asked for."""
    options = arguments()
    if options.keep_last:
        last = comparing.read(comparing.LAST)
        for one in last.values():
            comparing.keep([one.figure], one.machine, comparing.STORED)
        print(f"{len(last)} figures stored in {comparing.STORED.name}")
        return
    started = time.monotonic()
    place = Place()
    place.prepare()
    # Django is set up only now.
    figures = measured(place, options)
    finish(figures, options)
    took = time.monotonic() - started
    print(f"{place.durability()}; {took:.0f} s in all")


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--only", choices=NAMES, action="append", help="measure this (repeatable)")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, fewer repeats")
    parser.add_argument("--large", action="store_true", help="1 000 000 clients as well")
    parser.add_argument(
        "--curve", action="store_true", help="draw the pictures of docs/performance.md"
    )
    parser.add_argument("--keep", action="store_true", help="store the figures of this run")
    parser.add_argument("--keep-last", action="store_true", help="store those of the last run")
    return parser.parse_args()


def measured(place: Place, options: argparse.Namespace) -> list[Figure]:
    """The figures that are wanted."""
    wanted = frozenset(options.only or NAMES)
    figures: list[Figure] = []
    if "log" in wanted:  # first: the other sides fill the log with their own events
        from benchmarks.log import LogBench

        figures += LogBench(place, quick=options.quick).everything()
    if "rows" in wanted:
        from benchmarks.rows import RowsBench

        figures += RowsBench(place, quick=options.quick).everything()
    if "retention" in wanted:
        from benchmarks.retention import RetentionBench

        figures += RetentionBench(place, quick=options.quick).everything()
    if "rotation" in wanted:
        from benchmarks.rotation import RotationBench

        figures += RotationBench(place, quick=options.quick).everything()
    if "phone" in wanted:
        from benchmarks.phone import PhoneBench

        figures += PhoneBench(quick=options.quick).everything()
    if wanted - {"log", "rows", "rotation", "phone", "retention"}:
        from benchmarks.run import Run

        run = Run(place, wanted, quick=options.quick)
        sizes = SIZES[:2] if options.quick else [*SIZES, *([1_000_000] if options.large else [])]
        figures += run.everything(sizes)
    return figures


def finish(figures: list[Figure], options: argparse.Namespace) -> None:
    """Say what came out, and how it stands to what is stored. Nothing is stored unasked."""
    print(table(figures))
    machine = comparing.this_machine()
    changes = comparing.compared(figures, machine, comparing.read(comparing.STORED))
    print(comparing.said(changes, len(figures) - len(changes)))
    comparing.only(figures, machine, comparing.LAST)
    if options.keep:
        comparing.keep(figures, machine, comparing.STORED)
    where = (
        "stored in benchmarks/results.json" if options.keep else "not stored (--keep, --keep-last)"
    )
    print(f"{len(figures)} figures {where}")
    if options.curve:
        from benchmarks.curve import draw_all

        draw_all(figures, BASE / "docs")


if __name__ == "__main__":
    main()
