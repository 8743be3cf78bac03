"""Whole pages through gunicorn: the record page and the lists, each side in turns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from itertools import zip_longest

from benchmarks import load
from benchmarks.cast import RECORD_SIZES, Someone
from benchmarks.figures import Figure, plain, ratio
from benchmarks.plain import Plain
from benchmarks.serving import Page, Rate, Server, compare
from clients.models import Client

TOKENS = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]*')


@dataclass
class Stand:
    """The servers of all sides, and who signs in there."""

    people: dict[str, Someone]
    records: dict[int, Client]
    sides: dict[str, Plain]
    postmaster: int
    repeats: int
    seconds: float
    servers: dict[str, Server] = field(default_factory=dict)
    differing: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Start the servers."""
        self.servers = {name: side.serve() for name, side in self.sides.items()}
        self.servers["real"] = Server("confidential.wsgi")

    def stop(self) -> None:
        """Stop them."""
        for server in self.servers.values():
            server.stop()

    def rates(self, username: str, path: str, sides: tuple[str, ...]) -> dict[str, Rate]:
        """How fast one address is on each side. All sides must show the same page."""
        pages = []
        for side in sides:
            cookie = (
                self.people[username].cookie()
                if side == "real"
                else self.sides[side].cookies[username]
            )
            pages.append(Page(side, self.servers[side].port, path, cookie))
        self._look(pages)
        return compare(pages, self.servers, self.postmaster, self.repeats, self.seconds)

    def _look(self, pages: list[Page]) -> None:
        shown = {}
        for page in pages:
            status, body = load.fetch(page.port, page.path, page.cookie)
            if status != 200:
                raise RuntimeError(f"{page.path} of the {page.side} side answered {status}")
            # The engines escape an apostrophe in two ways.
            shown[page.side] = unescape(TOKENS.sub(b"", body).decode()).split()
        for side, found in shown.items():
            if found != shown["real"]:
                first = next((a, b) for a, b in zip_longest(found, shown["real"]) if a != b)
                self.differing.append(f"{side} {pages[0].path}: {first}")


def figures(
    name: str, size: int, rates: dict[str, Rate], side: str, against: str, must: float, aim: float
) -> list[Figure]:
    """The real side against another one: by requests a second, and by processor time."""
    real, other = rates["real"], rates[side]
    found = [ratio(name, size, real.a_second / other.a_second, against, must, aim)]
    if real.processor_ms:
        value = other.processor_ms / real.processor_ms
        found.append(ratio(f"{name}, by processor time", size, value, against, None, None))
    return found


def plainly(name: str, size: int, rates: dict[str, Rate]) -> list[Figure]:
    """What each side reached."""
    found = []
    for side, rate in rates.items():
        found.append(plain(f"{name}, {side}", size, rate.a_second, "requests/s"))
        if rate.processor_ms:
            label = f"{name}, {side}, processor"
            found.append(plain(label, size, rate.processor_ms, "ms", better="lower"))
    return found


def record_pages(stand: Stand) -> list[Figure]:
    """The page of a record with 10 and with 50 contacts."""
    found = []
    for size in RECORD_SIZES:
        path = f"/clients/{stand.records[size].pk}/?show=50"
        rates = stand.rates("keeper", path, ("bare", "real", "usual"))
        found += figures("record page", size, rates, "bare", "bare", 0.70, 1.0)
        found += figures(
            "record page", size, rates, "usual", "guardian + auditlog + Fernet", 1.5, 2.2
        )
        found += plainly("record page", size, rates)
    return found


def lists(stand: Stand, size: int) -> list[Figure]:
    """The first 25 of a volunteer's 40, and of a coordinator's branch, among ``size`` clients."""
    found = []
    for name, username in (("my clients", "volunteer"), ("branch's clients", "coordinator")):
        rates = stand.rates(username, "/clients/", ("bare", "real"))
        found += figures(name, size, rates, "bare", "bare page of 25", 0.5, 0.8)
        found += plainly(name, size, rates)
    return [*found, *plainly("home", size, stand.rates("volunteer", "/", ("real",)))]


def growth(figures: list[Figure]) -> list[Figure]:
    """How much slower the list is at the largest size than at the one before it."""
    found = []
    for name in ("my clients", "branch's clients"):
        by_size = {f.size: f.value for f in figures if f.name == f"{name}, real"}
        if len(by_size) > 1:
            before, last = sorted(by_size)[-2:]
            value = by_size[before] / by_size[last]
            target = (1.2, 1.0) if name == "my clients" else (None, None)
            found.append(
                ratio(f"{name}, growth", last, value, f"{before} clients", *target, "lower")
            )
    return found
