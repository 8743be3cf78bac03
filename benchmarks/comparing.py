"""The stored figures, and what has become slower since by more than its noise."""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.figures import PROCESSOR_MS, Figure

FOLDER = Path(__file__).resolve().parent
STORED = FOLDER / "results.json"
LAST = FOLDER / "last.json"  # of whichever run was the last: git ignores it
SURE = 3.0  # standard errors of the difference
# A run differs from another one also by what its own rounds do not show: where memory came to lie, how old
# the tables are.
LEAST = 0.03
ONCE = 0.10  # assumed of what was measured once


@dataclass(frozen=True)
class Machine:
    """Where figures were taken. Times count only against times of the same one."""

    processor: str = ""
    cores: int = 0
    memory_gb: int = 0
    python: str = ""

    def same_processor(self, other: Machine) -> bool:
        """Whether a millisecond of processor is worth the same there."""
        return bool(self.processor) and (self.processor, self.python) == (
            other.processor,
            other.python,
        )


@dataclass(frozen=True)
class Stored:
    """A figure with the machine that it was taken on."""

    figure: Figure
    machine: Machine


@dataclass(frozen=True)
class Change:
    """How a figure stands to the stored one. ``worse`` is a share: 0.1 is a tenth slower, below 0 faster."""

    before: Figure
    now: Figure
    worse: float
    allowed: float

    @property
    def slower(self) -> bool:
        """Worse than its noise explains."""
        return self.worse > self.allowed

    @property
    def faster(self) -> bool:
        """Better than its noise explains."""
        return -self.worse > self.allowed

    def line(self) -> str:
        """In words, for a terminal."""
        f, b = self.now, self.before
        against = f" against {f.against}" if f.against else ""
        unit = "" if f.unit == "ratio" else f" {f.unit}"
        return (
            f"{f.name}, {f.size}{against}: {b.value:g} -> {f.value:g}{unit}, "
            f"{abs(self.worse):.0%} {'slower' if self.worse > 0 else 'faster'} "
            f"(noise explains {self.allowed:.0%})"
        )


def this_machine() -> Machine:
    """The one that this runs on."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(x.partition(":")[2].strip() for x in lines if x.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor() or platform.machine()
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    cores = os.cpu_count() or 0
    return Machine(model, cores, round(pages / 2**30), platform.python_version())


def read(path: Path) -> dict[tuple[str, int, str], Stored]:
    """Stored figures by what they measure; none where the file is not there."""
    rows = json.loads(path.read_text()) if path.exists() else []
    found = {}
    for row in rows:
        machine = Machine(**row.pop("machine", {}))
        figure = Figure(**row)
        found[figure.key] = Stored(figure, machine)
    return found


def keep(figures: Iterable[Figure], machine: Machine, path: Path) -> None:
    """Store these figures. What was not measured this time keeps its earlier one."""
    _write(read(path) | {f.key: Stored(f, machine) for f in figures}, path)


def only(figures: Iterable[Figure], machine: Machine, path: Path) -> None:
    """Store these figures and no others."""
    _write({f.key: Stored(f, machine) for f in figures}, path)


def _write(stored: dict[tuple[str, int, str], Stored], path: Path) -> None:
    rows = [{**asdict(one.figure), "machine": asdict(one.machine)} for one in stored.values()]
    path.write_text(json.dumps(rows, indent=1) + "\n")


def compared(
    figures: Iterable[Figure], machine: Machine, stored: dict[tuple[str, int, str], Stored]
) -> list[Change]:
    """Every figure that may be held against a stored one, and how it stands to it."""
    found = []
    for now in figures:
        before = stored.get(now.key)
        if before and before.figure.unit == now.unit and comparable(now, machine, before.machine):
            found.append(change(before.figure, now))
    return [one for one in found if one is not None]


def comparable(figure: Figure, here: Machine, there: Machine) -> bool:
    """Ratios always; processor time where the processor is the same; other figures on the same machine."""
    if figure.unit == "ratio":
        return True
    if figure.unit == PROCESSOR_MS:
        return here.same_processor(there)
    return here == there and bool(here.processor)


def change(before: Figure, now: Figure) -> Change | None:
    """How much worse ``now`` is; None where one of them is nothing, or less."""
    if before.value <= 0 or now.value <= 0:
        return None
    down = now.value / before.value if now.better == "lower" else before.value / now.value
    allowed = max(LEAST, SURE * math.hypot(noise(before), noise(now)))
    return Change(before, now, down - 1, allowed)


def noise(figure: Figure) -> float:
    """The standard error of a figure, as a share of it."""
    return ONCE if figure.noise is None else figure.noise


def said(changes: list[Change], others: int) -> str:
    """What a run has to say: first what became slower. ``others`` had nothing to be held against."""
    parts = []
    for title, chosen in (
        ("SLOWER than stored, by more than the noise", [c for c in changes if c.slower]),
        ("Faster than stored, by more than the noise", [c for c in changes if c.faster]),
    ):
        if chosen:
            chosen.sort(key=lambda one: abs(one.worse), reverse=True)
            parts += [f"{title}:", *(f"  {one.line()}" for one in chosen)]
    still = sum(not (c.slower or c.faster) for c in changes)
    parts.append(
        f"{still} figures within their noise; {others} not compared: new, or of another machine."
    )
    return "\n".join(parts)
