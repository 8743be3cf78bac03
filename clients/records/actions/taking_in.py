"""Taking in a client, and recognising one who seems to be known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from audit import door
from audit.actor import Actor
from audit.door import new_keys
from clients.access.definers import execute
from clients.models import Background, Client, Identity, SafeContact
from clients.records.actions.hashes import branch_keys, identifying, remember
from volunteers.references import new_reference

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


@dataclass
class NewClient:
    """What is asked when a client is taken in; the words by field name."""

    branch: UUID
    language: str
    identity: dict[str, Any]
    safe_contact: dict[str, Any] = field(default_factory=dict)
    background: str = ""
    pseudonym: bool = False
    id: UUID | None = None
    checked: bool = True  # that the safe contact was asked for now; what is imported was not


def take_in(*, by: Actor, new: NewClient) -> tuple[Client, SubjectKeys]:
    """A new record with its keys; whoever is no coordinator of the branch is assigned to it.

    The database refuses (ProgrammingError) a branch in which one does not serve.
    """
    client_id = new.id or uuid4()
    keys, wrapped = new_keys(client_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sec.take_in(%s, %s, %s, %s, %s, %s, %s)",
            [
                client_id,
                new.branch,
                new_reference("C"),
                new.language,
                new.pseudonym,
                wrapped.data,
                wrapped.audit,
            ],
        )
        by.receipts.append(cursor.fetchone()[0])
    by.made[client_id] = keys
    client = Client.objects.get(pk=client_id)
    Identity.new(keys, client=client, **new.identity).save()
    # Nothing is written where nothing was said: each row is a line of the client's log.
    if says_how_to_reach(new.safe_contact):
        checked_on = timezone.localdate() if new.checked else None
        SafeContact.new(keys, client=client, checked_on=checked_on, **new.safe_contact).save()
    if new.background:
        Background.new(keys, client=client, text=new.background).save()
    remember(branch_keys(by=by, branch=new.branch), client, new.identity, new.safe_contact)
    return client, keys


def says_how_to_reach(values: dict[str, Any]) -> bool:
    """Whether any of this was answered; that no voicemail may be left is an answer too."""
    return any(value != getattr(SafeContact, name).default for name, value in values.items())


def seems_known(
    *, by: Actor, branch: UUID, identity: dict[str, Any], safe_contact: dict[str, Any]
) -> list[UUID | None]:
    """Records of the branch that may be of the same person: ids of those that one may see, else None each.

    To a volunteer who does not see the record, the same number says nothing; and after ten questions in an
    hour without a new record nobody is known.
    """
    keys = branch_keys(by=by, branch=branch)
    names = keys.asked(identifying(identity, {}))
    numbers = keys.asked(identifying({}, safe_contact))
    asked = door.ask(by, "ask_known", branch, "", names, numbers)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT client FROM sec.seems_known(%s, %s, %s, %s)", [asked, branch, names, numbers]
        )
        return list(dict.fromkeys(client for (client,) in cursor.fetchall()))


@dataclass(frozen=True)
class Alike:
    """A record, and some that share a name or a number with it."""

    id: UUID
    client: Client
    others: list[Client]


def alike(most: int) -> list[Alike]:
    """Records that share a name or a number with others, for the coordinator to look at."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT likeness, client, others FROM sec.alike(%s)", [most])
        rows = cursor.fetchall()
    seen = Client.objects.in_bulk({one for _, client, others in rows for one in (client, *others)})
    return [
        Alike(id, seen[client], [seen[one] for one in others if one in seen])
        for id, client, others in rows
        if client in seen
    ]


def unrecognised(client: Client) -> bool:
    """Whether it came from another branch, and nobody has saved since who this is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.is_unrecognised(%s)", [client.pk])
        return cursor.fetchone()[0]


def looked_alike(*, by: Actor, likeness: UUID) -> bool:
    """A coordinator has looked at two records that share something; False where there is no such pair."""
    return execute("look_at_likeness", likeness)
