"""How the log is: what waits to be sealed, and since when. For the page, for /health/, for a command."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

ALARM_SECONDS = 60


@dataclass(frozen=True)
class Health:
    """Numbers about the log; times are in seconds."""

    waiting: int
    oldest: float
    leaves: int
    signed: int

    @property
    def alarm(self) -> bool:
        """Whether somebody must look: an event was not sealed for a minute, or the tree is not signed."""
        return self.oldest > ALARM_SECONDS

    def __str__(self) -> str:
        state = "ALARM" if self.alarm else "ok"
        return (
            f"{state}: {self.leaves} leaves, {self.signed} of them signed; {self.waiting} events wait, "
            f"the oldest for {self.oldest:.0f} s"
        )


def check() -> Health:
    """How the log is now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT waiting, oldest, leaves, signed FROM sec.log_health()")
        return Health(*cursor.fetchone())
