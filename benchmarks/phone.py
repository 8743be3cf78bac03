"""What a person feels on a slow phone: when a page can be read, and what went over the wire, in a real
Chromium.

The processor 4 times slower, 400 kbit/s, 400 ms before each answer, by the browser's own simulation. It
adds nothing for making a connection, and asks one server without TLS. *Readable* is the largest contentful
paint, or the end of the page's text where that is later: the largest text in sight is there, and so is the
rest. The first paint may be the bar at the top alone; it is a figure beside it. A font that comes later
does not make a page readable, it was before (``font-display: swap``). The server has drawn each page
before, as it has for all but the first visitor."""

from __future__ import annotations

import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.demonstration import Demonstration, Place, Visitor, volunteers
from benchmarks.figures import Figure, Rounds, plain
from benchmarks.targets import NONE, PHONE

# As tests/journeys/conftest.py: the first is the same engine without windows.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SLOWER = 4
BYTES_A_SECOND = 400_000 / 8
LATENCY_MS = 400
SCREEN = {"width": 390, "height": 844}  # CSS pixels
WARM = (
    12  # times that a page is asked for before: each of the server's processes has it compiled then
)
SETTLE = 1.5  # seconds without any request: fonts are drawn, htmx has come, a larger paint too
PATIENCE = 30  # seconds for a page
RECORD = re.compile(r'href="(/clients/[0-9a-f-]{36}/)"')

WATCH = """
window.seen = {first: 0, largest: 0, what: ""};
new PerformanceObserver(list => { for (const one of list.getEntries())
  if (one.name === "first-contentful-paint") seen.first = one.startTime;
}).observe({type: "paint", buffered: true});
new PerformanceObserver(list => { for (const one of list.getEntries()) {
  seen.largest = one.startTime; seen.what = one.element ? one.element.tagName : ""; }
}).observe({type: "largest-contentful-paint", buffered: true});
"""
SEEN = """() => ({...seen, whole: performance.getEntriesByType("navigation")[0].domInteractive})"""


@dataclass
class Visit:
    """One page, opened once. Seconds, and bytes by kind of resource."""

    first_paint: float
    readable: float
    what: str
    bytes: Counter[str] = field(default_factory=Counter)

    def without_fonts(self) -> int:
        """Bytes of everything else, heads of answers included."""
        return sum(self.bytes.values()) - self.bytes["font"]


class Wire:
    """Adds up what the network really brought: nothing for what came out of the cache."""

    def __init__(self, session: CDPSession) -> None:
        self.kinds: dict[str, str] = {}
        self.bytes: Counter[str] = Counter()
        self.under_way: set[str] = set()
        self.since = time.monotonic()  # something began or ended
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.responseReceived", self._began)
        session.on("Network.loadingFinished", self._ended)
        session.on("Network.loadingFailed", self._gone)

    def quiet(self) -> float:
        """Seconds since anything was under way; 0 while something is."""
        return 0.0 if self.under_way else time.monotonic() - self.since

    def _asked(self, event: dict[str, Any]) -> None:
        self.under_way.add(event["requestId"])
        self.since = time.monotonic()

    def _gone(self, event: dict[str, Any]) -> None:
        self.under_way.discard(event["requestId"])
        self.since = time.monotonic()

    def _began(self, event: dict[str, Any]) -> None:
        self.kinds[event["requestId"]] = event["type"].lower()

    def _ended(self, event: dict[str, Any]) -> None:
        self.bytes[self.kinds.get(event["requestId"], "other")] += int(event["encodedDataLength"])
        self._gone(event)


def slow(page: Page) -> Wire:
    """Make this page's phone slow, and count."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    speed = {"downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND}
    line = {"offline": False, "latency": LATENCY_MS, **speed}
    session.send("Network.emulateNetworkConditions", line)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return Wire(session)


def visit(page: Page, wire: Wire, address: str) -> Visit:
    """Open a page and wait until nothing more comes. Raises RuntimeError where it is another page."""
    wire.bytes.clear()
    answer = page.goto(address)
    if answer is None or answer.status != 200 or page.url != address:
        raise RuntimeError(f"{address} did not open: {page.url}")
    deadline = time.monotonic() + PATIENCE
    while wire.quiet() < SETTLE and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    seen = page.evaluate(SEEN)
    readable = max(seen["largest"], seen["whole"])
    return Visit(seen["first"] / 1000, readable / 1000, seen["what"], Counter(wire.bytes))


def first_and_later(
    browser: Browser, origin: str, cookies: dict[str, str], path: str, again: int
) -> tuple[Visit, list[Visit]]:
    """A first visit with nothing kept, then ``again`` later ones in the same browser."""
    context = browser.new_context(
        viewport=SCREEN, is_mobile=True, has_touch=True, device_scale_factor=2, locale="fr-FR"
    )
    context.add_cookies([{"name": n, "value": v, "url": origin} for n, v in cookies.items()])
    context.add_init_script(WATCH)
    page = context.new_page()
    wire = slow(page)
    try:
        first = visit(page, wire, origin + path)
        return first, [visit(page, wire, origin + path) for _ in range(again)]
    finally:
        context.close()


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """The browser of this machine; None where there is none."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        yield None
        return
    with sync_playwright() as running:
        launched = running.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()


def figures(name: str, when: str, visits: list[Visit]) -> list[Figure]:
    """What these visits have in common, with the targets of their kind."""
    readable, wire = PHONE[when]
    said = f"{name}, {when}"
    rows = [
        ("readable", [v.readable for v in visits], "s", readable),
        ("first paint", [v.first_paint for v in visits], "s", NONE),
        ("over the wire", [v.without_fonts() / 1000 for v in visits], "KB", wire),
    ]
    for kind in sorted({kind for v in visits for kind in v.bytes}):
        rows.append((kind, [v.bytes[kind] / 1000 for v in visits], "KB", NONE))
    return [
        plain(f"{said}: {what}", 1, Rounds(tuple(values)), unit, target, "lower")
        for what, values, unit, target in rows
    ]


def measure(place: Place, *, repeats: int) -> list[Figure]:
    """Home, record and contact form of a volunteer."""
    person = Visitor(place.host, place.port)
    person.sign_in(volunteers()[0], place.password())
    _, home, _ = person.ask("/clients/")
    if not (found := RECORD.search(home)):
        raise RuntimeError("The volunteer has no client.")
    pages = {"home": "/", "record page": found[1], "contact form": f"{found[1]}contacts/new/"}
    done: list[Figure] = []
    with chromium() as browser:
        if browser is None:
            print("NO BROWSER: nothing was measured on a phone. Install chromium-headless-shell.")
            return []
        for name, path in pages.items():
            for _ in range(WARM):
                person.ask(path)
            each = [
                first_and_later(browser, person.origin, person.cookies, path, 2)
                for _ in range(repeats)
            ]
            print(f"phone, {name}: the largest in sight is {each[0][0].what}", flush=True)
            done += figures(f"phone, {name}", "first visit", [first for first, _ in each])
            done += figures(f"phone, {name}", "later", [v for _, later in each for v in later])
    return done


class PhoneBench:
    """Starts a demonstration of its own, for it needs no other side."""

    def __init__(self, *, quick: bool) -> None:
        self.repeats = 3 if quick else 7

    def everything(self) -> list[Figure]:
        """All figures of a phone."""
        demonstration = Demonstration()
        try:
            return measure(demonstration.start(), repeats=self.repeats)
        finally:
            demonstration.stop()
