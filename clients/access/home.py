"""The home page is made of sections; apps above this one add theirs in ``AppConfig.ready()``.

A section is a function of the request that gives a Section, or None where it has nothing to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from audit.actor import Request


@dataclass(frozen=True)
class Section:
    """One part of the home page. ``template`` is drawn below the title, with the names of ``context``.

    Lower ``order`` comes first: what waits for a decision 10, what is due 20, clients 30, the rest 50.
    """

    title: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    order: int = 50


Maker = Callable[[Request], Section | None]
_makers: list[Maker] = []


def register(section: Maker) -> Maker:
    """Add a section to the home page; can be used as a decorator."""
    if section not in _makers:
        _makers.append(section)
    return section


def registered(request: Request) -> list[Section]:
    """What the registered sections have to say to whoever asks."""
    made = (maker(request) for maker in _makers)
    return [section for section in made if section is not None]
