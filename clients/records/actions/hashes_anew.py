"""All keyed hashes of a branch made anew under a new key, and the old key destroyed, while people work.

A command of that branch opens each client through the door, with an event; it goes on where it was stopped.
The database compares and keeps (``clients/sql/hashes.sql``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import IntegrityError

from audit import door
from audit.actor import Actor
from clients.models import Identity, SafeContact
from clients.records.actions.hashes import HashKeys, branch_keys, identifying
from vault.places import read
from vault.principals import command_transaction
from vault.sealed import open_row

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

AT_ONCE = 50  # opened at once
FIRST = UUID(int=0)
MODELS: dict[str, Any] = {"clients_identity": Identity, "clients_safecontact": SafeContact}
Told = Callable[[int], object]


@dataclass
class Renewed:
    """What was done in a branch; whose keys did not open; and what keeps the old key."""

    clients: int = 0
    hashes: int = 0
    broken: list[UUID] = field(default_factory=list)
    left: int = 0
    imported: int = 0
    busy: bool = False

    @property
    def is_finished(self) -> bool:
        """Whether the branch's old key is destroyed."""
        return not (self.left or self.imported or self.busy)


def make_hashes_anew(
    *, by: Actor, branch: UUID, forget_imports: bool, told: Told = lambda done: None
) -> Renewed:
    """Make a branch's hashes anew. What an import was recognised by is lost: ``forget_imports``.

    Raises DoesNotOpen, and changes nothing, where not both keys open.
    """
    renewed = Renewed()
    new = uuid4()
    _, wrapped = door.new_keys(new)
    if _ask(by, "begin_hashes", new, wrapped.data, wrapped.audit)[0] is None:
        return renewed
    with by.transaction():
        keys = branch_keys(by=by, branch=branch, purpose="upkeep")
    if len(keys.keys) < 2:
        if not _ask(by, "next_old_hashes", FIRST, AT_ONCE)[0]:
            return renewed  # another run has just finished it
        # Without both of them hashes would go that cannot be made anew.
        raise door.DoesNotOpen("branch.compare")
    after = FIRST
    while clients := _ask(by, "next_old_hashes", after, AT_ONCE)[0]:
        _renew(by, keys, clients, renewed)
        after = clients[-1]
        told(renewed.clients)
    try:
        renewed.left, renewed.imported = _ask(by, "finish_hashes", forget_imports)
    except IntegrityError:  # somebody's page was just writing under the older key
        renewed.busy = True
    return renewed


def _renew(by: Actor, keys: HashKeys, clients: list[UUID], renewed: Renewed) -> None:
    opened = _opened(by, clients, renewed)
    with command_transaction(by.token) as cursor:
        cursor.execute("SELECT * FROM sec.hashed_rows(%s)", [list(opened)])
        said: dict[UUID, set[str]] = {client: set() for client in opened}
        for client, table, content in cursor.fetchall():
            said[client].update(_identifying(table, json.loads(content), opened[client]))
        for client, values in said.items():
            was, now = _pairs(keys, values)
            cursor.execute("SELECT sec.hash_anew(%s, %s, %s)", [client, was, now])
            renewed.hashes += cursor.fetchone()[0]
            renewed.clients += 1


def _opened(by: Actor, clients: list[UUID], renewed: Renewed) -> dict[UUID, SubjectKeys]:
    """The keys of these clients; of those only who still wait, where somebody moved one or does the same."""
    try:
        with by.transaction():
            opened = door.open(by, clients, "client.hash_anew", "upkeep")
    except door.NotPermitted:
        if len(clients) == 1:
            return {}
        return {key: keys for one in clients for key, keys in _opened(by, [one], renewed).items()}
    renewed.broken += [client for client in clients if client not in opened]
    return opened


def _identifying(table: str, content: dict[str, Any], keys: SubjectKeys) -> list[str]:
    """What a row, or what it was once, says that was hashed. Nothing where it was altered."""
    model = MODELS[table]
    sealed = read(model._meta.get_field("sealed"), content["sealed"])
    try:
        values = open_row(model, UUID(content["id"]), content["revision"], sealed, content, keys)
    except ValueError:
        return []
    return identifying(values, {}) if model is Identity else identifying({}, values)


def _pairs(keys: HashKeys, values: Iterable[str]) -> tuple[list[bytes], list[bytes]]:
    """The hashes of these under each older key, and beside each the one under the newest."""
    was, now = [], []
    for value in values:
        newest, *older = keys.asked([value])
        was += older
        now += [newest] * len(older)
    return was, now


def _ask(by: Actor, function: str, *arguments: Any) -> Any:
    """The one row that a function of the command answers."""
    marks = ", ".join(["%s"] * len(arguments))
    with command_transaction(by.token) as cursor:
        cursor.execute(f"SELECT * FROM sec.{function}({marks})", list(arguments))  # noqa: S608 - our names
        return cursor.fetchone()
