"""What each basis lets somebody do at each address that leads to a client: the matrix of `test_bases.py`.

A row of `tests/access/*.py` says what each role gets; here each row that leads to a client is asked again by people
who differ in one thing only: on which basis they might know the client. What they get follows from the row:

- a basis that opens nothing (none, ended, future, a conflict, another branch ...) gets what the ``outsider`` gets;
- somebody bound by no code, or not by the new one, gets what the ``newcomer`` gets; whoever left, what nobody gets;
- an assignment gets what the ``volunteer`` gets;
- what opens a part of the record (an errand, an emergency, reading) gets what ``EXCEPTIONS`` says, and else, of a thing
  behind the record, 403 where the volunteer gets in and 404 where the row is hidden.

**A new address**: add its row to a file of `tests/access/`, as `test_access.py` asks. If its ``where`` names a new
thing, say in ``LEADS`` or ``LEADS_NOT`` whether that belongs to a client. Run `test_bases.py`: a cell that differs from
the rule is a decision; write it into ``EXCEPTIONS`` with the reason, or mend the page. **A new basis**: add it to
``BASES`` with the scopes it covers and a rule; a scope of the ledger that no basis covers fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.access.rows import Row

# Things of the world that belong to a client: their addresses are asked on every basis.
LEADS = frozenset(
    {
        "client",
        "contact",
        "attachment",
        "statement",
        "accepted",
        "own_contact",
        "grant",
        "disclosure",
        "request",
        "copy",
        "hold",
        "erasure",
        "consultation",
        "emergency",
        "may_know",
        "draft",
        "question",
        "conflict",
        "complaint",
        "link",
        "export",
        "access",
        "confirmed",
    }
)
LEADS_NOT = frozenset(
    {
        "dead",  # another client
        "heir",  # of that client
        "message",  # for the lead only, by reference
        "restricted",  # to another client
        "talk",
        "out",
        "likeness",
        "person",
        "departure",
        "asked",
        "volunteer_id",
        "deputy",
        "leaver",
        "duty",
        "branch",
        "version",
        "unknown",
        "unconfirmed",
        "meeting",
    }
)


def leads(row: Row) -> bool:
    """Whether an address, or what is sent to it, names something of a client."""
    return bool(LEADS & set(row.where.values())) or "{client}" in row.data.values()


def hidden(row: Row) -> int:
    return row.outsider


def hidden_from_coordinators(row: Row) -> int:
    return row.south_coordinator


def unsigned(row: Row) -> int:
    return row.newcomer


def gone(row: Row) -> int:
    return row.nobody


def assigned(row: Row) -> int:
    return row.volunteer


def partly(row: Row) -> int:
    """The record is there and this part of it is not for them; or it is nothing of the record."""
    if row.where.get("client_id") == "client":
        return 403
    return row.outsider


@dataclass(frozen=True)
class Basis:
    """How somebody might know a client. ``covers`` names scopes and bases of the ledger."""

    rule: Callable[[Row], int]
    covers: str = ""
    coordinates: bool = False


BASES = {
    "none": Basis(hidden),
    "ended": Basis(hidden),
    "future": Basis(hidden),
    "conflicted": Basis(hidden),
    "elsewhere": Basis(hidden),  # assigned, and now serving in the other branch only
    "consulted": Basis(hidden, "consultation contact consult"),  # on another item of this client
    "withheld": Basis(hidden, "consult"),
    "left": Basis(gone),
    "not signed": Basis(unsigned),
    "new code": Basis(unsigned),
    "assigned": Basis(assigned, "assignment full"),
    "errand": Basis(partly, "errand"),
    "emergency": Basis(partly, "emergency errand"),
    "emergency, rest": Basis(partly, "emergency read"),
    "reading": Basis(partly, "read"),
    "coordinator, conflicted": Basis(hidden_from_coordinators, coordinates=True),
    "coordinator, unnamed": Basis(hidden_from_coordinators, "named", coordinates=True),
    "coordinator, duty ended": Basis(hidden, "branch_duty", coordinates=True),
}
# The portal's own: nobody who serves has it.
NOBODYS = frozenset({"own_record"})

GET, POST = "get", "post"
PARTS = ("errand", "emergency", "emergency, rest", "reading")
READERS = ("emergency, rest", "reading")
# What somebody wrote of a client who was theirs stays their own draft.
ONCE_THEIRS = ("ended", "future", "conflicted", "elsewhere", "coordinator, duty ended")


def cells(
    names: str, method: str, bases: tuple[str, ...], status: int
) -> dict[tuple[str, str, str], int]:
    return {(name, method, basis): status for name in names.split() for basis in bases}


EXCEPTIONS: dict[tuple[str, str, str], int] = {
    # Own words are never lost: kept as a draft where the client was theirs, refused where they never wrote.
    **cells("contact_add draft_save", POST, ONCE_THEIRS, 302),
    **cells("draft_save", POST, PARTS, 403),
    # What others asked, wrote or drew is theirs: whoever shares the client does not see it, or may not end it.
    **cells(
        "consultation_share disclosure_view disclosure_edit disclosure_decide disclosure_release disclosure_telling disclosure_cancel disclosure_will disclosure_recall link_end",
        GET,
        ("assigned",),
        404,
    ),
    **cells(
        "disclosure_notes disclosure_decide disclosure_release disclosure_telling",
        POST,
        ("assigned",),
        404,
    ),
    **cells("consultation_end", GET, ("assigned",), 403),
    # Whoever wrote a contact moves it, or a coordinator.
    **cells("contact_move", GET, ("assigned",), 403),
    **cells("consultation_share", GET, READERS, 404),
    **cells("consultation_share", POST, READERS, 404),
    # Whoever sees the record sees who it is and the number, may say that they must not deal with it, and may ask for a disclosure.
    **cells(
        "client_view client_number conflict_self complaint_add disclosure_client_list disclosure_add leaflet grant_list",
        GET,
        PARTS,
        200,
    ),
    **cells("conflict_self complaint_add", POST, PARTS, 302),
    **cells("may_know_end", GET, PARTS, 403),
    **cells("may_know_end portal_confirm portal_unconfirm portal_resume", POST, PARTS, 403),
    **cells("portal_confirm portal_unconfirm portal_resume", GET, PARTS, 403),
    **cells("disclosure_add", POST, PARTS, 200),
    # Whoever reads the notes reads the contact and its files, not what it said before, changes nothing, and may consult.
    **cells(
        "contact_view client_messages attachment_get consultation_list consultation_talk consultation_add",
        GET,
        READERS,
        200,
    ),
    **cells("consultation_talk consultation_add", POST, READERS, 302),
    **cells(
        "contact_correct contact_history contact_move statement_add statement_answer recipient_list recipient_letter",
        GET,
        READERS,
        403,
    ),
    **cells("contact_correct attachment_add follow_up_done", POST, READERS, 403),
    **cells("contact_move statement_add statement_answer recipient_told", POST, READERS, 403),
}


def expected(row: Row, basis: str) -> int:
    """What somebody gets at an address on a basis."""
    return EXCEPTIONS.get((row.name, row.method, basis), BASES[basis].rule(row))
