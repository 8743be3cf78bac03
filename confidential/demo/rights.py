"""Portals that were opened, and what clients asked about their own data."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from audit import door
from audit.actor import Actor
from clients.models import Client
from clients.records.actions import changes, portal_access
from clients.records.actions.portal_access import open_portal
from confidential.demo.data import Data, Row, days_ago
from confidential.demo.people import PASSWORD, People
from rights.models import SubjectRequest, SubjectRequestWords
from rights.requests import actions
from volunteers.actions import signing_in
from volunteers.models import User

# Without a space of their own they rang, and were rung back.
HEARD = {"how": "phone", "quality": "self", "identity": "rung_back"}
IDENTITY = ("given_name", "family_name", "known_as", "born_on", "address")


@dataclass(frozen=True)
class Portal:
    """A client's user name, and the client as signed in."""

    user_name: str
    actor: Actor


def open_portals(data: Data, people: People, clients: dict[str, Client]) -> dict[str, Portal]:
    """Open the portal to those who want it, with the demonstration's password; by client."""
    wanted = [row for row in data.clients if row["portal"]]
    asking = {row["client"] for row in data.requests}
    opened = {row["key"]: _open(people, row, clients[row["key"]]) for row in wanted}
    # One is left as a task for the coordinator: somebody speaks to the client, then confirms.
    left = next((row["key"] for row in reversed(wanted) if row["key"] not in asking), None)
    for row in wanted:
        if row["key"] != left:
            _confirm(data, people, row, clients[row["key"]])
            opened[row["key"]] = _back(opened[row["key"]])
    return opened


def _back(portal: Portal) -> Portal:
    """The client signs in again: the confirmation has ended what was open."""
    user = User.objects.get(username=portal.user_name)
    return Portal(portal.user_name, Actor(signing_in.begin(user, PASSWORD)))


def _open(people: People, row: Row, client: Client) -> Portal:
    by = row["volunteers"][0] if row["volunteers"] else row["taken_in_by"]
    with people.actor(by).transaction() as actor:
        card = open_portal(by=actor, client=client, quiet=row.get("quiet", False))
    user = User.objects.get(username=card.username)
    token = signing_in.begin(user, card.code)
    signing_in.set_password(token, PASSWORD)  # as the client does at the first use
    return Portal(card.username, Actor(token))


def _confirm(data: Data, people: People, row: Row, client: Client) -> None:
    """Another of the team has spoken to the client: the branch's first coordinator who did not open it."""
    opener = row["volunteers"][0] if row["volunteers"] else row["taken_in_by"]
    by = next(who for who in data.of_duty("coordinator", row["branch"]) if who != opener)
    with people.actor(by).transaction() as actor:
        access = client.portal_accesses.open().get()
        portal_access.confirm(by=actor, access=access, spoken_on=timezone.localdate(), theirs=True)


def load(
    data: Data, people: People, clients: dict[str, Client], portals: dict[str, Portal]
) -> None:
    """All requests: by the client in their own space, else as somebody of the team heard them."""
    for row in data.requests:
        client = clients[row["client"]]
        branch = next(c["branch"] for c in data.clients if c["key"] == row["client"])
        coordinator = data.of_duty("coordinator", branch)[0]
        request = _ask(people, row, client, portals.get(row["client"]), coordinator)
        if row["state"] == "refused":
            # Whoever refuses may have written in the contacts: a second person has agreed.
            with people.actor(data.of_duty("protection")[0]).transaction() as actor:
                actions.second(by=actor, request_id=request.pk)
        if "handled_by" in row:
            _handle(people, row, client, request)
        if "notes" in row:
            with people.actor(row.get("handled_by", coordinator)).transaction() as actor:
                request.refresh_from_db()
                keys = door.open_one(actor, client.pk, "request.view", "request")
                for one in row["notes"]:
                    day = timezone.localdate() if one["kind"] == "told" else None
                    actions.note(by=actor, request=request, keys=keys, day=day, **one)


def _ask(
    people: People, row: Row, client: Client, portal: Portal | None, coordinator: str
) -> SubjectRequest:
    asking = portal.actor if portal else people.actor(row.get("recorded_by", coordinator))
    action, why = ("portal.requests", "own_record") if portal else ("request.record", "request")
    with asking.transaction() as actor:
        return actions.ask(
            by=actor,
            client=client,
            keys=door.open_one(actor, client.pk, action, why),
            kind=row["kind"],
            words=row["asked"],
            received=None if portal else _heard(row),
        )


def _heard(row: Row) -> actions.Received:
    names = ("how", "quality", "applicant", "proof", "identity")
    said = HEARD | {name: row[name] for name in names if name in row}
    return actions.Received(received_on=days_ago(row.get("received_days_ago", 0)), **said)


def _handle(people: People, row: Row, client: Client, request: SubjectRequest) -> None:
    with people.actor(row["handled_by"]).transaction() as actor:
        keys = door.open_one(actor, client.pk, "request.view", "request")
        actions.take_up(by=actor, request=request)
        if "corrects" in row:
            _correct(actor, client, row["corrects"])
        if "answer" in row:
            request.refresh_from_db()
            words = SubjectRequestWords.objects.get(request=request).unlock(keys)
            actions.answer(
                by=actor,
                request=request,
                words=words,
                revision=words.revision,
                text=row["answer"],
                refused=row["state"] == "refused",
            )


def _correct(actor: Actor, client: Client, values: dict[str, str]) -> None:
    """What the client asked to be corrected, is."""
    keys = door.open_one(actor, client.pk, "client.edit", "coordination")
    found = Client.objects.select_related("identity").get(pk=client.pk)
    identity = found.identity.unlock(keys)
    changes.change_identity(
        by=actor,
        client=found,
        revision=identity.revision,
        language=client.language,
        values={name: getattr(identity, name) for name in IDENTITY} | values,
    )
