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
    contradicted: int

    @property
    def alarm(self) -> bool:
        """Whether somebody must look: an event was not sealed for a minute, the tree is not signed, or a
        witness has seen another log today."""
        return self.oldest > ALARM_SECONDS or self.contradicted > 0

    def __str__(self) -> str:
        state = "ALARM" if self.alarm else "ok"
        return (
            f"{state}: {self.leaves} leaves, {self.signed} of them signed; {self.waiting} events wait, "
            f"the oldest for {self.oldest:.0f} s; {self.contradicted} contradictions by witnesses today"
        )


def check() -> Health:
    """How the log is now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT waiting, oldest, leaves, signed, contradicted FROM sec.log_health()")
        return Health(*cursor.fetchone())
