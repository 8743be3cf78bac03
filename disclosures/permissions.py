"""Who may do what with a disclosure. The database enforces the same; here it gets words.

- Ask for one: whoever serves and may see the client. Prepare and send it: whoever asked.
- See it: the branch's coordinators, whoever asked while they may see the client, and in the portal
  the client once it concerns them.
- Decide: another coordinator of the branch, never whoever asked (P7, two persons), nor whoever has a
  conflict of interest with them, nor whoever let them in, or was let in by them, before a third has
  confirmed the person (``sec.are_tied``). What answers a complaint is seen and decided by those who hear it.
- Release, and say when the client is told: a coordinator of the branch. Cancel before that, recall after it
  as long as nobody has opened it: a coordinator, or whoever asked.
- Note that the client takes back their yes: whoever sees it; for all at once, and without seeing any,
  whoever has the client (``sec.may_take_back``).
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices

from audit.actor import Actor
from clients.access.permissions import can_read_notes
from clients.models import Conflict, ContactNote
from disclosures.models import Disclosure, DisclosureItem, State
from disclosures.workflow import DISCLOSURE, Action, Who
from volunteers.querysets import circle_of
from volunteers.workflow import Step


def is_who(by: Actor, disclosure: Disclosure, who: TextChoices) -> bool:
    """Whether the acting person is the one that a step asks for."""
    if by.person is None:
        return False
    asked = disclosure.requested_by_id == by.person
    coordinates = by.holds("coordinator", disclosure.branch_id)
    plays: dict[TextChoices, bool] = {
        Who.REQUESTER: asked,
        Who.ANOTHER_COORDINATOR: coordinates and not asked,
        Who.COORDINATOR: coordinates,
        Who.EITHER: asked or coordinates,
        Who.RECIPIENT: False,
        Who.HAS_CLIENT: True,  # whoever sees it has the client
    }
    return plays[who]


def can(by: Actor, disclosure: Disclosure, action: Action) -> bool:
    """Whether this person may take this step now."""
    step = DISCLOSURE.find(disclosure.state, action)
    return step is not None and is_who(by, disclosure, step.who)


def steps(by: Actor, disclosure: Disclosure) -> list[Step]:
    """The steps that this person may take now."""
    return [s for s in DISCLOSURE.following(disclosure.state) if is_who(by, disclosure, s.who)]


def can_say_when_told(by: Actor, disclosure: Disclosure) -> bool:
    """Whether this person decides how long it is kept from the client: only of what is kept from them."""
    out = (State.RELEASED, State.RECEIVED, State.RECALLED)
    stands = disclosure.state in (State.APPROVED, *out)
    return stands and bool(disclosure.untold) and is_who(by, disclosure, Who.COORDINATOR)


def check_ever(by: Actor, disclosure: Disclosure, who: Who) -> None:
    """Raises PermissionDenied unless the person is the one who may do this, in whatever state."""
    if not is_who(by, disclosure, who):
        raise PermissionDenied


def in_conflict(by: Actor, disclosure: Disclosure) -> bool:
    """Whether a conflict of interest with whoever asked is known here; the database knows them all."""
    asked_by = disclosure.requested_by_id
    return Conflict.objects.colleagues_of(by.person).filter(colleague=asked_by).exists()


def tied(by: Actor, disclosure: Disclosure) -> bool:
    """Whether this person and whoever asked may be one human being; the database knows it too."""
    return disclosure.requested_by_id in circle_of(by.person)


def reads_notes(by: Actor, disclosure: Disclosure) -> bool:
    """Whether the words of contacts can be read now: a coordinator needs a live grant with a reason."""
    return can_read_notes(by, disclosure.client)


def reads_all(by: Actor, disclosure: Disclosure) -> bool:
    """The same of every note that was chosen and is still in the record: nobody approves what they cannot
    read. The database says the same (``sec.note_hindrance``)."""
    chosen = DisclosureItem.objects.filter(disclosure=disclosure, chosen=True)
    read = ContactNote.objects.filter(client=disclosure.client_id).values("contact")
    closed = chosen.filter(contact__taken_out_at=None).exclude(contact__in=read)
    return reads_notes(by, disclosure) and not closed.exists()
