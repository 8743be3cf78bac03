"""Who does what in the load of many people, and how the times of their pages are summed up. No input or
output."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

# Of 100 errands of a volunteer: one page (home, record) or several (a contact: form, saving, record).
ERRANDS = {"home": 35, "record": 35, "contact": 12, "search": 18}
CLIENTS = 0.1  # of those signed in; they look at their own space
PORTAL = ("/my-space/", "/my-space/details/", "/my-space/contacts/", "/my-space/seen/")
RECORD = re.compile(r'href="(/clients/[0-9a-f-]{36}/)"')
WORDS = ("martin", "le bris", "durand", "06", "marie", "petit")
MUST_MS = 300
FLAT = 1.05  # the last memory against that after the first quarter


@dataclass(frozen=True)
class Step:
    """One page to ask for: what it is called in the table, its path, and whether its form is sent."""

    kind: str
    path: str
    fields: tuple[tuple[str, str], ...] | None = (
        None  # beside those that the last page's form holds
    )


def shares(people: int) -> tuple[int, int]:
    """How many of ``people`` serve, and how many are clients: at least one of each where there are two."""
    clients = min(max(round(people * CLIENTS), 1), people - 1)
    return people - clients, clients


def errands(records: list[str], chance: random.Random) -> Iterator[Step]:
    """What a volunteer with these records opens, one after the other, without end."""
    names, weights = list(ERRANDS), list(ERRANDS.values())
    while True:
        record = chance.choice(records)
        match chance.choices(names, weights)[0]:
            case "home":
                yield Step("home", "/")
            case "record":
                yield Step("record", record)
            case "contact":
                yield Step("contact form", f"{record}contacts/new/")
                said = ("text", f"Rang them; all is well ({chance.randrange(1000)}).")
                yield Step("saving a contact", f"{record}contacts/new/", (said,))
                yield Step("record", record)
            case _:
                yield Step("search form", "/search/")
                yield Step("search", "/search/", (("words", chance.choice(WORDS)),))


def in_the_portal(chance: random.Random) -> Iterator[Step]:
    """What a client opens, without end."""
    while True:
        yield Step("portal", chance.choice(PORTAL))


class Form(HTMLParser):
    """The fields of the forms of a page, with what they hold when it is drawn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[list[tuple[str, str]]] = []
        self._area: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what would be sent."""
        has = dict(attrs)
        name = has.get("name")
        if tag == "form":
            self.forms.append([])
        elif tag == "textarea" and name and self.forms:
            self._area = name
            self.forms[-1].append((name, ""))  # an empty one has no data
        elif tag == "input" and name and self.forms:
            kind = has.get("type", "text")
            ticked = kind not in ("radio", "checkbox") or "checked" in has
            if ticked and kind not in ("submit", "file"):
                self.forms[-1].append((name, has.get("value") or ""))

    def handle_data(self, data: str) -> None:
        """What stands in a large field."""
        if self._area:
            self.forms[-1][-1] = (self._area, data.removeprefix("\n"))

    def handle_endtag(self, tag: str) -> None:
        """The end of a large field."""
        if tag == "textarea":
            self._area = None

    def filled(self, fields: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
        """The form that has the first of these fields, filled in. Raises ValueError where none has."""
        form = next((f for f in self.forms if fields[0][0] in dict(f)), None)
        if form is None:
            raise ValueError(f"The page has no form with {fields[0][0]}.")
        own = {name for name, _ in fields}
        return [*(pair for pair in form if pair[0] not in own), *fields]


def percentile(values: list[float], share: float) -> float:
    """The smallest of ``values`` that at least ``share`` of them do not exceed; 0 of none."""
    if not values:
        return 0.0
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * round(share * 1000) // 1000) - 1)]


@dataclass
class Times:
    """What came back: seconds by page, and what went wrong."""

    by_kind: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)

    def count(self) -> int:
        """Answers, right or wrong."""
        return sum(map(len, self.by_kind.values())) + self.errors.total()

    def table(self) -> str:
        """Milliseconds by page, in Markdown; all pages together last."""
        every = [t for times in self.by_kind.values() for t in times]
        lines = ["| page | requests | p50 | p95 | p99 | worst |", "|---|---:|---:|---:|---:|---:|"]
        for kind, times in [*sorted(self.by_kind.items()), ("**all**", every)]:
            marks = [percentile(times, share) * 1000 for share in (0.5, 0.95, 0.99, 1.0)]
            shown = " | ".join(f"{mark:.0f} ms" for mark in marks)
            lines.append(f"| {kind} | {len(times)} | {shown} |")
        return "\n".join(lines)

    def p95_ms(self, kind: str | None = None) -> float:
        """The 95th percentile of a page, or of all."""
        chosen = self.by_kind.values() if kind is None else [self.by_kind.get(kind, [])]
        return percentile([t for times in chosen for t in times], 0.95) * 1000


def growth(samples: list[tuple[int, float]]) -> tuple[float, float]:
    """Of ``(requests, MB)`` after the first quarter: the slope, and the last against the first of them.

    The slope is by least squares, in MB for 10 000 requests; (0, 1) where there is nothing to compare."""
    later = [s for s in samples if s[0] >= samples[-1][0] / 4] if samples else []
    if len(later) < 2 or later[0][0] == later[-1][0]:
        return 0.0, 1.0
    middle_x = sum(x for x, _ in later) / len(later)
    middle_y = sum(y for _, y in later) / len(later)
    slope = sum((x - middle_x) * (y - middle_y) for x, y in later) / sum(
        (x - middle_x) ** 2 for x, _ in later
    )
    return slope * 10_000, later[-1][1] / later[0][1]
