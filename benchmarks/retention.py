"""The dry run of retention over many clients: what ``manage.py retention --dry-run`` asks the database."""

from __future__ import annotations

import json
import time
from uuid import uuid4

from benchmarks import targets
from benchmarks.figures import Figure, plain
from benchmarks.log import as_role
from benchmarks.place import Place
from rights.retention import actions, reading
from rights.retention.schedule import proposal
from vault.roles import WORKER

CONTACTS = 8  # of each client, every seventh of them a call that nobody answered
# A fifth was last reached more than two years ago; a tenth of these is held.
CLIENTS = """
    INSERT INTO clients_client (id, branch_id, reference, state, language, pseudonym, taken_in_at)
    SELECT gen_random_uuid(), %(branch)s, 'T-' || n, CASE n %% 4 WHEN 0 THEN 'closed' ELSE 'open' END,
        'fr', false, now() - interval '9 years' FROM generate_series(1, %(size)s) n
"""
SPOKEN = """
    INSERT INTO clients_contact (id, client_id, branch_id, channel, happened_on, reached, urgent, made_at,
        revision)
    SELECT gen_random_uuid(), c.id, c.branch_id, 'phone', sec.today() - 60 * n
            - CASE substr(c.reference, 3)::integer %% 5 WHEN 0 THEN 900 ELSE 0 END,
        n %% 7 <> 0, false, now(), 1
    FROM clients_client c, generate_series(1, %(contacts)s) n WHERE c.branch_id = %(branch)s
"""
HELD = """
    INSERT INTO rights_hold (id, client_id, ground, placed_by_id)
    SELECT gen_random_uuid(), c.id, 'court', %(branch)s FROM clients_client c
    WHERE c.branch_id = %(branch)s AND substr(c.reference, 3)::integer %% 50 = 0
"""
ADOPTED = """
    INSERT INTO rights_schedule (number, periods, drafted_by_id, adopted_on, adopted_by_id)
    VALUES (1, %(periods)s, %(branch)s, sec.today(), %(branch)s) ON CONFLICT DO NOTHING
"""


class RetentionBench:
    """One run: clients are laid, the dry run is taken, and they are taken away."""

    def __init__(self, place: Place, *, quick: bool) -> None:
        self.superuser = place.superuser()
        self.size = 10_000 if quick else targets.LARGE
        self.branch = uuid4()

    def everything(self) -> list[Figure]:
        """Seconds of the dry run. Raises RuntimeError when it finds something else than was laid."""
        self._lay()
        with as_role(WORKER):
            start = time.perf_counter()
            found = [row for row in reading.listed() if row.reference.startswith("T-")]
            actions.to_sweep()
            took = time.perf_counter() - start
        held = sum(bool(row.kept_by) for row in found)
        if (len(found), held) != (self.size // 5, self.size // 50):
            raise RuntimeError(f"{len(found)} found, {held} of them held")
        self._take_away()
        target = targets.RETENTION if self.size >= targets.LARGE else targets.NONE
        return [plain("retention, dry run", self.size, took, "s", target, "lower")]

    def _lay(self) -> None:
        values = {
            "branch": self.branch,
            "size": self.size,
            "contacts": CONTACTS,
            "periods": json.dumps(proposal()),
        }
        with self.superuser.transaction():
            self.superuser.execute("SET LOCAL session_replication_role = replica")
            self.superuser.execute(
                "INSERT INTO volunteers_branch (id, code, name) VALUES (%s, 'TIME', 'Time')",
                [self.branch],
            )
            for statement in (CLIENTS, SPOKEN, HELD, ADOPTED):
                self.superuser.execute(statement, values)
        self.superuser.execute("VACUUM ANALYZE")

    def _take_away(self) -> None:
        with self.superuser.transaction():
            self.superuser.execute("SET LOCAL session_replication_role = replica")
            self.superuser.execute(
                "DELETE FROM rights_schedule WHERE drafted_by_id = %s", [self.branch]
            )
            self.superuser.execute("DELETE FROM rights_hold WHERE placed_by_id = %s", [self.branch])
            for table in ("clients_contact", "clients_client"):
                self.superuser.execute(f"DELETE FROM {table} WHERE branch_id = %s", [self.branch])
            self.superuser.execute("DELETE FROM volunteers_branch WHERE id = %s", [self.branch])
        self.superuser.execute("VACUUM ANALYZE")
