"""Comparing each row with the event that wrote it: how long ``audit_verify`` takes for that."""

from __future__ import annotations

import time
from uuid import uuid4

from audit.reading import snapshot
from audit.rows import Compared, Comparison
from benchmarks import targets
from benchmarks.figures import Figure, plain
from benchmarks.log import as_role
from benchmarks.place import BASE, Place
from vault.roles import VERIFIER

TOUCHED = 5


class RowsBench:
    """One run: rows are laid with their events, compared, tampered with, compared again, taken away."""

    def __init__(self, place: Place, *, quick: bool) -> None:
        self.superuser = place.superuser()
        self.size = 100_000 if quick else 1_000_000
        self.mark = uuid4()

    def everything(self) -> list[Figure]:
        """Seconds to compare all of them. Raises RuntimeError when what was tampered with is not found."""
        self.superuser.execute((BASE / "benchmarks" / "rows.sql").read_text())
        self.superuser.execute("SELECT bench_rows(%s, %s)", [self.size, self.mark])
        self.superuser.execute("VACUUM ANALYZE")
        with as_role(VERIFIER):
            start = time.perf_counter()
            whole = compared()
            took = time.perf_counter() - start
            self._tamper()
            touched = compared()
        if whole.faults or len(touched.faults) != TOUCHED:
            raise RuntimeError(f"{TOUCHED} rows were changed; found: {touched.faults[:10]}")
        self.superuser.execute("SELECT bench_rows_away(%s)", [self.mark])
        self.superuser.execute("VACUUM ANALYZE")
        target = targets.ROWS_COMPARED if self.size >= targets.MILLION else targets.NONE
        name = "each row compared with its write event"
        return [plain(name, whole.rows, took, "s", target, "lower")]

    def _tamper(self) -> None:
        with self.superuser.transaction():
            self.superuser.execute("SET LOCAL session_replication_role = replica")
            self.superuser.execute(
                "UPDATE clients_contactnote SET sealed = sealed || '\\x00' WHERE id IN"
                " (SELECT id FROM clients_contactnote ORDER BY id DESC LIMIT %s)",
                [TOUCHED],
            )


def compared() -> Compared:
    """One comparison of everything."""
    with snapshot():
        return Comparison().run()
