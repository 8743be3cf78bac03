"""The second sink: each event leaves a keyed hash outside the database as soon as it is committed.

One line an event: ``event <master key's name> <event id> <HMAC-SHA-256>``; and one for each signed
tree: ``tree <size> <root>``. The key is not in the database, so whoever changes rows there cannot
write the line that would fit. ``manage.py audit_reconcile`` compares.

A file is written at once (what a killed process wrote stays) and brought to disk by a thread within a
fraction of a second; another host is told by that thread. What the sink does not take is kept and
tried again while the process lives: a full disk there stops nobody from reading.
"""

from __future__ import annotations

import hmac
import logging
import os
import threading
import urllib.request
from collections import deque
from collections.abc import Iterable
from functools import cache
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction

from audit.keys import sink_key

log = logging.getLogger("audit")
SYNC_SECONDS = 0.2
RETRY_SECONDS = 2.0
HTTP_SECONDS = 5.0
MOST_KEPT = 100_000  # parcels


class Sink:
    """Where lines go: a file, or an address that takes them by POST."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.remote = target.startswith(("http://", "https://"))
        self.kept: deque[bytes] = deque(maxlen=MOST_KEPT)
        self._file: int | None = None
        self._unsynced = False
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def tell(self, lines: Iterable[str]) -> None:
        """Pass lines on. Never raises: what cannot be passed on is kept for later."""
        parcel = "".join(f"{line}\n" for line in lines).encode()
        with self._lock:
            if self.remote or self.kept or not self._written(parcel):
                self.kept.append(parcel)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="log sink", daemon=True)
                self._thread.start()
        self._wake.set()

    def flush(self) -> bool:
        """Pass on what is kept and bring it to disk; whether nothing is left."""
        while self.kept:
            parcel = self.kept[0]
            if not (self._sent(parcel) if self.remote else self._written(parcel)):
                return False
            self.kept.popleft()
        if self._unsynced and self._file is not None:
            self._unsynced = False
            os.fdatasync(self._file)
        return True

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            threading.Event().wait(SYNC_SECONDS)  # many commits, one sync
            while not self.flush():
                threading.Event().wait(RETRY_SECONDS)

    def _written(self, parcel: bytes) -> bool:
        try:
            if self._file is None:
                flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
                self._file = os.open(self.target, flags, 0o600)
            if os.write(self._file, parcel) != len(parcel):
                os.write(self._file, b"\n")  # the torn line ends here; the whole parcel comes again
                return False
        except OSError as error:
            log.error("The second sink of the log takes nothing: %s", error.strerror)
            return False
        self._unsynced = True
        return True

    def _sent(self, parcel: bytes) -> bool:
        request = urllib.request.Request(self.target, data=parcel, method="POST")  # noqa: S310 - http only, from the settings
        try:
            with urllib.request.urlopen(request, timeout=HTTP_SECONDS) as answer:  # noqa: S310
                return 200 <= answer.status < 300
        except OSError as error:
            log.error("The second sink of the log does not answer: %s", error)
            return False


@cache
def sink() -> Sink | None:
    """The sink of the settings, or None."""
    return Sink(str(settings.LOG_SINK)) if settings.LOG_SINK else None


def note(using: str = "default") -> set[UUID]:
    """Before COMMIT: the events of this transaction; the sink is told of them once it has committed."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT event, digest FROM sec.own_events()")
        events = {event: bytes(digest) for event, digest in cursor.fetchall()}
    to = sink()
    if events and to:
        transaction.on_commit(lambda: to.tell(event_lines(events)), using=using)
    return set(events)


def event_lines(events: dict[UUID, bytes]) -> list[str]:
    """A line for each event, from the digest of its row."""
    name, key = sink_key()
    return [f"event {name} {event} {keyed(key, event, digest)}" for event, digest in events.items()]


def keyed(key: bytes, event: UUID, digest: bytes) -> str:
    """The keyed hash of one row."""
    return hmac.digest(key, event.bytes + digest, "sha256").hex()


def tell_tree(size: int, root: bytes) -> None:
    """Tell the sink how far the signed tree has come."""
    to = sink()
    if to:
        to.tell([f"tree {size} {root.hex()}"])
