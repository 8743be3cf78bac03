"""Conflicts of interest, clients who belong together, and records narrowed to named people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import functions

from audit.actor import Actor
from clients.access.definers import call, refused
from clients.models import Client, Complaint, Conflict, Link
from vault.principals import signin_transaction
from volunteers.models import Branch, Person


@dataclass(frozen=True)
class Uncoordinated:
    """A protected record that nobody coordinates any more, as far as an office may know of it."""

    client: UUID
    reference: str
    branch: Branch


def mark_with_client(*, by: Actor, person: UUID | None, client: Client, reason: str) -> None:
    """Somebody must not deal with a client: themself, or marked by a coordinator. Raises Refused.

    What they could see of the client ends in this second, with what they shared of it.
    """
    _mark(person, reason, client=client.pk)


def mark_with_colleague(*, by: Actor, person: UUID, colleague: UUID, reason: str) -> None:
    """Two colleagues must not decide on each other. Raises Refused."""
    _mark(person, reason, colleague=colleague)


def mark_with_complaint(*, by: Actor, person: UUID, complaint: Complaint, reason: str) -> None:
    """Somebody must not know of a complaint any more. Raises Refused."""
    _mark(person, reason, complaint=complaint.pk)


def _mark(
    person: UUID | None,
    reason: str,
    *,
    client: UUID | None = None,
    colleague: UUID | None = None,
    complaint: UUID | None = None,
) -> None:
    call("mark_conflict", uuid4(), person, client, colleague, complaint, reason)


def mark_serves(*, by: Actor, client: Client, person: UUID, named: Iterable[UUID]) -> None:
    """A client is one of us: the record closes to them, and to all but those whom the client names.

    Needs a fresh sign-in. Raises Refused.
    """
    call("mark_serves", uuid4(), person, client.pk, list(named))


def mark_own(*, by: Actor, name: str) -> None:
    """A record, named by its reference or the user name of its space, is one's own: it closes to oneself.

    Says nothing about whether there is one. Needs a fresh sign-in. Raises Refused.
    """
    with refused("mark_own"), signin_transaction(by.token) as cursor:
        cursor.execute("SELECT sec.mark_own(%s)", [name.strip()])


def lift(*, by: Actor, conflict: Conflict) -> bool:
    """End a conflict; False when it had ended before. Needs a fresh sign-in. Raises Refused."""
    return call("end_conflict", conflict.pk)


def link(*, by: Actor, first: Client, second: Client, tie: str) -> Link:
    """Two clients belong together. The database refuses whoever does not see both."""
    made = Link(first=first, second=second, tie=tie, made_by_id=by.person)
    made.save(force_insert=True)
    return made


def unlink(*, by: Actor, link: Link) -> bool:
    """They do not belong together any more; False when that was said before."""
    return bool(Link.objects.filter(pk=link.pk, ended_at=None).update(ended_at=functions.Now()))


def protect(*, by: Actor, client: Client, named: Iterable[Person]) -> None:
    """Narrow a record to these people and oneself; everybody else's access ends in this second.

    Once more changes who is named. Needs a fresh sign-in. Raises Refused.
    """
    call("protect", client.pk, True, [person.pk for person in named])


def lift_protection(*, by: Actor, client: Client) -> None:
    """The branch's coordinators look after the record again. Needs a fresh sign-in. Raises Refused."""
    call("protect", client.pk, False, [])


def uncoordinated() -> list[Uncoordinated]:
    """Protected records whose coordinators are gone, for the president and the data-protection lead."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT client, reference, branch FROM sec.uncoordinated()")
        rows = cursor.fetchall()
    branches = Branch.objects.in_bulk({branch for _, _, branch in rows})
    return [
        Uncoordinated(client, reference, branches[branch]) for client, reference, branch in rows
    ]


def name_coordinator(*, by: Actor, client: UUID, person: UUID) -> None:
    """An office gives such a record to a coordinator. Needs a fresh sign-in. Raises Refused."""
    call("name_coordinator", client, person)
