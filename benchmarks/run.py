"""One run: lays all sides, lets the crowd grow, and measures at each size."""

from __future__ import annotations

import time

from django.conf import settings
from django.db import connections

from benchmarks import cast, crowd, exporting, importing, need, pages, searching, statements
from benchmarks.figures import Figure
from benchmarks.place import Place
from benchmarks.sides import Side, describe
from vault import keyring


class Run:
    """Everything that one run needs; ``wanted`` names what is measured."""

    def __init__(self, place: Place, wanted: frozenset[str], *, quick: bool) -> None:
        self.place, self.wanted = place, wanted
        self.repeats = 40 if quick else 200
        self.rounds = 3 if quick else 5
        with place.superuser() as superuser:
            self.people = cast.build(superuser)
        records = {size: cast.record_of(size, self.people["keeper"]) for size in cast.RECORD_SIZES}
        describe(place, self.people, records)
        self.sides = {side: Side(place, side) for side in ("bare", "usual")}
        self.sides["plain"] = self.sides["bare"].drawn_as("plain")
        self.stand = pages.Stand(
            self.people,
            records,
            self.sides,
            place.postmaster(),
            repeats=self.rounds,
            seconds=1.0 if quick else 2.0,
        )
        self.crowd = crowd.Crowd(self.people, keyring.load(settings.KEYRING_FILE))
        statements.connect_bare()

    def everything(self, sizes: list[int]) -> list[Figure]:
        """All figures that are wanted, size by size."""
        if not self.wanted & {"lists", "search", "need"}:
            sizes = sizes[:1]
        found: list[Figure] = []
        self.stand.start()
        try:
            for size in sizes:
                self.grow(size)
                if size == sizes[0]:
                    self.stand.check_all()
                    found += self.small()
                if "lists" in self.wanted:
                    found += pages.lists(self.stand, size)
                if "need" in self.wanted:
                    with self.place.superuser() as superuser:
                        found += need.checks(self.people, superuser, size, self.repeats)
            found += pages.growth(found)
        finally:
            self.stand.stop()
        if "search" in self.wanted:
            found += searching.searches(self.people, self.crowd.size, self.repeats // 5)
        connections.close_all()
        return found

    def grow(self, size: int) -> None:
        """Bring all sides to ``size`` clients."""
        start = time.monotonic()
        with self.place.superuser() as superuser:
            self.crowd.grow(superuser, size)
        with self.place.superuser("bare") as superuser:
            self.sides["bare"].grow(superuser, self.people, size)
        for side in ("confidential", "bare", "usual"):
            with self.place.superuser(side) as superuser:
                # Or PostgreSQL does it by itself, at the cost of whichever side is being measured.
                superuser.execute("VACUUM (ANALYZE)")
                superuser.execute("CHECKPOINT")
        print(f"{size} clients on all sides after {time.monotonic() - start:.1f} s", flush=True)

    def small(self) -> list[Figure]:
        """What does not depend on the number of clients."""
        found: list[Figure] = []
        if "record" in self.wanted:
            found += pages.record_pages(self.stand)
        with self.place.superuser() as superuser:
            if "statements" in self.wanted:
                found += statements.decrypting(self.people["volunteer"], self.repeats)
                found += statements.entering(self.people["volunteer"], self.repeats)
                found += statements.logging_a_view(
                    self.people["volunteer"], superuser, self.repeats
                )
                client = self.stand.records[10]
                found += statements.saving(client, self.people["keeper"], self.repeats)
            if "import" in self.wanted:
                found += importing.importing(self.place, superuser)
        if "export" in self.wanted:
            found += exporting.exporting(self.people, self.rounds)
        return found
