"""The log: writing, beside a plain INSERT and others' logs; sealing, verifying, proving, at three sizes."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

from django.db import connections

from audit import door, proofs, sealing
from audit.exporting import export
from audit.signing import verifier_key
from audit.verifying import verify
from benchmarks import targets
from benchmarks.figures import Figure, Rounds, plain, ratio
from benchmarks.place import BASE, Place
from vault.roles import SEALER, VERIFIER

KINDS = {
    "plain": "a plain INSERT",
    "own": "this log",
    "chain": "a hash chain with a lock",
    "auditlog": "django-auditlog",
    "easyaudit": "django-easy-audit",
    "pghistory": "django-pghistory",
}
CONNECTIONS = (1, 4, 8)
SUBJECTS = 1_000


class Team:
    """Some writers of one kind, who wait for the word."""

    def __init__(self, bench: LogBench, kind: str, count: int) -> None:
        user = "confidential_app" if kind == "own" else "postgres"
        address = bench.place.server.conninfo(dbname="confidential", user=user)
        command = [sys.executable, "-m", "benchmarks.log_writer", kind, address]
        self.writers = [
            subprocess.Popen(
                command,
                cwd=BASE,
                env=bench.rivals,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(count)
        ]
        for writer in self.writers:
            if writer.stdout.readline() != "ready\n":
                raise RuntimeError(f"A writer of {kind} did not start; the lines above say why.")

    def rate(self, seconds: float) -> float:
        """Events a second of all of them."""
        for writer in self.writers:
            writer.stdin.write(f"{seconds}\n")
            writer.stdin.flush()
        return sum(int(writer.stdout.readline()) for writer in self.writers) / seconds

    def stop(self) -> None:
        """Send them away."""
        for writer in self.writers:
            writer.communicate()


class LogBench:
    """One run; the log grows from size to size."""

    def __init__(self, place: Place, *, quick: bool) -> None:
        self.place = place
        self.seconds = 1.0 if quick else 3.0
        self.repeats = 2 if quick else 4
        self.sizes = [1_000, 10_000, 50_000] if quick else [10_000, 100_000, targets.MILLION]
        self.superuser = place.superuser()
        self.subjects: list[UUID] = []
        self.rivals = {
            **os.environ,
            "BENCH_RIVALS": str(place.var / "rivals.json"),
            "DJANGO_SETTINGS_MODULE": "benchmarks.rivals.settings",
        }

    def everything(self) -> list[Figure]:
        """All figures of the log."""
        self.lay()
        with as_role(SEALER):
            sealing.prepare()
            found = [figure for size in self.sizes[:-1] for figure in self.grown(size)]
            # The writers fill the log by themselves, the faster the machine; the largest size comes after.
            self.superuser.execute("SELECT bench_alike()")
            found += [*self.writing(), *self.beside_a_sealer(), *self.grown(self.sizes[-1])]
        return found

    # ---- writing

    def writing(self) -> list[Figure]:
        """Events a second, by kind and connections; the kinds take turns."""
        found = []
        for count in CONNECTIONS:
            teams = {kind: Team(self, kind, count) for kind in KINDS}
            rates: dict[str, list[float]] = {kind: [] for kind in KINDS}
            for _ in range(self.repeats):
                for kind, team in teams.items():
                    rates[kind].append(team.rate(self.seconds))
            best = {kind: Rounds(tuple(seen)) for kind, seen in rates.items()}
            for team in teams.values():
                team.stop()
            for kind, name in KINDS.items():
                if kind != "own":
                    share = best["own"] / best[kind]
                    held = kind == "plain" and count == max(CONNECTIONS)
                    target = targets.LOGGED if held else targets.NONE
                    found.append(ratio("an event logged", count, share, name, target))
            found += [
                plain(f"events logged: {KINDS[kind]}", count, rate, "events/s")
                for kind, rate in best.items()
            ]
        return found

    def beside_a_sealer(self) -> list[Figure]:
        """What a sealer costs those who write at eight connections, and how far it is behind."""
        alone, beside, lags = [], [], []
        team = Team(self, "own", 8)
        for _ in range(self.repeats):
            alone.append(team.rate(self.seconds))
            with self.sealer(lags):
                beside.append(team.rate(self.seconds))
        team.stop()
        cost = (1 - statistics.median(beside) / statistics.median(alone)) * 100
        lag = statistics.median(lags)
        return [
            plain("inserts lost to a sealer beside them", 8, cost, "%", targets.LOST, "lower"),
            plain("lag of sealing beside eight writers", 8, lag, "s", targets.LAG, "lower"),
        ]

    @contextmanager
    def sealer(self, lags: list[float]) -> Iterator[None]:
        """The sealer's loop in a process of its own; how old the oldest unsealed event is meanwhile."""
        stop = threading.Event()

        def watch() -> None:
            with self.place.superuser() as superuser:
                while not stop.wait(0.2):
                    row = superuser.execute("SELECT oldest FROM sec.log_health()").fetchone()
                    lags.append(float(row[0]))

        environment = {**os.environ, "CONFIDENTIAL_ROLE": "sealer"}
        command = [sys.executable, "manage.py", "audit_seal"]
        child = subprocess.Popen(command, cwd=BASE, env=environment)
        while self.superuser.execute("SELECT count(*) FROM audit_pending").fetchone()[0]:
            time.sleep(0.1)
        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield
        finally:
            stop.set()
            watcher.join()
            child.terminate()
            child.wait()

    # ---- a log of a size

    def grown(self, size: int) -> list[Figure]:
        """Seal up to ``size`` leaves, then verify all and prove some."""
        have = self.superuser.execute(
            "SELECT t.size + (SELECT count(*) FROM audit_pending) FROM audit_tree t"
        ).fetchone()[0]
        new = max(0, size - have)
        self.superuser.execute("SELECT bench_fill(%s, %s)", [self.subjects, new])
        self.superuser.execute("VACUUM ANALYZE audit_event, audit_pending, audit_leaf")
        start = time.perf_counter()
        rate = sealing.seal() / (time.perf_counter() - start)
        folder = self.place.var / "exported"
        export(folder)
        command = [sys.executable, "tools/verify_log.py", str(folder), "--key", str(verifier_key())]
        start = time.perf_counter()
        subprocess.run(command, cwd=BASE, check=True, capture_output=True)
        alone = time.perf_counter() - start
        shutil.rmtree(folder)
        start = time.perf_counter()
        with as_role(VERIFIER):
            faults = verify().faults
        if faults:
            raise RuntimeError(f"The log does not verify: {faults[:3]}")
        within = time.perf_counter() - start
        size = self.superuser.execute("SELECT size FROM audit_tree").fetchone()[0]
        large = size >= targets.MILLION
        verified = targets.VERIFIED if large else targets.NONE
        proved = targets.PROOF if large else targets.NONE
        return [
            plain("sealing, through the database", size, rate, "leaves/s", targets.SEALED),
            plain("the stand-alone verifier", size, alone, "s", verified, "lower"),
            plain("audit_verify, with every event", size, within, "s", better="lower"),
            plain("an inclusion proof", size, self.proof(), "ms", proved, "lower"),
        ]

    def proof(self) -> Rounds:
        """Milliseconds of a proof for an event anywhere in the log."""
        rows = self.superuser.execute(
            "SELECT event FROM audit_leaf WHERE index IN (SELECT (random() * t.size)::bigint "
            "FROM audit_tree t, generate_series(1, 300))"
        ).fetchall()
        times = []
        for (event,) in rows:
            start = time.perf_counter()
            proofs.inclusion(event)
            times.append((time.perf_counter() - start) * 1000)
        return Rounds(tuple(times))

    # ---- the place

    def lay(self) -> None:
        """Tables to compare with, and subjects with keys."""
        self.superuser.execute((BASE / "benchmarks" / "log.sql").read_text())
        for _ in range(SUBJECTS):
            subject = uuid4()
            _, wrapped = door.new_keys(subject)
            self.superuser.execute(
                "INSERT INTO vault_subjectkey (subject, kind, data, audit) "
                "VALUES (%s, 'client', %s, %s)",
                [subject, wrapped.data, wrapped.audit],
            )
            self.subjects.append(subject)
        self.superuser.execute("CREATE DATABASE rivals")
        found = {"NAME": "rivals", "USER": "postgres", "HOST": str(self.place.server.socket)}
        (self.place.var / "rivals.json").write_text(json.dumps(found))
        command = [sys.executable, "-m", "benchmarks.rivals.lay"]
        subprocess.run(command, cwd=BASE, env=self.rivals, check=True)


@contextmanager
def as_role(role: str) -> Iterator[None]:
    """Django's connection is this role's meanwhile."""
    before = connections["default"]
    own = before.copy(alias=role)
    own.settings_dict = {**before.settings_dict, "USER": role}
    connections["default"] = own
    try:
        yield
    finally:
        own.close()
        connections["default"] = before
