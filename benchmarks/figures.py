"""Figures: what was measured, what it is held against, and whether it is good enough."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One line of results.json. ``against`` says in words what a ratio was taken with."""

    name: str
    size: int
    value: float
    unit: str
    against: str
    must: float | None
    aim: float | None
    better: str

    def reaches(self, target: float | None) -> bool | None:
        """Whether the value is at least as good as ``target``; None without one."""
        if target is None:
            return None
        return self.value >= target if self.better == "higher" else self.value <= target


def ratio(
    name: str,
    size: int,
    value: float,
    against: str,
    must: float | None,
    aim: float | None,
    better: str = "higher",
) -> Figure:
    """A ratio of two rates or times of one run."""
    return Figure(name, size, round(value, 3), "ratio", against, must, aim, better)


def plain(
    name: str,
    size: int,
    value: float,
    unit: str,
    must: float | None = None,
    aim: float | None = None,
    better: str = "higher",
    against: str = "",
) -> Figure:
    """A figure in a unit of its own."""
    return Figure(name, size, round(value, 2), unit, against, must, aim, better)


def write(figures: list[Figure], path: Path) -> None:
    """Write results.json. Figures of names that were not measured this time stay."""
    names = {figure.name for figure in figures}
    before = json.loads(path.read_text()) if path.exists() else []
    kept = [each for each in before if each["name"] not in names]
    rows = [*kept, *(asdict(figure) for figure in figures)]
    path.write_text(json.dumps(rows, indent=1) + "\n")


def table(figures: list[Figure]) -> str:
    """The figures as a table for a terminal and for Markdown alike."""
    lines = [
        "| benchmark | size | measured | against | must | aim | |",
        "|---|---:|---:|---|---:|---:|---|",
    ]
    for f in figures:
        met = {None: "", True: "met", False: "NOT met"}[f.reaches(f.must)]
        if met == "met" and f.reaches(f.aim):
            met = "aim met"
        sign = ">=" if f.better == "higher" else "<="
        must = f"{sign} {f.must:g}" if f.must is not None else ""
        aim = f"{sign} {f.aim:g}" if f.aim is not None else ""
        unit = "" if f.unit == "ratio" else f" {f.unit}"
        lines.append(
            f"| {f.name} | {f.size} | {f.value:g}{unit} | {f.against} | {must} | {aim} | {met} |"
        )
    return "\n".join(lines)
