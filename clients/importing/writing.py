"""Writing what was read: clients one by one, contacts in batches, each batch whole or not at all.

What was taken in before is recognised by keyed hashes of the other program's ids, so that running an
import twice adds nothing, and one that was interrupted goes on where it stopped.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from audit import door
from audit.actor import Actor
from clients.importing.mapping import IDENTITY, SAFE_CONTACT
from clients.models import Contact, ContactNote, Fingerprint
from clients.models.records import State
from clients.records.actions import changes, taking_in
from clients.records.actions.hashes import HashKeys, branch_keys
from vault.sealed import INSERTED_AT_ONCE, insert_all

CLIENT, CONTACT = "imp-client", "imp-contact"
KEYS_SECONDS = 60  # then the branch's keys are asked for again: it may have got a new one
ALL_MINUTES = 30
Values = dict[str, Any]


class _Undone(Exception):
    """A dry run takes back what looking cost."""


class Writer:
    """Takes rows into one branch. ``dry`` writes nothing."""

    def __init__(self, actor: Actor, branch: UUID, source: str, *, dry: bool) -> None:
        self.actor = actor
        self.branch = branch
        self.source = source
        self.dry = dry
        self._together = False
        self._clients: dict[str, UUID | None] = {}  # None: would be made, in a dry run
        self._keys: HashKeys | None = None
        self._keys_at = 0.0

    @contextmanager
    def all_together(self) -> Iterator[None]:
        """Everything inside in one transaction, for which more time is asked."""
        with self.actor.transaction():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL transaction_timeout = '{ALL_MINUTES}min'")
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            self._together = True
            yield

    @contextmanager
    def _unit(self) -> Iterator[Actor]:
        if self._together:
            with transaction.atomic():
                yield self.actor
            return
        try:
            with self.actor.transaction() as actor:
                yield actor
                if self.dry:
                    raise _Undone
        except _Undone:
            self.actor.receipts.clear()

    def add_clients(self, rows: list[Values]) -> int:
        """Take these in, but for those who are here already; how many were new."""
        with self._unit() as actor:
            known = self._known(CLIENT, [row["id"] for row in rows])
            new = [row for row in rows if row["id"] not in known]
            made: dict[str, UUID | None] = {**known}
            for row in new:
                made[row["id"]] = None if self.dry else self._take_in(actor, row)
        self._clients.update(made)
        return len(new)

    def _take_in(self, actor: Actor, row: Values) -> UUID:
        identity = {name: str(row[name]) for name in IDENTITY if row.get(name) not in (None, "")}
        new = taking_in.NewClient(
            branch=self.branch,
            language=row["language"],
            identity=identity,
            safe_contact={name: row[name] for name in SAFE_CONTACT if row.get(name)},
            background=row.get("background", ""),
            checked=False,
        )
        client, _ = taking_in.take_in(by=actor, new=new)
        for state, day in ((State.DIED, row.get("died_on")), (State.CLOSED, row.get("closed_on"))):
            if day:
                changes.change_state(by=actor, client=client, state=state, since=day)
                break
        Fingerprint.objects.bulk_create([self._mark(CLIENT, row["id"], client.pk, client.pk)])
        return client.pk

    def find_clients(self, ids: Iterable[str]) -> set[str]:
        """Those of the other program's ids whose clients are here, or would be."""
        wanted = set(ids)
        unknown = [id for id in wanted if id not in self._clients]
        if unknown:
            with self._unit():
                self._clients.update(self._known(CLIENT, unknown))
        return self._clients.keys() & wanted

    def add_contacts(self, rows: list[Values]) -> int:
        """Take these in, but for those that are here already; how many were new."""
        with self._unit() as actor:
            known = self._known(CONTACT, [row["id"] for row in rows])
            new = [row for row in rows if row["id"] not in known]
            if new and not self.dry:
                self._insert(actor, new)
        return len(new)

    def _insert(self, actor: Actor, rows: list[Values]) -> None:
        subjects = {self._client(row) for row in rows}
        keys = door.open(actor, subjects, "contact.import", "import", contacts=len(rows))
        contacts = [self._contact(row) for row in rows]
        Contact.objects.bulk_create(contacts, batch_size=INSERTED_AT_ONCE)
        insert_all(
            [
                ContactNote.new(
                    keys[contact.client_id],
                    client_id=contact.client_id,
                    contact_id=contact.pk,
                    text=row.get("text", ""),
                )
                for row, contact in zip(rows, contacts, strict=True)
            ]
        )
        marks = (
            self._mark(CONTACT, row["id"], contact.client_id, contact.pk)
            for row, contact in zip(rows, contacts, strict=True)
        )
        Fingerprint.objects.bulk_create(marks, batch_size=INSERTED_AT_ONCE)

    def _contact(self, row: Values) -> Contact:
        return Contact(
            client_id=self._client(row),
            branch_id=self.branch,
            channel=row["channel"],
            happened_on=row["happened_on"],
            minutes=row.get("minutes"),
            kilometres=row.get("kilometres"),
        )

    def _client(self, row: Values) -> UUID:
        client = self._clients[row["client"]]
        if client is None:
            raise LookupError("a dry run makes no client")
        return client

    def _known(self, kind: str, ids: list[str]) -> dict[str, UUID]:
        keys = self._branch_keys()
        by_hash = {hash: id for id in ids for hash in keys.asked([self._said(kind, id)])}
        with connection.cursor() as cursor:
            cursor.execute(
                'SELECT hash, "row" FROM sec.known(%s, %s, %s)', [self.branch, kind, list(by_hash)]
            )
            return {by_hash[bytes(hash)]: row for hash, row in cursor.fetchall()}

    def _branch_keys(self) -> HashKeys:
        now = time.monotonic()
        if self._keys is None or now - self._keys_at > KEYS_SECONDS:
            self._keys = branch_keys(by=self.actor, branch=self.branch)
            self._keys_at = now
        return self._keys

    def _said(self, kind: str, id: str) -> str:
        return f"{kind}|{self.source}|{id}"

    def _mark(self, kind: str, id: str, client: UUID, row: UUID) -> Fingerprint:
        keys = self._branch_keys()
        (hash,) = keys.made([self._said(kind, id)])
        return Fingerprint(
            client_id=client,
            branch_id=self.branch,
            kind=kind,
            hash=hash,
            row=row,
            key_id=keys.newest,
        )
