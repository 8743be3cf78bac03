"""Figures: what was measured, how sure that is, what it is held against, and whether it is good enough."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

from benchmarks.targets import NONE, Target

FEWEST = 3  # rounds that say how much they scatter
PROCESSOR_MS = "ms of processor"


@dataclass(frozen=True)
class Rounds:
    """The same thing measured several times, in turns with what it is held against."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The figure that counts."""
        return statistics.median(self.values)

    @property
    def noise(self) -> float | None:
        """The standard error of the median, as a share of it; None for too few rounds.

        From the range of the middle half, so that one slow round in many says little.
        """
        if len(self.values) < FEWEST or not self.median:
            return None
        low, _, high = statistics.quantiles(self.values, n=4, method="inclusive")
        return 1.25 * (high - low) / 1.35 / math.sqrt(len(self.values)) / abs(self.median)

    def __truediv__(self, other: Rounds) -> Rounds:
        """The ratio of each round: what slows both sides of a round down is not in it."""
        return Rounds(tuple(a / b for a, b in zip(self.values, other.values, strict=True)))


@dataclass(frozen=True)
class Figure:
    """One line of results.json. ``against`` says in words what a ratio was taken with.

    ``noise`` is a share of the value, None where it was measured once.
    """

    name: str
    size: int
    value: float
    unit: str
    against: str
    must: float | None
    aim: float | None
    better: str
    noise: float | None = None

    @property
    def key(self) -> tuple[str, int, str]:
        """What it measures: the same in each run."""
        return self.name, self.size, self.against

    def reaches(self, target: float | None) -> bool | None:
        """Whether the value is at least as good as ``target``; None without one."""
        if target is None:
            return None
        return self.value >= target if self.better == "higher" else self.value <= target


def ratio(
    name: str,
    size: int,
    value: float | Rounds,
    against: str,
    target: Target = NONE,
    better: str = "higher",
) -> Figure:
    """A ratio of two rates or times of one run."""
    return _figure(name, size, value, "ratio", against, target, better)


def plain(
    name: str,
    size: int,
    value: float | Rounds,
    unit: str,
    target: Target = NONE,
    better: str = "higher",
    against: str = "",
) -> Figure:
    """A figure in a unit of its own."""
    return _figure(name, size, value, unit, against, target, better)


def _figure(
    name: str,
    size: int,
    value: float | Rounds,
    unit: str,
    against: str,
    target: Target,
    better: str,
) -> Figure:
    noise = None
    if isinstance(value, Rounds):
        value, noise = value.median, value.noise
    digits = 3 if unit == "ratio" else 2
    noise = None if noise is None else round(noise, 4)
    return Figure(name, size, round(value, digits), unit, against, *target, better, noise)


def table(figures: list[Figure]) -> str:
    """The figures as a table for a terminal and for Markdown alike."""
    lines = [
        "| benchmark | size | measured | ± | against | must | aim | |",
        "|---|---:|---:|---:|---|---:|---:|---|",
    ]
    for f in figures:
        met = {None: "", True: "met", False: "NOT met"}[f.reaches(f.must)]
        if met == "met" and f.reaches(f.aim):
            met = "aim met"
        sign = ">=" if f.better == "higher" else "<="
        must = f"{sign} {f.must:g}" if f.must is not None else ""
        aim = f"{sign} {f.aim:g}" if f.aim is not None else ""
        unit = "" if f.unit == "ratio" else f" {f.unit}"
        noise = "" if f.noise is None else f"{f.noise:.1%}"
        cells = (f.name, f.size, f"{f.value:g}{unit}", noise, f.against, must, aim, met)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)
