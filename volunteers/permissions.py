"""Who may do what with people, duties and the code. The database holds the same rules.

- Coordinators invite volunteers to, and end volunteers' duties in, their own branch; they say who listens to
  colleagues there.
- The president brings people into every duty and out of it, but never themself.
- The administrator adds branches; a coordinator changes how their own branch is reached. The president says
  what the association says of itself, and publishes the privacy notice.
- Volunteers and coordinators print the leaflet and the notice without any record.
- Nobody holds two duties together that the table of duties keeps apart.
- Somebody leaves by their own act, the president's, or that of the coordinator of all their branches
  if they only volunteer there. A president leaves when the next one has ended that duty.
- Whoever holds an office confirms that a new colleague is somebody they have met or rung: never whoever let
  them in, nor somebody who may be the same human being. It is taken back by whoever gave it, the president
  or the data-protection lead; but nobody takes back a third's word on whom they let in.
- A duty is given to nobody whom another let in and no third has confirmed.
- An invitation is withdrawn by whoever gave it or could give it today.
- Colleagues' working names are for people who serve; private details for the person and for the
  coordinators of their branches.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from audit.actor import Actor
from volunteers.models import Branch, Duty, DutyKind, Invitation, LettingIn, Meeting, Person
from volunteers.models.people import OF_A_BRANCH

OFFICES = ("president", "protection", "administrator", "coordinator")
OF_THE_COORDINATOR = (DutyKind.VOLUNTEER.value, DutyKind.RESPONDER.value)


def may_read_versions(actor: Actor) -> bool:
    """Whoever has signed, and the president, who adopts before anybody can sign."""
    return actor.cleared or actor.holds("president")


def may_appoint(actor: Actor, duty: str, branch: UUID | None) -> bool:
    """Whether the person may bring somebody into this duty, or end it."""
    if (duty in OF_A_BRANCH) != (branch is not None):
        return False
    if actor.holds("president"):
        return True
    return duty in OF_THE_COORDINATOR and actor.holds("coordinator", branch)


def duties_to_give(actor: Actor) -> list[str]:
    """The duties into which the person may bring somebody, in the order of the table."""
    if actor.holds("president"):
        return list(DutyKind.values)
    return list(OF_THE_COORDINATOR) if actor.holds("coordinator") else []


def branches_to_give(actor: Actor) -> list[Branch]:
    """The branches into which the person may bring somebody."""
    branches = Branch.objects.order_by("code")
    if actor.holds("president"):
        return list(branches)
    return list(branches.filter(pk__in=[b for b in actor.duties.get("coordinator", ()) if b]))


def may_withdraw(actor: Actor, invitation: Invitation) -> bool:
    """Whether the person may withdraw an invitation: their own, or one that they could give."""
    mine = invitation.invited_by_id == actor.person
    return mine or may_appoint(actor, invitation.kind, invitation.branch_id)


def may_take_back(actor: Actor, meeting: Meeting, lettings: Iterable[LettingIn]) -> bool:
    """Whether the person may take a confirmation back that still stands.

    ``lettings``: how the confirmed person was let in. Whoever did it takes back no third's word.
    """
    leads = actor.holds("president") or actor.holds("protection")
    above = leads and all(letting.by_id != actor.person for letting in lettings)
    return meeting.withdrawn_at is None and (meeting.by_id == actor.person or above)


def may_end(actor: Actor, duty: Duty) -> bool:
    """Whether the person may end this duty. A president goes when the next one ends it."""
    if duty.kind == DutyKind.PRESIDENT and duty.person_id == actor.person:
        return False  # an association without a president could appoint nobody any more
    return may_appoint(actor, duty.kind, duty.branch_id)


def may_part_with(actor: Actor, person: Person) -> bool:
    """Whether the actor may note that somebody leaves: the president; a coordinator, for those who
    only volunteer or listen in the coordinator's own branches. Needs ``live_duties``."""
    duties = person.live_duties  # type: ignore[attr-defined]
    if person.pk == actor.person:
        return False
    if actor.holds("president"):
        return True
    mine = actor.duties.get("coordinator", frozenset())
    plain = (DutyKind.VOLUNTEER, DutyKind.RESPONDER)
    return bool(duties) and all(d.kind in plain and d.branch_id in mine for d in duties)


def may_go(actor: Actor) -> bool:
    """Whether the actor may leave: a president goes when the next one has ended that duty."""
    return not actor.holds("president")


def may_remind(actor: Actor) -> bool:
    """Note what became of a leaver's reminder: whoever may part with people, where the page is shown."""
    return actor.holds("president") or actor.holds("coordinator")


def may_change_branch(actor: Actor, branch: UUID) -> bool:
    """The administrator every branch; a coordinator their own."""
    return actor.holds("administrator") or actor.holds("coordinator", branch)


def may_print_papers(actor: Actor) -> bool:
    """The leaflet and the privacy notice for nobody in particular: whoever meets clients."""
    return actor.cleared and (actor.holds("volunteer") or actor.holds("coordinator"))


def coordinates(actor: Actor, person: Person) -> bool:
    """Whether the person serves in a branch that the actor coordinates."""
    mine = actor.duties.get("coordinator", frozenset())
    return any(duty.branch_id in mine for duty in person.duties.live() if duty.branch_id)
