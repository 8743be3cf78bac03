"""What each figure must and should reach, in one place; ratios and times in ms unless said otherwise."""

from __future__ import annotations

from typing import NamedTuple


class Target(NamedTuple):
    """What must be reached, and what is aimed at."""

    must: float | None
    aim: float | None = None


NONE = Target(None)
LARGE = 100_000  # clients: from this size on the lists are held to their targets
MILLION = 1_000_000

# By the side that the record page is held against, requests a second.
RECORD = {"bare": Target(1.3, 2.0), "usual": Target(1.7, 2.5), "plain": Target(0.8, 1.0)}
HOME = Target(1.3, 1.0)  # processor time, against the record page's
LIST = Target(1.0, 1.5)
LIST_GROWTH = Target(1.1)  # my clients, largest size against the one before
ROWS_DECRYPTED = Target(1.5, 1.27)
SAVE = Target(2.0, 1.4)
SEARCH = {400: Target(15, 5), 4_000: Target(60, 40), 20_000: Target(300, 200)}
IMPORT = Target(2_000, 3_000)  # contacts a second
EXPORT = Target(1.5, 1.0)  # seconds, of a client with 1 000 contacts
EXPORT_MEMORY = Target(300)  # MB
LOGGED = Target(0.80, 0.95)  # at eight connections, share of the plain INSERT's rate
SEALED = Target(100_000, 200_000)  # leaves a second, at each size
LOST = Target(5, 2)  # % of the inserts, to a sealer beside them
LAG = Target(1, 0.15)  # seconds
VERIFIED = Target(5, 2)  # seconds for a million events, stand-alone
PROOF = Target(0.8, 0.3)  # at a million leaves
# Readable, in seconds; over the wire without fonts, in KB.
PHONE = {
    "first visit": (Target(2.0, 1.2), Target(60, 40)),
    "later": (Target(0.8, 0.5), Target(15, 10)),
}
ROWS_COMPARED = Target(180, 60)  # seconds for a million rows
RETENTION = Target(10, 3)  # seconds of a dry run over a hundred thousand clients
ROTATED = Target(5_000, 20_000)  # clients a second
