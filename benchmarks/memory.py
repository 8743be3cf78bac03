"""Memory of processes and all below them in MB, from Linux's own accounts; shared pages in parts (PSS)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from benchmarks.processor import PROC, below

MB = 1_000_000


@dataclass(frozen=True)
class Memory:
    """Of a tree of processes: its proportional share, and the largest resident set of one of them."""

    pss: float
    largest_rss: float
    processes: int


def of(root: int) -> Memory:
    """What this process and all below it take now."""
    shares, sizes = 0, [0]
    found = below([root])
    for process in found:
        values = fields(process)
        shares += values.get("Pss", 0)
        sizes.append(values.get("Rss", 0))
    return Memory(shares / MB, max(sizes) / MB, len(found))


def fields(process: int) -> dict[str, int]:
    """Bytes by name, of ``smaps_rollup``; empty of a process that has ended or is somebody else's."""
    found: dict[str, int] = {}
    with suppress(OSError):
        for line in (PROC / str(process) / "smaps_rollup").read_text().splitlines()[1:]:
            name, size, *_ = line.split()
            found[name.rstrip(":")] = int(size) * 1024
    return found
