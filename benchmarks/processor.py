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


Account = dict[Path, int]  # nanoseconds by thread


def account(roots: list[int]) -> Account:
    """What each thread of these and all below them has used so far; empty where nobody counts."""
    found = {}
    for process in below(roots):
        for thread in (PROC / str(process)).glob("task/*/schedstat"):
            with suppress(OSError):
                found[thread] = int(thread.read_text().split()[0])
    return found


def spent(before: Account, after: Account) -> float:
    """Seconds of processor between two accounts. What ended meanwhile has taken its own with it."""
    return sum(max(0, used - before.get(thread, 0)) for thread, used in after.items()) * NANOSECOND
