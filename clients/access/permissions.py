"""Who may do what with a client's record. The database enforces the same; here it gets words.

- View a record (reference, identity, safe contact): the branch's coordinators, and whoever has a live grant.
- See that contacts happened (dates, channels): the branch's coordinators, and whoever may read notes.
- Read notes, background and words: whoever has a full assignment or a reading grant. A coordinator
  opens them with a coded reason, for one hour.
- Log a contact, explain, change identity, safe contact and state, open the portal, restrict: whoever has a
  full assignment, and the branch's coordinators. Changing the background needs reading it as well.
- Of a restricted record more than who it is stays closed, to all but a coordinator who opens the notes anew,
  and in an emergency; nothing is added to it but what the client says and asks, by whoever has the client.
- Assign and open notes: coordinators of the record's branch. Nobody assigns themself.
- Consult a colleague (P5): whoever may read the notes.
- Hand clients over, and move one to another branch: the branch's coordinators, after a fresh sign-in.
- What a note said before it was corrected: a coordinator who opened the notes for a reason.
- Words of one contact: whoever may read notes, from the day on that a handover set.
- Take in clients, log enquiries: volunteers and coordinators, in the branches they serve in.
- Open a record in an emergency, go out alone: whoever serves, in the branches they serve in.

What one room alone asks is in the ``permissions`` of that room. guardian is asked nowhere else.
``can_x`` answers, ``check_x`` raises PermissionDenied (403)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import models
from guardian.core import ObjectPermissionChecker

from audit.actor import Actor
from clients.access.definers import call
from clients.models import Client, ClientPermission, Contact
from volunteers.models import User


def held(actor: Actor, client: Client) -> frozenset[str]:
    """What live grants let this person do with this client: guardian's codes. One query an instance,
    and none where the codes came with the record."""
    known = client.__dict__.get("_held")
    if known and known[0] is actor:
        return known[1]
    if actor.person is None:
        return frozenset()
    # Never a superuser: those would pass every check of guardian's.
    person = User(pk=actor.person, is_active=True, is_superuser=False)
    remember(actor, client, ObjectPermissionChecker(person).get_user_perms(client))
    return client.__dict__["_held"][1]


def remember(actor: Actor, client: Client, codes: Iterable[str]) -> None:
    """Take ``codes``, read from guardian's rows of this person together with the record, as held."""
    client.__dict__["_held"] = (actor, frozenset(codes))


def serves_in(actor: Actor) -> frozenset[UUID]:
    """The branches in which this person serves, as a volunteer or a coordinator."""
    branches = actor.duties.get("volunteer", frozenset()) | actor.duties.get(
        "coordinator", frozenset()
    )
    return frozenset(branch for branch in branches if branch)


def coordinates(actor: Actor, client: Client) -> bool:
    """Whether this person looks after the client as coordinator of the branch: has signed the code, and
    neither a conflict of interest nor a protection closes the record to them."""
    return leads(actor, client.branch_id, client.pk)


def can_take_in(actor: Actor) -> bool:
    """Whether this person may take in clients and log enquiries."""
    return bool(actor.person and serves_in(actor))


def can_view(actor: Actor, client: Client) -> bool:
    """The record, who the client is, how to reach them safely."""
    return coordinates(actor, client) or "view_client" in held(actor, client)


def can_see_contacts(actor: Actor, client: Client) -> bool:
    """That contacts happened: dates and channels."""
    return coordinates(actor, client) or can_read_notes(actor, client)


def can_read_notes(actor: Actor, client: Client) -> bool:
    """What contacts were about, the background, what the client said."""
    return "view_notes" in held(actor, client)


def can_log_contact(actor: Actor, client: Client) -> bool:
    """Contacts: nothing is added to a restricted record."""
    return client.restricted_at is None and can_edit(actor, client)


def can_edit(actor: Actor, client: Client) -> bool:
    """Explanations, identity, safe contact, state, portal, restriction."""
    return coordinates(actor, client) or "log_contact" in held(actor, client)


def can_hear(actor: Actor, client: Client) -> bool:
    """Write down what the client says and asks: whoever edits, also of a restricted record."""
    if client.restricted_at is None or coordinates(actor, client):
        return can_edit(actor, client)
    return bool(call("may_hear_client", client.pk))


def can_edit_background(actor: Actor, client: Client) -> bool:
    """The background: whoever reads it and may write."""
    return can_read_notes(actor, client) and can_edit(actor, client)


def can_assign(actor: Actor, client: Client) -> bool:
    """Assign others, and open the notes for a reason."""
    return coordinates(actor, client)


def can_consult(actor: Actor, client: Client) -> bool:
    """Ask a colleague about this client."""
    return can_read_notes(actor, client)


def can_read_contact(actor: Actor, contact: Contact) -> bool:
    """One contact with its words: whoever may read the notes, from the day on that a handover set; and
    whoever was given this one."""
    if actor.person is None:
        return False
    person = User(pk=actor.person, is_active=True, is_superuser=False)
    if "view_contact" in ObjectPermissionChecker(person).get_user_perms(contact):
        return True
    reaching = ClientPermission.objects.filter(
        models.Q(since=None) | models.Q(since__lte=contact.happened_on),
        user_id=actor.person,
        content_object_id=contact.client_id,
        code="view_notes",
    )
    return can_read_notes(actor, Client(pk=contact.client_id)) and reaching.exists()


def can_read_earlier(actor: Actor, contact: Contact) -> bool:
    """What a note said before: a coordinator of the branch who has the notes open."""
    return coordinates(actor, contact.client) and can_read_contact(actor, contact)


def check_read_earlier(actor: Actor, contact: Contact) -> None:
    """Raises PermissionDenied. See :func:`can_read_earlier`."""
    check(can_read_earlier(actor, contact))


def check_serves(actor: Actor) -> None:
    """Raises PermissionDenied for whoever serves in no branch: records are not theirs by office."""
    check(can_take_in(actor))


def check_take_in(actor: Actor) -> None:
    """Raises PermissionDenied. See :func:`can_take_in`."""
    check(can_take_in(actor))


def check_view(actor: Actor, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_view`."""
    check(can_view(actor, client))


def check_see_contacts(actor: Actor, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_see_contacts`."""
    check(can_see_contacts(actor, client))


def check_read_notes(actor: Actor, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_read_notes`."""
    check(can_read_notes(actor, client))


def check_read_contact(actor: Actor, contact: Contact) -> None:
    """Raises PermissionDenied. See :func:`can_read_contact`."""
    check(can_read_contact(actor, contact))


def check_log_contact(actor: Actor, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_log_contact`."""
    check(can_log_contact(actor, client))


def check_edit(actor: Actor, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_edit`."""
    check(can_edit(actor, client))


def check_hear(actor: Actor, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_hear`."""
    check(can_hear(actor, client))


def check_edit_background(actor: Actor, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_edit_background`."""
    check(can_edit_background(actor, client))


def check_consult(actor: Actor, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_consult`."""
    check(can_consult(actor, client))


def check_assign(actor: Actor, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_assign`."""
    check(can_assign(actor, client))


def leads(actor: Actor, branch: UUID, client: UUID) -> bool:
    """The same as :func:`coordinates`, of a row that holds the ids of its branch and its client."""
    return actor.cleared and actor.holds("coordinator", branch) and client not in actor.barred


def check(allowed: bool) -> None:
    """Raises PermissionDenied for what is not allowed, by a question above or by the database."""
    if not allowed:
        raise PermissionDenied
