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
    Agreement,
    Attachment,
    Background,
    Client,
    Contact,
    Explanation,
    Grant,
    Identity,
    Restriction,
    SafeContact,
    WhoMayKnow,
)
from components.zipping import safe_name
from rights.export import complaints
from rights.export.about import about
from rights.export.agreements import CLEAR as AGREEMENT_FIELDS
from rights.export.agreements import asked_words, said_to_sharing
from rights.export.asked_rows import AskedRows
from rights.export.consultations import consulted
from rights.export.directives import directed, heirs
from rights.export.emergencies import opened_in_emergency
from rights.export.holds import held
from rights.export.messages import written
from rights.export.misplaced import noted_by_mistake
from rights.export.statements import stated
from rights.export.struck import Struck, without_complaints
from rights.models import LongerKept
from rights.own_log import reading as seen
from volunteers.models import Association

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

FORMAT, VERSION = "record-export", 2
CONTACT_FIELDS = (
    "channel",
    "happened_on",
    "reached",
    "minutes",
    "kilometres",
    "follow_up_on",
    "urgent",
)
EXPLANATION_FIELDS = ("happened_on", "given", "answer", "channel", "language", "made_at")
EMERGENCY_FIELDS = (
    "reference",
    "by_coordinator",
    "reason",
    "opened_at",
    "rest_opened_at",
    "ends_at",
    "words_due_at",
    "words_at",
    "review_due_at",
    "reviewed_at",
    "outcome",
)


@dataclass
class Gathered:
    """The data, and the sealed files that belong to it: (name in the export, file)."""

    data: dict[str, Any]
    files: list[tuple[str, UUID]] = field(default_factory=list)


