"""Processor time of processes and all below them, from Linux's own accounts in /proc."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
NANOSECOND = 1e-9


def below(roots: list[int]) -> set[int]:
    """These processes and their descendants."""
    children: dict[int, list[int]] = defaultdict(list)
    for stat in PROC.glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name in parentheses may hold blanks; the parent is the second word after it.
            children[int(stat.read_text().rpartition(")")[2].split()[1])].append(
                int(stat.parent.name)
            )
    found, new = set(), set(roots)
    while new:
        found |= new
        new = {child for process in new for child in children[process]} - found
    return found


def spent(roots: list[int]) -> float:
    """Seconds of processor that these and all below them have used; 0 where nobody counts."""
    total = 0
    for process in below(roots):
        for thread in (PROC / str(process)).glob("task/*/schedstat"):
            with suppress(OSError):
                total += int(thread.read_text().split()[0])
    return total * NANOSECOND
