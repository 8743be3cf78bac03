"""What must be finished before a client changes branch. Apps above say so in ``AppConfig.ready()``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from audit.actor import Actor
from clients.models import Client


@dataclass(frozen=True)
class Hindrance:
    """Something of this client that is under way, and where to finish it."""

    label: str
    url: str


Maker = Callable[[Actor, Client], list[Hindrance]]
_makers: list[Maker] = []


def register(maker: Maker) -> Maker:
    """Add what may stand in the way; can be used as a decorator."""
    if maker not in _makers:
        _makers.append(maker)
    return maker


def hindrances(actor: Actor, client: Client) -> list[Hindrance]:
    """What is under way for this client, as far as this person may see it."""
    return [found for maker in _makers for found in maker(actor, client)]