class Gatherer(AskedRows):
    """Gathers one client's record with keys that the door gave. Needs the actor's transaction."""

    def __init__(
        self,
        client: Client,
        keys: SubjectKeys,
        *,
        history: bool = True,
        struck: Struck | None = None,
    ) -> None:
        super().__init__(client, keys, history=history)
        self.struck = struck or Struck()
        self.handed = self.struck.handed
        self.left_out = self.struck.contacts
        self.files: list[tuple[str, UUID]] = []

    @cached_property
    def stated(self) -> dict[UUID | None, list[dict[str, Any]]]:
        """What the client said about what was noted, by contact."""
        return stated(self.keys, handed=self.handed)

    def everything(self, *, by: Actor, language: str) -> Gathered:
        """All of it."""
        data = {
            "format": FORMAT,
            "version": VERSION,
            "made_at": timezone.now(),
            "language": language,
            "association": Association.objects.get().name,
            "branch": self.client.branch.name,
            "about": about(self.client, language=language, handed=self.handed),
            "record": self.record(),
            "identity": self.one(Identity),
            "safe_contact": self.one(SafeContact, "checked_on"),
            "background": {**self.one(Background), **self.about_background()},
            "explanations": self.explanations(),
            "agreements": self.agreements(),
            "directives": directed(self.client, self.keys),
            "heirs": heirs(self.client, self.keys),
            "restrictions": self.restrictions(),
            "holds": held(self.client, self.keys, handed=self.handed),
            "kept_longer": self.kept_longer(),
            "contacts": self.contacts(),
            "messages": [] if self.handed else written(self.client, self.keys),
            "who_may_see": self.grants(),
            "may_be_told": self.may_be_told(),
            "consultations": self.consultations(),
            "emergencies": self.emergencies(by),
            "who_has_seen": self.seen(),
            "disclosures": self.disclosures(),
            "will": said_to_sharing(self.client, self.keys, handed=self.handed),
            "requests": self.requests(),
            "erasures": self.erasures(),
            "complaints": [] if self.handed else complaints.gathered(self.client, by),
            "own_space": self.portal(),
            "names_decisions": [] if self.handed else self.names_decisions(),
            "copies": self.copies(),
            "prepared_copies": self.prepared_copies(),
            "left_out": self.struck.summary(),
            "handed_over": self.handed,
        }
        return Gathered(self.struck.data(data), self.files)

    def record(self) -> dict[str, Any]:
        """The clear part of the record."""
        names = (
            "reference",
            "state",
            "state_since",
            "state_at",
            "language",
            "pseudonym",
            "protected",
            "agreed",
            "restricted_at",
            "taken_in_at",
            "last_contact_on",
        )
        return {name: getattr(self.client, name) for name in names}

    def explanations(self) -> list[dict[str, Any]]:
        """When the policy was explained, and what the client answered."""
        found = Explanation.objects.filter(client=self.client).select_related("version", "words")
        return [
            {
                **{name: getattr(one, name) for name in EXPLANATION_FIELDS},
                "policy_version": one.version.number if one.version else None,
                **(self.row(one.words) if hasattr(one, "words") else {}),
            }
            for one in found
        ]

    def contacts(self) -> list[dict[str, Any]]:
        """Every contact with its note, what they said before, and its files."""
        attached: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
        rows = Attachment.objects.filter(client=self.client).order_by("made_at", "id")
        rows = rows.exclude(contact__in=self.struck.contacts)
        for number, row in enumerate(rows, start=1):
            attached[row.contact_id].append(self.attachment(row, number))
        contacts = Contact.objects.filter(client=self.client).select_related("note", "misplaced")
        contacts = contacts.exclude(pk__in=self.struck.contacts)
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
        path = f"files/{number:04d}-{safe_name(self.struck.text(row.name))}"
        self.files.append((path, row.file))
        return {
            "path": path,
            "name": row.name,
            "type": row.content_type,
            "bytes": row.size,
            "made_at": row.made_at,
        }

    def grants(self) -> list[dict[str, Any]]:
        """Who may see the record, by role, on which basis, from when to when."""
        rows = Grant.objects.filter(client=self.client)
        rows = rows.exclude(purpose="complaint") if self.handed else rows
        names = ("scope", "basis", "purpose", "since", "starts_at", "ends_at")
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
                    if contact.pk not in self.left_out
                ],
                "parts": [
                    self.row(part, "made_at")
                    for part in one.parts
                    if part.contact_id not in self.struck.contacts
                ],
            }
            for one in consulted(self.client, self.keys)
        ]

    def emergencies(self, by: Actor, purpose: str = "own_record") -> list[dict[str, Any]]:
        """When the record was opened in an emergency, and what came of it."""
        return [
            {
                **{name: getattr(one.row, name) for name in EMERGENCY_FIELDS},
                "words": [{"made_at": said.made_at, "text": said.text} for said in one.words],
                "review": [{"made_at": said.made_at, "text": said.text} for said in one.review],
            }
            for one in opened_in_emergency(self.client, by=by, purpose=purpose)
        ]

    def may_be_told(self) -> list[dict[str, Any]]:
        """Whom the client lets be told, and what; who may not any more as well."""
        rows = WhoMayKnow.objects.filter(client=self.client)
        return [self.row(row, "made_at", "until", "revoked_at") for row in rows]

    def seen(self) -> list[dict[str, Any]]:
        """Who has seen the record, and why, by day."""
        events = seen.events_of(self.client.pk, own=True)
        events = without_complaints(events, self.client.pk) if self.handed else events
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

    def agreements(self) -> list[dict[str, Any]]:
        """What the client said to a record: each answer with the words that were asked."""
        found = Agreement.objects.filter(client=self.client).select_related("said")
        return [
            {
                **{name: getattr(one, name) for name in AGREEMENT_FIELDS},
                "asked": asked_words(one),
                **(self.row(one.said) if hasattr(one, "said") else {}),
            }
            for one in found
        ]

    def restrictions(self) -> list[dict[str, Any]]:
        """When the record was restricted: ground, times, and what was said at each end."""
        found = Restriction.objects.filter(client=self.client).prefetch_related("words")
        return [
            {
                "ground": one.ground,
                "starts_at": one.starts_at,
                "ends_at": one.ends_at,
                "words": [self.row(words, "lifted") for words in one.words.all()],
            }
            for one in found
        ]

    def kept_longer(self) -> list[dict[str, Any]]:
        """Until when the record is kept although its time was over, and why."""
        rows = LongerKept.objects.filter(client=self.client)
        return [self.row(row, "until", "made_at") for row in rows]
