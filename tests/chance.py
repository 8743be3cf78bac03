"""What a test may not count on: an order that nobody asked for, of rows or of tests, and a network."""

from __future__ import annotations

import os
import sys
from ipaddress import ip_address
from random import Random
from typing import Any

import pytest
from django.db.models import QuerySet

# SHUFFLE=7 runs the tests in an order of its own, the same for the same number in each process.
SHUFFLE = os.environ.get("SHUFFLE")


def rows_without_an_order_come_in_any(patch: pytest.MonkeyPatch) -> None:
    """A query that says no order gives its rows in another one each time."""
    fetch_all, chance = QuerySet._fetch_all, Random(SHUFFLE)  # type: ignore[attr-defined]

    def fetch_and_mix(self: Any) -> None:
        fetched_now = self._result_cache is None
        fetch_all(self)
        if fetched_now and not self.ordered:
            chance.shuffle(self._result_cache)

    patch.setattr(QuerySet, "_fetch_all", fetch_and_mix)


def in_any_order(items: list[pytest.Item]) -> None:
    """Mix the files, and the tests in each, where asked to: what a file lays for all its tests is laid once."""
    if not SHUFFLE:
        return
    chance, places = Random(SHUFFLE), {}
    for item in items:
        places.setdefault(item.nodeid.split("::")[0], chance.random())
    chance.shuffle(items)
    items.sort(key=lambda item: places[item.nodeid.split("::")[0]])


def stay_here() -> None:
    """Nothing of a test's own process reaches beyond this machine. What is started besides has its own means."""
    sys.addaudithook(_refuse_elsewhere)


def _refuse_elsewhere(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if not _is_here(host.decode() if isinstance(host, bytes) else host):
        raise RuntimeError(f"a test reaches for the network: {host}")


def _is_here(host: str | None) -> bool:
    if host in (None, "", "localhost"):
        return True
    try:
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    except ValueError:
        return False
