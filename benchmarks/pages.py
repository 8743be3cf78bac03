"""Whole pages through gunicorn: the record page and the lists, each side in turns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from benchmarks import load
from benchmarks.cast import RECORD_SIZES, Someone
from benchmarks.figures import Figure, plain, ratio
from benchmarks.plain import Plain
from benchmarks.serving import Page, Server, compare
from clients.models import Client

TOKENS = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]*')


@dataclass
class Stand:
    """The servers of all sides, and who signs in there."""

    people: dict[str, Someone]
    records: dict[int, Client]
    sides: dict[str, Plain]
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

    def rates(self, username: str, path: str, sides: tuple[str, ...]) -> dict[str, float]:
        """Requests a second of one address by side. All sides must show the same page."""
        pages = []
        for side in sides:
            cookie = (
                self.people[username].cookie()
                if side == "real"
                else self.sides[side].cookies[username]
            )
            pages.append(Page(side, self.servers[side].port, path, cookie))
        self._look(pages)
        return compare(pages, self.repeats, self.seconds)

    def _look(self, pages: list[Page]) -> None:
        shown = {}
        for page in pages:
            status, body = load.fetch(page.port, page.path, page.cookie)
            if status != 200:
                raise RuntimeError(f"{page.path} of the {page.side} side answered {status}")
            shown[page.side] = TOKENS.sub(b"", body).split()
        for side, found in shown.items():
            if found != shown["real"]:
                self.differing.append(f"{side} {pages[0].path}")


def record_pages(stand: Stand) -> list[Figure]:
    """The page of a record with 10 and with 50 contacts."""
    found = []
    for size in RECORD_SIZES:
        path = f"/clients/{stand.records[size].pk}/?show=50"
        rates = stand.rates("keeper", path, ("bare", "real", "usual"))
        found += [
            ratio("record page", size, rates["real"] / rates["bare"], "bare", 0.70, 1.0),
            ratio("record page", size, rates["real"] / rates["usual"],
                  "guardian + auditlog + Fernet", 1.5, 2.2),
            plain("record page, real", size, rates["real"], "requests/s"),
            plain("record page, bare", size, rates["bare"], "requests/s"),
            plain("record page, usual", size, rates["usual"], "requests/s"),
        ]  # fmt: skip
    return found


def lists(stand: Stand, size: int) -> list[Figure]:
    """The first 25 of a volunteer's 40, and of a coordinator's branch, among ``size`` clients."""
    found = []
    for name, username in (("my clients", "volunteer"), ("branch's clients", "coordinator")):
        rates = stand.rates(username, "/clients/", ("bare", "real"))
        found += [
            ratio(name, size, rates["real"] / rates["bare"], "bare page of 25", 0.5, 0.8),
            plain(f"{name}, real", size, rates["real"], "requests/s"),
            plain(f"{name}, bare", size, rates["bare"], "requests/s"),
        ]
    rates = stand.rates("volunteer", "/", ("real",))
    return [*found, plain("home, real", size, rates["real"], "requests/s")]


def growth(figures: list[Figure]) -> list[Figure]:
    """How much slower the list is at the largest size than at the one before it."""
    found = []
    for name in ("my clients", "branch's clients"):
        by_size = {f.size: f.value for f in figures if f.name == f"{name}, real"}
        if len(by_size) > 1:
            before, last = sorted(by_size)[-2:]
            value = by_size[before] / by_size[last]
            target = (1.2, 1.0) if name == "my clients" else (None, None)
            found.append(ratio(f"{name}, growth", last, value, f"{before} clients", *target, "lower"))
    return found
