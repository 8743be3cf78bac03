"""A worker that makes one export: `python -m benchmarks.export_job EXPORT`, answers in JSON.

A process of its own, so that what it took is this job's: ``VmHWM`` belongs to the program that runs, where
``ru_maxrss`` keeps what the program before it took."""

from __future__ import annotations

import json
import sys
import time

import django

from benchmarks.processor import PROC


def main(export: str) -> None:
    """Make it, and print how long that took and the most memory that was ever held at once."""
    django.setup()
    from rights.tasks import make_export

    start, used = time.perf_counter(), time.process_time()
    make_export(export)
    said = {
        "seconds": time.perf_counter() - start,
        "processor": time.process_time() - used,
        "peak_mb": peak() / 1_000_000,
    }
    print(json.dumps(said))


def peak() -> int:
    """The largest resident set of this process so far, in bytes; everything that it has loaded is in it."""
    lines = (PROC / "self" / "status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    main(sys.argv[1])
