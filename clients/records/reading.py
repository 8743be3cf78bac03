"""What the page of a record shows, in two statements: the record with all its parts, and its contacts.

Each table stands behind its own policies here as anywhere: what is hidden comes back empty. Consultations and
links belong to rooms above, and stand here all the same: one statement is fast (decision 10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from audit.actor import Actor
from clients.access import permissions
from clients.models import (
    Background,
    Channel,
    Client,
    ContactNote,
    Explanation,
    ExplanationWords,
    Identity,
    SafeContact,
    Tie,
)
from vault.sealed import open_row
from volunteers.models import Branch
from volunteers.reading import Reading, relate

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

# One look-up by an index for each part.
RECORD = Reading(
    """
    SELECT {client}, {branch}, {identity}, {safe_contact}, {background}, {explanation}, {words},
        explanation.working_name, (
            SELECT json_agg(json_build_object('pk', access.id, 'state', sec.shown_access_state(access.id),
                'quiet', access.quiet, 'as', access.opened_as, 'opened_at', access.opened_at,
                'first_used_at', access.first_used_at, 'by', opener.working_name,
                'confirmed_by', confirmer.working_name, 'spoken_on', access.spoken_on,
                'paused_until', CASE WHEN access.paused_until > sec.today() THEN access.paused_until END,
                'may_confirm', sec.may_confirm(access.id), 'ended_at', access.ended_at,
                'may_unconfirm', sec.may_unconfirm(access.id)) ORDER BY access.opened_at)
            FROM clients_portalaccess access
            JOIN volunteers_person opener ON opener.user_id = access.opened_by_id
            LEFT JOIN volunteers_person confirmer ON confirmer.user_id = access.confirmed_by_id
            WHERE access.client_id = client.id AND (access.ended_at IS NULL OR (access.confirmed_at IS NULL
                AND NOT EXISTS (SELECT FROM clients_portalaccess newer
                    WHERE newer.client_id = client.id AND newer.opened_at > access.opened_at)))), ARRAY(
            SELECT permission.code FROM clients_clientpermission permission
            WHERE permission.user_id = %(person)s AND permission.content_object_id = client.id), (
            SELECT json_agg(json_build_object('pk', consultation.id, 'asker', asker.working_name,
                'colleague', colleague.working_name, 'until', consultation.ends_at)
                ORDER BY consultation.ends_at)
            FROM clients_consultation consultation
            JOIN volunteers_person asker ON asker.user_id = consultation.asked_by_id
            JOIN volunteers_person colleague ON colleague.user_id = consultation.colleague_id
            WHERE consultation.client_id = client.id AND consultation.ends_at > statement_timestamp()), (
            SELECT json_agg(json_build_object('pk', link.id, 'tie', link.tie, 'client', other.id,
                'reference', other.reference) ORDER BY link.made_at)
            FROM clients_link link
            JOIN clients_client other ON other.id IN (link.first_id, link.second_id) AND other.id <> client.id
            WHERE link.ended_at IS NULL AND (link.first_id = client.id OR link.second_id = client.id)), (
            SELECT directive.fate FROM clients_directive directive
            WHERE directive.client_id = client.id ORDER BY directive.made_at DESC LIMIT 1),
            EXISTS (SELECT FROM clients_statement said WHERE said.client_id = %(client)s),
            sec.asked_to_stop(client.id), sec.held_since(client.id)
    FROM clients_client client JOIN volunteers_branch branch ON branch.id = client.branch_id
    LEFT JOIN clients_identity identity ON identity.client_id = client.id
    LEFT JOIN clients_safecontact safe_contact ON safe_contact.client_id = client.id
    LEFT JOIN clients_background background ON background.client_id = client.id
    LEFT JOIN LATERAL (
        SELECT e.*, person.working_name FROM clients_explanation e
        JOIN volunteers_person person ON person.user_id = e.by_id
        WHERE e.client_id = client.id ORDER BY e.given DESC, e.made_at DESC LIMIT 1
    ) explanation ON true
    LEFT JOIN clients_explanationwords words ON words.explanation_id = explanation.id
    WHERE client.id = %(client)s
    """,
    client=Client,
    branch=Branch,
    identity=Identity,
    safe_contact=SafeContact,
    background=Background,
    explanation=Explanation,
    words=ExplanationWords,
)
# Follows the index contact_client; how many there are is counted once, notes are read where asked for.
CONTACTS = Reading(
    """
    SELECT (SELECT count(*) FROM clients_contact counted WHERE counted.client_id = %(client)s),
        contact.id, contact.channel, contact.happened_on, contact.reached, contact.urgent,
        person.working_name, note.id, note.revision, note.sealed, note.by_id, contact.taken_out_at
    FROM clients_contact contact
    LEFT JOIN volunteers_person person ON person.user_id = contact.by_id
    LEFT JOIN clients_contactnote note ON note.contact_id = contact.id AND %(reads)s
    WHERE contact.client_id = %(client)s
    ORDER BY contact.happened_on DESC, contact.made_at DESC, contact.id
    LIMIT %(size)s OFFSET %(start)s
    """
)


class Name(NamedTuple):
    """A colleague, as far as a line of the record shows them."""

    working_name: str | None


@dataclass(slots=True)
class LinkLine:
    """Somebody this client belongs together with, whom the reader may see too."""

    pk: UUID
    tie: str
    client: UUID
    reference: str

    @property
    def get_tie_display(self) -> str:
        """How they belong together."""
        return str(Tie(self.tie).label)


@dataclass
class Record:
    """A client with everything of its page that does not need keys, or waits for them."""

    client: Client
    explanation: Explanation | None
    words: ExplanationWords | None
    explained_by: Name
    portals: list[dict[str, Any]]  # in use; a new card that waits beside it; one that lapsed
    consultations: list[dict[str, Any]]  # that run: pk, asker, colleague, until
    links: list[LinkLine]
    # Of the latest directives; None where nobody has asked for them, or they are not shown.
    fate: str | None
    is_said: bool  # the client says something about a note, or the background
    asked_to_stop: (
        str  # the kind of a request not to use the record, which waits (rights/sql/requests.sql)
    )
    # Since when it must be kept, for whoever looks after it (rights/sql/holds.sql).
    held_since: datetime | None


@dataclass(slots=True)
class ContactLine:
    """A contact as the record shows it; ``text`` is empty for whoever may not read notes."""

    pk: UUID
    get_channel_display: str
    happened_on: date
    reached: bool
    urgent: bool
    by: Name
    text: str
    corrected: bool
    taken_out: bool  # noted here by mistake: only that it was is left

    @property
    def contact(self) -> ContactLine:
        """The contact of this line: itself."""
        return self


def record(actor: Actor, client_id: UUID) -> Record | None:
    """The record, still sealed; None for hidden and absent."""
    row = RECORD.first({"client": client_id, "person": actor.person})
    if row is None:
        return None
    client, branch, identity, card, background, explanation, words, *more = row
    name, portals, codes, running, linked, fate, said, asked, held = more
    relate(client, branch=branch, identity=identity, safe_contact=card, background=background)
    permissions.remember(actor, client, codes)
    return Record(
        client,
        explanation,
        words,
        Name(name),
        _portals(portals),
        _running(running),
        [LinkLine(**line) for line in linked or ()],
        fate,
        said,
        asked,
        held,
    )


def _running(rows: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    return [{**row, "until": datetime.fromisoformat(row["until"])} for row in rows or ()]


def _portals(rows: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Accesses with their times: open ones, and the last one where it ended without being confirmed."""
    times = {
        "opened_at": datetime.fromisoformat,
        "first_used_at": datetime.fromisoformat,
        "ended_at": datetime.fromisoformat,
        "spoken_on": date.fromisoformat,
        "paused_until": date.fromisoformat,
    }
    return [
        {
            name: times[name](value) if value and name in times else value
            for name, value in row.items()
        }
        for row in rows or ()
    ]


def contacts(
    client: Client, keys: SubjectKeys, *, reads: bool, size: int, start: int
) -> tuple[int, list[ContactLine]]:
    """The latest contacts from the ``start``-th, with their notes where those may be read.

    And how many there are in all: 0 as well where ``start`` lies behind the last.
    """
    rows = CONTACTS.all({"client": client.pk, "reads": reads, "size": size, "start": start})
    channels = {value: str(label) for value, label in Channel.choices}
    lines = [_line(row[1:], keys, channels) for row in rows]
    return (rows[0][0] if rows else 0), lines


def _line(row: Any, keys: SubjectKeys, channels: dict[str, str]) -> ContactLine:
    pk, channel, on, reached, urgent, name, note, revision, sealed, by, out = row
    clear = {"contact_id": pk, "by_id": by}
    values = open_row(ContactNote, note, revision, sealed, clear, keys) if note else {}
    text = values.get("text", "")
    shown = _("Noted by mistake") if out else channels.get(channel, channel)
    corrected = (revision or 1) > 1
    return ContactLine(
        pk,
        shown,
        on,
        reached or bool(out),
        urgent and not out,
        Name(name),
        text,
        corrected,
        bool(out),
    )
