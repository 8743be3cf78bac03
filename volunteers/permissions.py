"""Who may do what with people, duties and the code. The database holds the same rules.

- Coordinators invite volunteers to, and end volunteers' duties in, their own branch; they say who listens to
  colleagues there.
- The president brings people into every duty and out of it, but never themself.
- The administrator adds branches; a coordinator changes how their own branch is reached.
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

from audit.visit import Visit
from volunteers.models import Branch, Duty, DutyKind, Invitation, LettingIn, Meeting, Person
from volunteers.models.people import OF_A_BRANCH

OFFICES = ("president", "protection", "administrator", "coordinator")
OF_THE_COORDINATOR = (DutyKind.VOLUNTEER.value, DutyKind.RESPONDER.value)


def may_read_versions(visit: Visit) -> bool:
    """Whoever has signed, and the president, who adopts before anybody can sign."""
    return visit.cleared or visit.holds("president")


def may_appoint(visit: Visit, duty: str, branch: UUID | None) -> bool:
    """Whether the person may bring somebody into this duty, or end it."""
    if (duty in OF_A_BRANCH) != (branch is not None):
        return False
    if visit.holds("president"):
        return True
    return duty in OF_THE_COORDINATOR and visit.holds("coordinator", branch)


def duties_to_give(visit: Visit) -> list[str]:
    """The duties into which the person may bring somebody, in the order of the table."""
    if visit.holds("president"):
        return list(DutyKind.values)
    return list(OF_THE_COORDINATOR) if visit.holds("coordinator") else []


def branches_to_give(visit: Visit) -> list[Branch]:
    """The branches into which the person may bring somebody."""
    branches = Branch.objects.order_by("code")
    if visit.holds("president"):
        return list(branches)
    return list(branches.filter(pk__in=[b for b in visit.duties.get("coordinator", ()) if b]))


def may_withdraw(visit: Visit, invitation: Invitation) -> bool:
    """Whether the person may withdraw an invitation: their own, or one that they could give."""
    mine = invitation.invited_by_id == visit.person
    return mine or may_appoint(visit, invitation.kind, invitation.branch_id)


def may_take_back(visit: Visit, meeting: Meeting, lettings: Iterable[LettingIn]) -> bool:
    """Whether the person may take a confirmation back that still stands.

    ``lettings``: how the confirmed person was let in. Whoever did it takes back no third's word.
    """
    leads = visit.holds("president") or visit.holds("protection")
    above = leads and all(letting.by_id != visit.person for letting in lettings)
    return meeting.withdrawn_at is None and (meeting.by_id == visit.person or above)


def may_end(visit: Visit, duty: Duty) -> bool:
    """Whether the person may end this duty. A president goes when the next one ends it."""
    if duty.kind == DutyKind.PRESIDENT and duty.person_id == visit.person:
        return False  # an association without a president could appoint nobody any more
    return may_appoint(visit, duty.kind, duty.branch_id)


def may_part_with(visit: Visit, person: Person) -> bool:
    """Whether the visitor may note that somebody leaves: the president; a coordinator, for those who
    only volunteer or listen in the coordinator's own branches. Needs ``live_duties``."""
    duties = person.live_duties  # type: ignore[attr-defined]
    if person.pk == visit.person:
        return False
    if visit.holds("president"):
        return True
    mine = visit.duties.get("coordinator", frozenset())
    plain = (DutyKind.VOLUNTEER, DutyKind.RESPONDER)
    return bool(duties) and all(d.kind in plain and d.branch_id in mine for d in duties)


def may_go(visit: Visit) -> bool:
    """Whether the visitor may leave: a president goes when the next one has ended that duty."""
    return not visit.holds("president")


def may_remind(visit: Visit) -> bool:
    """Note what became of a leaver's reminder: whoever may part with people, where the page is shown."""
    return visit.holds("president") or visit.holds("coordinator")


def may_change_branch(visit: Visit, branch: UUID) -> bool:
    """The administrator every branch; a coordinator their own."""
    return visit.holds("administrator") or visit.holds("coordinator", branch)


def coordinates(visit: Visit, person: Person) -> bool:
    """Whether the person serves in a branch that the visitor coordinates."""
    mine = visit.duties.get("coordinator", frozenset())
    return any(duty.branch_id in mine for duty in person.duties.live() if duty.branch_id)
