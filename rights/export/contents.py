"""All that is held about one client, as plain data for the export (GDPR Art. 15 and 20).

The shape is described in docs/record-export.md. Nobody who serves is named: roles only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone
from django.utils.functional import cached_property

from audit.actor import Actor
from clients.models import (
    Attachment,
    Background,
    Client,
    Contact,
    Explanation,
    Grant,
    Identity,
    PortalAccess,
    SafeContact,
    WhoMayKnow,
)
from components.zipping import safe_name
from disclosures.models import Disclosure
from disclosures.models import State as DisclosureState
from rights.export import complaints
from rights.export.agreements import agreed, said_to_sharing
from rights.export.consultations import consulted
from rights.export.directives import directed, heirs
from rights.export.emergencies import opened_in_emergency
from rights.export.messages import written
from rights.export.misplaced import noted_by_mistake
from rights.export.restrictions import restricted
from rights.export.rows import Rows
from rights.export.statements import stated
from rights.models import Export, SubjectRequest
from rights.own_log import reading as seen
from volunteers.models import Association

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

FORMAT, VERSION = "record-export", 1
CONTACT_FIELDS = (
    "channel",
    "happened_on",
    "reached",
    "minutes",
    "kilometres",
    "follow_up_on",
    "urgent",
)


@dataclass
class Gathered:
    """The data, and the sealed files that belong to it: (name in the export, file)."""

    data: dict[str, Any]
    files: list[tuple[str, UUID]] = field(default_factory=list)


class Gatherer(Rows):
    """Gathers one client's record with keys that the door gave. Needs the actor's transaction."""

    def __init__(self, client: Client, keys: SubjectKeys, *, history: bool = True) -> None:
        super().__init__(client, keys, history=history)
        self.files: list[tuple[str, UUID]] = []

    @cached_property
    def stated(self) -> dict[UUID | None, list[dict[str, Any]]]:
        """What the client said about what was noted, by contact."""
        return stated(self.keys)

    def everything(self, *, by: Actor, language: str) -> Gathered:
        """All of it."""
        data = {
            "format": FORMAT,
            "version": VERSION,
            "made_at": timezone.now(),
            "language": language,
            "association": Association.objects.get().name,
            "branch": self.client.branch.name,
            "record": self.record(),
            "identity": self.one(Identity),
            "safe_contact": self.one(SafeContact, "checked_on"),
            "background": {**self.one(Background), **self.about_background()},
            "explanations": self.explanations(),
            "agreements": agreed(self.client, self.keys),
            "directives": directed(self.client, self.keys),
            "heirs": heirs(self.client, self.keys),
            "restrictions": restricted(self.client, self.keys),
            "contacts": self.contacts(),
            "messages": written(self.client, self.keys),
            "who_may_see": self.grants(),
            "may_be_told": self.may_be_told(),
            "consultations": self.consultations(),
            "emergencies": self.emergencies(by),
            "who_has_seen": self.seen(),
            "disclosures": self.disclosures(),
            "will": said_to_sharing(self.client, self.keys),
            "requests": self.requests(),
            "complaints": complaints.gathered(self.client, by),
            "own_space": self.portal(),
            "copies": list(
                Export.objects.filter(client=self.client).values("made_at", "ready_at", "taken_at")
            ),
        }
        return Gathered(data, self.files)

    def record(self) -> dict[str, Any]:
        """The clear part of the record."""
        names = (
            "reference",
            "state",
            "state_since",
            "language",
            "pseudonym",
            "taken_in_at",
            "last_contact_on",
        )
        return {name: getattr(self.client, name) for name in names}

    def explanations(self) -> list[dict[str, Any]]:
        """When the policy was explained, and what the client answered."""
        found = Explanation.objects.filter(client=self.client).select_related("version", "words")
        return [
            {
                "happened_on": one.happened_on,
                "given": one.given,
                "answer": one.answer,
                "channel": one.channel,
                "language": one.language,
                "policy_version": one.version.number if one.version else None,
                **(self.row(one.words) if hasattr(one, "words") else {}),
            }
            for one in found
        ]

    def contacts(self) -> list[dict[str, Any]]:
        """Every contact with its note, what they said before, and its files."""
        attached: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
        rows = Attachment.objects.filter(client=self.client).order_by("made_at", "id")
        for number, row in enumerate(rows, start=1):
            attached[row.contact_id].append(self.attachment(row, number))
        contacts = Contact.objects.filter(client=self.client).select_related("note", "misplaced")
        return [
            noted_by_mistake(contact)
            if contact.taken_out_at
            else {
                **{name: getattr(contact, name) for name in CONTACT_FIELDS},
                "followed_up_at": contact.followed_up_at,
                "recorded_at": contact.made_at,
                "note": self.row(contact.note, "saved_at") if hasattr(contact, "note") else {},
                "earlier": self.earlier(contact.pk, *CONTACT_FIELDS),
                "files": attached.get(contact.pk, []),
                "statements": self.stated.get(contact.pk, []),
            }
            for contact in contacts
        ]

    def about_background(self) -> dict[str, Any]:
        """What the client said about the background; nothing where they said nothing."""
        said = self.stated.get(None)
        return {"statements": said} if said else {}

    def attachment(self, row: Attachment, number: int) -> dict[str, Any]:
        """A file's description; its content goes into the export under a safe name."""
        row.unlock(self.keys)
        path = f"files/{number:04d}-{safe_name(row.name)}"
        self.files.append((path, row.file))
        return {"path": path, "name": row.name, "type": row.content_type, "bytes": row.size}

    def grants(self) -> list[dict[str, Any]]:
        """Who may see the record, by role, on which basis, from when to when."""
        rows = Grant.objects.filter(client=self.client)
        names = ("scope", "basis", "purpose", "starts_at", "ends_at")
        role = {"branch_duty": "coordinator", "assignment": "volunteer"}
        return [
            {
                "role": role.get(row.basis, "volunteer"),
                **{name: getattr(row, name) for name in names},
            }
            for row in rows
        ]

    def consultations(self) -> list[dict[str, Any]]:
        """When a colleague was asked, on which ground, and what they could read."""
        names = ("ground", "withheld", "happened_on", "starts_at", "ends_at")
        return [
            {
                **{name: getattr(one.row, name) for name in names},
                "contacts": [
                    {"happened_on": contact.happened_on, "channel": contact.channel}
                    for contact in one.contacts
                ],
                "parts": [part.text for part in one.parts],
            }
            for one in consulted(self.client, self.keys)
        ]

    def emergencies(self, by: Actor) -> list[dict[str, Any]]:
        """When the record was opened in an emergency, and what came of it."""
        names = ("reason", "opened_at", "rest_opened_at", "ends_at", "reviewed_at", "outcome")
        return [
            {
                **{name: getattr(one.row, name) for name in names},
                "words": one.words,
                "review": one.review,
            }
            for one in opened_in_emergency(self.client, by=by)
        ]

    def may_be_told(self) -> list[dict[str, Any]]:
        """Whom the client lets be told, and what; who may not any more as well."""
        rows = WhoMayKnow.objects.filter(client=self.client)
        return [self.row(row, "made_at", "until", "revoked_at") for row in rows]

    def seen(self) -> list[dict[str, Any]]:
        """Who has seen the record, and why, by day."""
        events = seen.events_of(self.client.pk, own=True)
        return [
            {
                "day": look.day,
                "role": look.role,
                "who": look.who,
                "why": look.why,
                "what": look.what,
                "refused": look.refused,
            }
            for look in seen.folded(events, client=self.client.pk)
        ]

    def disclosures(self) -> list[dict[str, Any]]:
        """What was, or may be, passed on to somebody outside, and what became of it."""
        found = Disclosure.objects.filter(client=self.client).exclude(state=DisclosureState.DRAFT)
        rows = found.select_related("words", "outcome").prefetch_related(
            "items__contact", "details", "told"
        )
        names = (
            "reference",
            "ground",
            "state",
            "consent",
            "discussed_on",
            "made_at",
            "asked_at",
            "decided_at",
            "released_at",
            "received_at",
            "cancelled_at",
        )
        return [
            {
                **{name: getattr(row, name) for name in names},
                "words": self.row(row.words) if hasattr(row, "words") else {},
                "outcome": self.row(row.outcome) if hasattr(row, "outcome") else {},
                "details": [
                    {"detail": one.detail, **self.row(one)}
                    for one in row.details.all()
                    if one.chosen
                ],
                "told": [
                    {"told_on": one.told_on, "channel": one.channel} for one in row.told.all()
                ],
                "contents": [
                    {
                        "happened_on": item.contact.happened_on,
                        "channel": item.contact.channel,
                        **self.row(item),
                    }
                    for item in row.items.all()
                    if item.chosen
                ],
            }
            for row in rows
        ]

    def requests(self) -> list[dict[str, Any]]:
        """What the client asked, and what was answered."""
        rows = SubjectRequest.objects.filter(client=self.client).select_related("words")
        rows = rows.prefetch_related("notes")
        names = ("kind", "state", "made_at", "received", "how", "quality", "due_on", "latest_on")
        return [
            {
                **{name: getattr(row, name) for name in (*names, "handled_at")},
                **(self.row(row.words) if hasattr(row, "words") else {}),
                "notes": [
                    self.row(note, "kind", "how", "day", "was", "made_at")
                    for note in row.notes.all()
                ],
            }
            for row in rows.order_by("made_at")
        ]

    def portal(self) -> list[dict[str, Any]]:
        """The accounts of the client's own space."""
        rows = PortalAccess.objects.filter(client=self.client).order_by("opened_at")
        names = (
            "username",
            "opened_at",
            "opened_as",
            "first_used_at",
            "spoken_on",
            "confirmed_at",
            "ended_at",
            "notes_hidden_at",
            "paused_until",
        )
        return [dict(row) for row in rows.values(*names)]
