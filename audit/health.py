"""How the log is: what waits to be sealed, and since when. For the page, for /health/, for a command."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection

ALARM_SECONDS = 60


@dataclass(frozen=True)
class Holder:
    """A transaction that has held sealing back for minutes; without a process, a prepared one."""

    process: int | None
    role: str
    since: datetime

    def __str__(self) -> str:
        what = f"process {self.process}" if self.process else "a prepared transaction"
        return f"{what} of {self.role} since {self.since:%Y-%m-%d %H:%M:%S} UTC"


@dataclass(frozen=True)
class Health:
    """Numbers about the log; times are in seconds."""

    waiting: int
    oldest: float
    leaves: int
    signed: int
    contradicted: int
    holders: tuple[Holder, ...] = ()

    @property
    def alarm(self) -> bool:
        """Whether somebody must look: an event was not sealed for a minute, the tree is not signed, something
        holds sealing back, or a witness has seen another log today."""
        return self.oldest > ALARM_SECONDS or self.contradicted > 0 or bool(self.holders)

    def __str__(self) -> str:
        state = "ALARM" if self.alarm else "ok"
        return (
            f"{state}: {self.leaves} leaves, {self.signed} of them signed; {self.waiting} events wait, "
            f"the oldest for {self.oldest:.0f} s; {self.contradicted} contradictions by witnesses today"
            + "".join(f"; held back by {holder}" for holder in self.holders)
        )


def check() -> Health:
    """How the log is now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT waiting, oldest, leaves, signed, contradicted FROM sec.log_health()")
        found = cursor.fetchone()
        cursor.execute("SELECT pid, role, since FROM sec.log_holders()")
        return replace(Health(*found), holders=tuple(Holder(*row) for row in cursor.fetchall()))
