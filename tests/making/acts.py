"""What the tests of the walls do and look at, in the words of the definer functions."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from audit import door
from audit.actor import Actor
from clients.models import Client, Contact, ContactNote, Emergency, Identity
from tests.making.people import Cast, Someone
from tests.making.principals import superuser
from vault.principals import signin_transaction

ALL = (True, True, True, True)
NOTHING = (False, False, False, False)
WITHOUT_WORDS = (True, True, True, False)
# Every table with a branch, for moving a clock: the triggers that watch dates are asleep meanwhile.
ASLEEP = "SET session_replication_role = replica"


def call(by: Someone, statement: str, *values: Any) -> Any:
    """What a definer function answers to somebody, on the application's connection."""
    with by.actor().transaction(), connection.cursor() as cursor:
        cursor.execute(f"SELECT sec.{statement}", list(values))
        return cursor.fetchone()[0]


def sees(by: Someone, client: Client) -> tuple[bool, bool, bool, bool]:
    """Whether somebody sees the record, who it is, a contact, its words."""
    models = [(Client, "pk"), (Identity, "client"), (Contact, "client"), (ContactNote, "client")]
    with by.actor().transaction():
        found = [model.objects.filter(**{key: client.pk}).exists() for model, key in models]
    return found[0], found[1], found[2], found[3]


def opens(by: Someone, subject: UUID) -> bool:
    """Whether the door gives somebody the key of a subject."""
    with by.actor().transaction() as actor:
        return bool(door.scan(actor, [subject], "client.search", "support"))


def keys(subject: UUID | None = None) -> list[bytes]:
    """The wrapped keys that come in with a new subject."""
    _, wrapped = door.new_keys(subject or uuid4())
    return [wrapped.data, wrapped.audit]


def consult(
    by: Someone,
    colleague: Someone,
    client: Client,
    *,
    hidden: bool = False,
    whole: Iterable[UUID] = (),
    days: int = 14,
) -> UUID:
    """Consult a colleague about a client."""
    made = uuid4()
    call(
        by,
        "consult(%s, %s, %s, %s, %s, %s::uuid[], %s, NULL)",
        made,
        client.pk,
        colleague.id,
        "client",
        hidden,
        list(whole),
        days,
    )
    return made


def emergency(by: Someone, client: Client, why: str = "danger") -> tuple[UUID, UUID | None]:
    """Open a record in an emergency, after what is still open from another test was ended."""
    end_emergencies(by)
    return press_emergency(by, client, why)


def press_emergency(by: Someone, client: Client, why: str = "danger") -> tuple[UUID, UUID | None]:
    """Open a record in an emergency: the emergency, and the client that it found."""
    made = uuid4()
    return made, emergency_open(by, by.branch, client.reference, made, *keys(made), why=why)


def emergency_open(
    by: Someone,
    branch: UUID | None,
    reference: str,
    made: UUID,
    data: bytes,
    audit: bytes,
    why: str = "danger",
) -> UUID | None:
    """Ask for a record by its reference and open it; the client that was found."""
    actor = by.actor()
    with signin_transaction(actor.token) as cursor:
        digest = sha256(f"0|{reference}|".encode()).digest()
        cursor.execute("SELECT sec.ask_emergency(%s, %s, %s)", [branch, digest, why])
        asked = cursor.fetchone()[0]
    return call(
        by,
        "emergency_open(%s, %s, %s, %s, '{}', %s, %s, %s, %s)",
        asked,
        made,
        branch,
        reference,
        why,
        f"E-{made.hex[:8]}",
        data,
        audit,
    )


def presses(actor: Actor, branch: UUID | None, client: Client) -> UUID | None:
    """The same by an actor whose transaction is open: asked for beside it, opened in it."""
    made = uuid4()
    with signin_transaction(actor.token) as cursor:
        digest = sha256(f"0|{client.reference}|".encode()).digest()
        cursor.execute("SELECT sec.ask_emergency(%s, %s, 'danger')", [branch, digest])
        asked = cursor.fetchone()[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sec.emergency_open(%s, %s, %s, %s, '{}', 'danger', %s, %s, %s)",
            [asked, made, branch, client.reference, f"E-{made.hex[:8]}", *keys(made)],
        )
        return cursor.fetchone()[0]


def end_emergencies(by: Someone) -> None:
    """End what somebody still has open from another test: a person has one at a time."""
    with by.actor().transaction():
        still = list(Emergency.objects.live().filter(person_id=by.id).values_list("pk", flat=True))
    for each in still:
        call(by, "emergency_end(%s)", each)


def complain(by: Someone, client: Client, kind: str, about: Someone | None) -> UUID:
    """Take down a complaint."""
    made = uuid4()
    call(
        by,
        "complain(%s, %s, %s, %s, %s, %s, %s)",
        made,
        client.pk,
        kind,
        about and about.id,
        f"K-{made.hex[:8]}",
        *keys(made),
    )
    return made


def complaints_of(client: Client) -> list[UUID]:
    """The ids of a client's complaints."""
    with superuser() as connection:
        rows = connection.execute(
            "SELECT id FROM clients_complaint WHERE client_id = %s", [client.pk]
        )
        return [found for (found,) in rows]


def answer(by: Someone, complaint: UUID) -> None:
    """Answer a complaint, without words."""
    call(by, "answer_complaint(%s)", complaint)


def conflict(
    by: Someone,
    who: Someone,
    *,
    client: Client | None = None,
    colleague: Someone | None = None,
    complaint: UUID | None = None,
) -> UUID:
    """Mark a conflict of interest."""
    made = uuid4()
    call(
        by,
        "mark_conflict(%s, %s, %s, %s, %s, 'family')",
        made,
        who.id,
        client and client.pk,
        colleague and colleague.id,
        complaint,
    )
    return made


def contact_of(cast: Cast, client: Client) -> UUID:
    """The first contact of a client of this cast's north branch."""
    with cast.coordinator.actor().transaction():
        return Contact.objects.filter(client=client).earliest("made_at").pk
