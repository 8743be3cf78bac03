"""Wrapping every client's keys anew under a new master key: clients a second."""

from __future__ import annotations

import time
from collections.abc import Iterable
from uuid import UUID, uuid4

from django.conf import settings

from benchmarks import targets
from benchmarks.figures import Figure, plain
from benchmarks.log import as_role
from benchmarks.place import Place
from vault import keyring, rotation
from vault.keys import generate
from vault.roles import SEALER
from volunteers.actions.joining import command_actor, end_command


class RotationBench:
    """One run: keys are laid, wrapped anew, compared with what they were, and taken away."""

    def __init__(self, place: Place, *, quick: bool) -> None:
        self.superuser = place.superuser()
        self.size = 10_000 if quick else targets.LARGE

    def everything(self) -> list[Figure]:
        """Clients a second. Raises RuntimeError where a key is left behind or does not open."""
        subjects = [uuid4() for _ in range(self.size)]
        self._lay(subjects)
        actor = command_actor(uuid4(), "keyring_rotate")
        with as_role(SEALER):
            rotation.begin(settings.KEYRING_FILE, actor.token)
            start = time.perf_counter()
            done, broken = rotation.wrap_all_anew(settings.KEYRING_FILE)
            took = time.perf_counter() - start
            start = time.perf_counter()
            compared, mended = rotation.mend(settings.KEYRING_FILE)
            compared_in = time.perf_counter() - start
        remaining = rotation.note_done(actor.token, done)
        end_command(actor)
        if done < self.size or compared < self.size or remaining or broken or mended:
            raise RuntimeError(
                f"wrapped {done}, left {remaining}, broken {len(broken)}, mended {mended}"
            )
        self.superuser.execute("DELETE FROM vault_subjectkey WHERE kind = 'bench'")
        self.superuser.execute("VACUUM ANALYZE")
        return [
            plain(
                "clients' keys wrapped anew",
                done,
                done / took,
                "a second",
                targets.ROTATED,
                "higher",
            ),
            plain(
                "the same compared with what they were",
                compared,
                compared / compared_in,
                "a second",
                targets.NONE,
                "higher",
            ),
        ]

    def _lay(self, subjects: Iterable[UUID]) -> None:
        ring = keyring.load(settings.KEYRING_FILE)
        copy = "COPY vault_subjectkey (subject, kind, data, audit, made_at) FROM STDIN"
        with self.superuser.cursor() as cursor, cursor.copy(copy) as rows:
            for subject in subjects:
                _, wrapped = generate(subject, ring)
                rows.write_row((subject, "bench", wrapped.data, wrapped.audit, "now"))
        self.superuser.execute("VACUUM ANALYZE vault_subjectkey")
