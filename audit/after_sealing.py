"""What apps above this one have done after each sealing, by whoever holds the key of the log."""

from __future__ import annotations

from collections.abc import Callable

_acts: list[Callable[[], None]] = []


def afterwards(act: Callable[[], None]) -> None:
    """Have this done after each sealing."""
    if act not in _acts:
        _acts.append(act)


def do() -> None:
    """Do what is to be done."""
    for act in _acts:
        act()
