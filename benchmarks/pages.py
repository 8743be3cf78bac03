"""Whole pages through gunicorn: the record page, the lists and home, each side in turns."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from html import unescape
from itertools import zip_longest

from benchmarks import load, targets
from benchmarks.cast import RECORD_SIZES, Someone
from benchmarks.figures import PROCESSOR_MS, Figure, plain, ratio
from benchmarks.serving import Page, Rate, Server, compare
from benchmarks.sides import Side
from benchmarks.targets import NONE, Target
from clients.models import Client

TOKENS = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]*')
REAL = "real"
AGAINST = {
    "plain": "plain: one flat Django template",
    "bare": "bare",
    "usual": "guardian + auditlog + Fernet",
}
LISTS = {"my clients": "volunteer", "branch's clients": "coordinator"}
LIST_SIDES = ("plain", "bare", REAL)


class PagesDiffer(RuntimeError):
    """The sides do not show the same page, so their rates say nothing of each other."""


@dataclass
class Stand:
    """The servers of all sides, and who signs in there."""

    people: dict[str, Someone]
    records: dict[int, Client]
    sides: dict[str, Side]
    postmaster: int
    repeats: int
    seconds: float
    servers: dict[str, Server] = field(default_factory=dict)

    def start(self) -> None:
        """Start the servers."""
        self.servers = {name: side.serve() for name, side in self.sides.items()}
        self.servers[REAL] = Server("confidential.wsgi")

    def stop(self) -> None:
        """Stop them."""
        for server in self.servers.values():
            server.stop()

    def page(self, name: str, side: str, username: str, path: str) -> Page:
        """A page of one side, asked for by somebody of the cast."""
        cookie = (
            self.people[username].cookie() if side == REAL else self.sides[side].cookies[username]
        )
        return Page(name, side, self.servers[side].port, path, cookie)

    def rates(self, username: str, path: str, sides: tuple[str, ...]) -> dict[str, Rate]:
        """How fast one address is on each side. Raises PagesDiffer unless all show the same page."""
        pages = [self.page(side, side, username, path) for side in sides]
        self.check(pages)
        return self.compared(pages)

    def compared(self, pages: list[Page]) -> dict[str, Rate]:
        """How fast these pages are, by their names."""
        return compare(pages, self.servers, self.postmaster, self.repeats, self.seconds)

    def check(self, pages: list[Page]) -> None:
        """Raise PagesDiffer unless these pages are the same but for tokens."""
        shown = {page.side: words_of(page) for page in pages}
        for side, found in shown.items():
            if found != shown[REAL]:
                pairs = enumerate(zip_longest(found, shown[REAL]))
                at = next(at for at, (a, b) in pairs if a != b)
                theirs, ours = (" ".join(w[max(at - 4, 0) : at + 8]) for w in (found, shown[REAL]))
                raise PagesDiffer(f"{pages[0].path}: {side} shows {theirs!r}, {REAL} {ours!r}")

    def check_all(self) -> None:
        """Look at every page that is measured on several sides, before anything is measured."""
        for size in RECORD_SIZES:
            sides = (*AGAINST, REAL)
            self.check([self.page(side, side, "keeper", self.record(size)) for side in sides])
        for username in LISTS.values():
            self.check([self.page(side, side, username, "/clients/") for side in LIST_SIDES])

    def record(self, size: int) -> str:
        """The address of the record with so many contacts, with all of them on one page."""
        return f"/clients/{self.records[size].pk}/?show=50"


def words_of(page: Page) -> list[str]:
    """What a page says and how it is marked up, without tokens.

    A run of blanks is as good as another, and the engines write an apostrophe in two ways.
    """
    status, body = load.fetch(page.port, page.path, page.cookie)
    if status != 200:
        raise RuntimeError(f"{page.path} of the {page.side} side answered {status}")
    return unescape(TOKENS.sub(b"", body).decode()).split()


def figures(
    name: str, size: int, rates: dict[str, Rate], side: str, against: str, target: Target
) -> list[Figure]:
    """The real side against another one: by requests a second, and by processor time."""
    real, other = rates[REAL], rates[side]
    found = [ratio(name, size, real.a_second / other.a_second, against, target)]
    if real.processor_ms and other.processor_ms:
        value = other.processor_ms / real.processor_ms
        found.append(ratio(f"{name}, by processor time", size, value, against))
    return found


def reached(name: str, size: int, rates: dict[str, Rate]) -> list[Figure]:
    """What each side reached."""
    found = []
    for side, rate in rates.items():
        found.append(plain(f"{name}, {side}", size, rate.a_second, "requests/s"))
        if rate.processor_ms:
            label = f"{name}, {side}, processor"
            found.append(plain(label, size, rate.processor_ms, PROCESSOR_MS, better="lower"))
    return found


def record_pages(stand: Stand) -> list[Figure]:
    """The page of a record with 10 and with 50 contacts."""
    found = []
    for size in RECORD_SIZES:
        rates = stand.rates("keeper", stand.record(size), (*AGAINST, REAL))
        for side, against in AGAINST.items():
            found += figures("record page", size, rates, side, against, targets.RECORD[side])
        found += reached("record page", size, rates)
    return found


def lists(stand: Stand, size: int) -> list[Figure]:
    """The first 25 of a volunteer's 40, and of a coordinator's branch, among ``size`` clients; home."""
    found = []
    target = targets.LIST if size >= targets.LARGE else NONE
    for name, username in LISTS.items():
        rates = stand.rates(username, "/clients/", LIST_SIDES)
        found += figures(name, size, rates, "bare", "bare page of 25", target)
        found += figures(name, size, rates, "plain", f"{AGAINST['plain']}, 25", NONE)
        found += reached(name, size, rates)
    return [*found, *home(stand, size)]


def home(stand: Stand, size: int) -> list[Figure]:
    """A volunteer's first page, in turns with the page of a record with 10 contacts."""
    first = stand.page("first", REAL, "volunteer", "/")
    record = stand.page("record", REAL, "keeper", stand.record(RECORD_SIZES[0]))
    rates = stand.compared([first, record])
    found = reached("home", size, {REAL: rates["first"]})
    mine, other = rates["first"].processor_ms, rates["record"].processor_ms
    if mine and other:
        name = "home, by processor time"
        found.append(ratio(name, size, mine / other, "record page of 10", targets.HOME, "lower"))
    return found


def growth(figures: list[Figure]) -> list[Figure]:
    """How much slower the list is at the largest size than at the one before it."""
    found = []
    for name in LISTS:
        by_size = {f.size: f for f in figures if f.name == f"{name}, {REAL}"}
        if len(by_size) > 1:
            before, last = (by_size[size] for size in sorted(by_size)[-2:])
            target = targets.LIST_GROWTH if name == "my clients" else NONE
            against = f"{before.size} clients"
            value = before.value / last.value
            one = ratio(f"{name}, growth", last.size, value, against, target, "lower")
            if before.noise and last.noise:
                one = replace(one, noise=round(math.hypot(before.noise, last.noise), 4))
            found.append(one)
    return found
