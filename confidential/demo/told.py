"""What clients of the demonstration agreed to, said, wrote and want, and what is prepared for them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from audit import door
from audit.actor import Actor
from clients.access.opening import purpose
from clients.contacts.actions import contacts, moving, statements
from clients.heirs import actions as heirs
from clients.messages import actions as messages
from clients.models import Client, Contact, Message
from clients.records.actions import agreements, directives, restrictions
from confidential.demo.clients import CONTACT_IDS
from confidential.demo.data import Data, Row, days_ago
from confidential.demo.disclosures import notes_open
from confidential.demo.people import People
from confidential.demo.rights import Portal
from rights.models import PreparedCopy
from rights.prepared import actions as prepared
from volunteers.actions import own_data

Clients = dict[str, Client]
Portals = dict[str, Portal]


def load(data: Data, people: People, clients: Clients, portals: Portals, ids: CONTACT_IDS) -> None:
    """Statements, messages, wishes, a contact moved, a copy that waits; at last what closes a record."""
    for row in data.told["statements"]:
        _statement(people, row, clients[row["client"]], portals, ids)
    for row in data.told["messages"]:
        _message(people, row, clients[row["client"]], portals)
    for row in data.told["wishes"]:
        _wish(people, row, clients[row["client"]], portals)
    for row in data.told["misplaced"]:
        _move(people, row, clients[row["wrong"]], clients[row["right"]])
    for row in data.told["copies"]:
        _copy(people, row, clients[row["client"]], ids)
    for row in data.told["team"]:
        _ask_about_oneself(people, row)
    for row in data.told["answers"]:
        _agreement(people, row, clients[row["client"]])
    for row in data.told["restrictions"]:
        client = clients[row["client"]]
        with people.actor(row["by"]).transaction() as actor:
            keys = _keys(actor, client, "restriction.write")
            restrictions.restrict(
                by=actor, client=client, keys=keys, ground=row["ground"], why=row["why"]
            )


def load_heirs(data: Data, people: People, clients: Clients) -> None:
    """What relatives of somebody who has died ask."""
    names = ("who", "reach", "text", "quality", "wish", "proof")
    for row in data.told["heirs"]:
        today = timezone.localdate()
        said = {name: row[name] for name in names} | {"along": "silent", "channel": "visit"}
        new = heirs.NewHeirRequest(**said, proof_seen_on=today, received_on=today)
        with people.actor(row["by"]).transaction() as actor:
            client = clients[row["client"]]
            heirs.record(by=actor, client=client, keys=_keys(actor, client, "heir.write"), new=new)


def _keys(actor: Actor, client: Client, action: str) -> Any:
    """The client's keys, for the client or one of the team."""
    why = purpose(actor) if actor.person else "own_record"
    return door.open_one(actor, client.pk, action, why)


def _as(people: People, portals: Portals, row: Row) -> AbstractContextManager[Actor]:
    """Whoever did it: one of the team, or the client in their own space."""
    return (people.actor(row["by"]) if "by" in row else portals[row["client"]].actor).transaction()


def _statement(
    people: People, row: Row, client: Client, portals: Portals, ids: CONTACT_IDS
) -> None:
    about = ids[row["contact"]] if "contact" in row else None
    said_on = days_ago(row["days_ago"]) if "by" in row else None
    new = statements.NewStatement(row["text"], row.get("channel", ""), said_on)
    with _as(people, portals, row) as actor:
        keys = _keys(actor, client, "statement.write")
        statement = statements.add_statement(
            by=actor, client=client, keys=keys, contact=about, new=new
        )
    if "corrected" in row:
        with people.actor(row["answered_by"]).transaction() as actor:
            keys = _keys(actor, client, "statement.view")
            revision = statements.words_of(statement, keys)[1]
            corrected = {"text": row["corrected"], "why": row["why"], "revision": revision}
            statements.accept(by=actor, statement=statement, keys=keys, **corrected)
    elif "answered_by" in row:
        answering = people.actor(row["answered_by"])
        with notes_open(answering, client), answering.transaction() as actor:
            keys = _keys(actor, client, "statement.view")
            statements.refuse(by=actor, statement=statement, keys=keys, why=row["why"])


def _message(people: People, row: Row, client: Client, portals: Portals) -> None:
    with _as(people, portals, row) as actor:
        keys = _keys(actor, client, "message.write")
        newest = Message.objects.filter(client=client).values_list("pk", flat=True).first()
        seen = newest if "by" in row else None
        messages.write(by=actor, client=client, keys=keys, key=uuid4(), text=row["text"], seen=seen)


def _wish(people: People, row: Row, client: Client, portals: Portals) -> None:
    names = ("executor", "executor_reach", "told", "words")
    new = directives.NewDirective(
        fate=row["fate"],
        channel=row.get("channel", "other"),
        happened_on=days_ago(row.get("days_ago", 0)),
        **{name: row[name] for name in names if name in row},
    )
    with _as(people, portals, row) as actor:
        keys = _keys(actor, client, "directive.write")
        directives.direct(by=actor, client=client, keys=keys, new=new)


def _move(people: People, row: Row, wrong: Client, right: Client) -> None:
    """Noted on the wrong client, and moved by whoever noted it."""
    new = contacts.NewContact(
        channel=row["channel"],
        happened_on=days_ago(row["days_ago"]),
        minutes=row["minutes"],
        text=row["note"],
    )
    with people.actor(row["by"]).transaction() as actor:
        made = contacts.log_contact(by=actor, client=wrong, new=new)
        contact = Contact.objects.select_related("client").get(pk=made.pk)
        keys = {"wrong": _keys(actor, wrong, "contact.move")}
        keys["right"] = _keys(actor, right, "contact.move")
        moving.move_contact(by=actor, contact=contact, to=right, **keys)


def _copy(people: People, row: Row, client: Client, ids: CONTACT_IDS) -> None:
    """Prepared, and sent to be released by somebody else."""
    preparing = people.actor(row["by"])
    chosen = {name: row[name] for name in ("reason", "way", "large")}
    left_out: dict[UUID, str] = {ids[name]: why for name, why in row["left_out"].items()}
    with notes_open(preparing, client), preparing.transaction() as actor:
        made = prepared.prepare(
            by=actor, client=client, data=chosen | {"language": client.language}
        )
        copy = PreparedCopy.objects.get(pk=made)
        read = prepared.begin_to_read(copy)
        keys = door.open_one(actor, client.pk, "copy.write", "request")
        prepared.send(by=actor, copy=copy, keys=keys, contacts=left_out, passages={}, read=read)


def _agreement(people: People, row: Row, client: Client) -> None:
    new = agreements.NewAgreement(
        answer=row["answer"],
        channel=row["channel"],
        language=client.language,
        happened_on=days_ago(row["days_ago"]),
        words=row["words"],
    )
    with people.actor(row["by"]).transaction() as actor:
        keys = _keys(actor, client, "agreement.write")
        agreements.agree(by=actor, client=client, keys=keys, new=new)


def _ask_about_oneself(people: People, row: Row) -> None:
    """One of the team, about what is held of them."""
    me = people.ids[row["by"]]
    with people.actor(row["by"]).transaction() as actor:
        keys = door.open_one(actor, me, "person.view", "own_record")
        asked = own_data.ask(by=actor, keys=keys, kind=row["kind"], text=row["text"])
    if "answer" in row:
        with people.actor(row["answered_by"]).transaction() as actor:
            keys = door.open_one(actor, me, "person.request", "request")
            own_data.answer(by=actor, asked=asked, keys=keys, done=True, text=row["answer"])
