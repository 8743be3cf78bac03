"""The register of events: every code of the log, how it gets there, who may claim it, and its words.

The lines stand by matter in the modules beside this one. ``migrate`` lays those that somebody may claim by
themselves into ``sec.claims``, and the database refuses every other name: it is written by the database
alone. A page that is only asked for writes nothing but reading.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import chain

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.events import access, disclosures, keeping, log, portal, records, team
from audit.events.kinds import (
    ASKED,
    DONE,
    LISTED,
    READ,
    SCANNED,
    SHOWN,
    WRITE,
    Kind,
    Way,
)

LINES: tuple[Kind, ...] = tuple(
    chain.from_iterable(
        part.LINES for part in (records, access, disclosures, portal, keeping, team, log)
    )
)
EVENTS: Mapping[str, Kind] = {line.code: line for line in LINES}
# What the lead chooses from, by matter.
MATTERS: tuple[tuple[Promise, tuple[Kind, ...]], ...] = (
    (_("Records and contacts"), records.LINES),
    (_("Who may open a record"), access.LINES),
    (_("Sharing with a third party"), disclosures.LINES),
    (_("Clients’ spaces and requests"), portal.LINES),
    (_("How long records are kept"), keeping.LINES),
    (_("The team and the code"), team.LINES),
    (_("The log itself"), log.LINES),
)
PAGE = "page."  # a page that was refused before anything on it was asked for: this, and the page's name
# In which of its functions the database takes a name.
CLAIMED: dict[str, tuple[Way, ...]] = {
    "open": (READ, LISTED, WRITE),
    "scan": (SCANNED,),
    "ask": (ASKED,),
    "record": (SHOWN, DONE),
}


def same_words(code: str) -> tuple[str, ...]:
    """The codes that the team reads in the same words, in their order: one choice, whichever it was."""
    said = str(EVENTS[code].staff)
    return tuple(line.code for line in LINES if str(line.staff) == said)


def codes(*ways: Way) -> frozenset[str]:
    """The codes of the events that come into the log in one of these ways."""
    return frozenset(line.code for line in LINES if line.way in ways)


READING = codes(READ, LISTED, SCANNED, SHOWN)
OPENING = codes(READ, WRITE)
LISTING = codes(LISTED)


def ways() -> dict[str, dict[str, tuple[str, ...]]]:
    """How each event may be claimed, and by whom."""
    claimed_in = {
        function: {line.code: line.who for line in LINES if line.way in taken}
        for function, taken in CLAIMED.items()
    }
    return claimed_in | {"deny": {line.code: ("anybody",) for line in LINES if line.can_be_refused}}


def claims() -> str:
    """Way, code and who may claim it, as the database keeps them."""
    return json.dumps(ways(), sort_keys=True)
