"""Bars over time as a picture: how tall each is, in units that a template draws without scripts or styles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

STEP = 12  # from one bar to the next
WIDTH = 10
TALL = 100


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its number, and how many of these are marked (refused, for example)."""

    label: str
    value: int
    marked: int = 0


@dataclass(frozen=True)
class Drawn:
    """A bar in the picture. Text, because a number would be written in the reader's language."""

    bar: Bar
    x: str
    y: str
    height: str
    marked_y: str
    marked_height: str


@dataclass(frozen=True)
class BarChart:
    """Bars in their order, all to one scale."""

    bars: Sequence[Bar]

    @property
    def most(self) -> int:
        """The tallest bar's number."""
        return max((bar.value for bar in self.bars), default=0)

    @property
    def total(self) -> int:
        """All bars together."""
        return sum(bar.value for bar in self.bars)

    @property
    def filled(self) -> int:
        """How many bars there is something in: one alone has nothing beside it to compare."""
        return sum(bar.value > 0 for bar in self.bars)

    @property
    def view_box(self) -> str:
        """The frame of the picture."""
        return f"0 0 {max(len(self.bars), 1) * STEP} {TALL}"

    @property
    def drawn(self) -> list[Drawn]:
        """Where each bar stands."""
        return [self._draw(place, bar) for place, bar in enumerate(self.bars)]

    def _draw(self, place: int, bar: Bar) -> Drawn:
        height, marked = self._height(bar.value), self._height(bar.marked)
        return Drawn(
            bar,
            str(place * STEP + (STEP - WIDTH) // 2),
            str(TALL - height),
            str(height),
            str(TALL - marked),
            str(marked),
        )

    def _height(self, value: int) -> int:
        """At least one unit for what is there at all."""
        return max(1, round(value * TALL / self.most)) if value else 0
