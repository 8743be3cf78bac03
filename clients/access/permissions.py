"""Who may do what with a client's record. The database enforces the same; here it gets words.

- View a record (reference, identity, safe contact): the branch's coordinators, and whoever has a live grant.
- See that contacts happened (dates, channels): the branch's coordinators, and whoever may read notes.
- Read notes, background and words: whoever has a full assignment or a reading grant. A coordinator
  opens them with a coded reason, for one hour.
- Log a contact, explain, change identity, safe contact and state, open the portal: whoever has a full
  assignment, and the branch's coordinators. Changing the background needs reading it as well.
- Assign and open notes: coordinators of the record's branch. Nobody assigns themself.
- Consult a colleague (P5): whoever may read the notes.
- Hand clients over, and move one to another branch: the branch's coordinators, after a fresh sign-in.
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

from audit.visit import Visit
from clients.models import Client, ClientPermission, Contact
from volunteers.models import User


def held(visit: Visit, client: Client) -> frozenset[str]:
    """What live grants let this person do with this client: guardian's codes. One query an instance,
    and none where the codes came with the record."""
    known = client.__dict__.get("_held")
    if known and known[0] is visit:
        return known[1]
    if visit.person is None:
        return frozenset()
    # Never a superuser: those would pass every check of guardian's.
    person = User(pk=visit.person, is_active=True, is_superuser=False)
    remember(visit, client, ObjectPermissionChecker(person).get_user_perms(client))
    return client.__dict__["_held"][1]


def remember(visit: Visit, client: Client, codes: Iterable[str]) -> None:
    """Take ``codes``, read from guardian's rows of this person together with the record, as held."""
    client.__dict__["_held"] = (visit, frozenset(codes))


def serves_in(visit: Visit) -> frozenset[UUID]:
    """The branches in which this person serves, as a volunteer or a coordinator."""
    branches = visit.duties.get("volunteer", frozenset()) | visit.duties.get(
        "coordinator", frozenset()
    )
    return frozenset(branch for branch in branches if branch)


def coordinates(visit: Visit, client: Client) -> bool:
    """Whether this person looks after the client as coordinator of the branch: has signed the code, and
    neither a conflict of interest nor a protection closes the record to them."""
    return leads(visit, client.branch_id, client.pk)


def can_take_in(visit: Visit) -> bool:
    """Whether this person may take in clients and log enquiries."""
    return bool(visit.person and serves_in(visit))


def can_view(visit: Visit, client: Client) -> bool:
    """The record, who the client is, how to reach them safely."""
    return coordinates(visit, client) or "view_client" in held(visit, client)


def can_see_contacts(visit: Visit, client: Client) -> bool:
    """That contacts happened: dates and channels."""
    return coordinates(visit, client) or can_read_notes(visit, client)


def can_read_notes(visit: Visit, client: Client) -> bool:
    """What contacts were about, the background, what the client said."""
    return "view_notes" in held(visit, client)


def can_log_contact(visit: Visit, client: Client) -> bool:
    """Contacts, explanations."""
    return coordinates(visit, client) or "log_contact" in held(visit, client)


def can_edit(visit: Visit, client: Client) -> bool:
    """Identity, safe contact, state, portal."""
    return can_log_contact(visit, client)


def can_edit_background(visit: Visit, client: Client) -> bool:
    """The background: whoever reads it and may write."""
    return can_read_notes(visit, client) and can_edit(visit, client)


def can_assign(visit: Visit, client: Client) -> bool:
    """Assign others, and open the notes for a reason."""
    return coordinates(visit, client)


def can_consult(visit: Visit, client: Client) -> bool:
    """Ask a colleague about this client."""
    return can_read_notes(visit, client)


def can_read_contact(visit: Visit, contact: Contact) -> bool:
    """One contact with its words: whoever may read the notes, from the day on that a handover set; and
    whoever was given this one."""
    if visit.person is None:
        return False
    person = User(pk=visit.person, is_active=True, is_superuser=False)
    if "view_contact" in ObjectPermissionChecker(person).get_user_perms(contact):
        return True
    reaching = ClientPermission.objects.filter(
        models.Q(since=None) | models.Q(since__lte=contact.happened_on),
        user_id=visit.person,
        content_object_id=contact.client_id,
        code="view_notes",
    )
    return can_read_notes(visit, Client(pk=contact.client_id)) and reaching.exists()


def check_serves(visit: Visit) -> None:
    """Raises PermissionDenied for whoever serves in no branch: records are not theirs by office."""
    check(can_take_in(visit))


def check_take_in(visit: Visit) -> None:
    """Raises PermissionDenied. See :func:`can_take_in`."""
    check(can_take_in(visit))


def check_view(visit: Visit, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_view`."""
    check(can_view(visit, client))


def check_see_contacts(visit: Visit, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_see_contacts`."""
    check(can_see_contacts(visit, client))


def check_read_notes(visit: Visit, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_read_notes`."""
    check(can_read_notes(visit, client))


def check_read_contact(visit: Visit, contact: Contact) -> None:
    """Raises PermissionDenied. See :func:`can_read_contact`."""
    check(can_read_contact(visit, contact))


def check_log_contact(visit: Visit, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_log_contact`."""
    check(can_log_contact(visit, client))


def check_edit(visit: Visit, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_edit`."""
    check(can_edit(visit, client))


def check_edit_background(visit: Visit, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_edit_background`."""
    check(can_edit_background(visit, client))


def check_consult(visit: Visit, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_consult`."""
    check(can_consult(visit, client))


def check_assign(visit: Visit, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_assign`."""
    check(can_assign(visit, client))


def leads(visit: Visit, branch: UUID, client: UUID) -> bool:
    """The same as :func:`coordinates`, of a row that holds the ids of its branch and its client."""
    return visit.cleared and visit.holds("coordinator", branch) and client not in visit.barred


def check(allowed: bool) -> None:
    """Raises PermissionDenied for what is not allowed, by a question above or by the database."""
    if not allowed:
        raise PermissionDenied
