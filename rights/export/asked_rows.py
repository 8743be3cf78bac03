"""What was shared outside, what the client asked, their space and their copies, for the export."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from clients.models import PortalAccess
from disclosures.models import Disclosure, DisclosureItem
from disclosures.models import State as DisclosureState
from rights.export.rows import Rows
from rights.models import Erasure, Export, NamesDecision, PreparedCopy, SubjectRequest

DISCLOSURE_FIELDS = (
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
    "untold",
    "look_again_on",
    "picked",
)
DELIVERY_FIELDS = (
    "made_at",
    "language",
    "size",
    "expires_at",
    "opened_at",
    "again_until",
    "recalled_at",
    "swept_at",
)
TOLD_FIELDS = ("told_on", "channel", "made_at")
REQUEST_FIELDS = (
    "kind",
    "state",
    "made_at",
    "received_on",
    "how",
    "quality",
    "due_on",
    "latest_on",
    "extended_on",
    "paused_on",
    "paused_days",
    "to_tell",
    "seconded_at",
    "handled_at",
)
ERASURE_FIELDS = (
    "ground",
    "state",
    "proposed_at",
    "not_before",
    "waived_at",
    "waived_how",
    "decided_at",
)
ACCESS_FIELDS = (
    "username",
    "opened_at",
    "opened_as",
    "first_used_at",
    "spoken_on",
    "confirmed_at",
    "ended_at",
    "notes_hidden_at",
)
PREPARED_FIELDS = (
    "reason",
    "way",
    "language",
    "large",
    "state",
    "prepared_at",
    "sent_at",
    "contacts",
    "left_out",
    "struck",
    "released_at",
    "ended_at",
)


def _without(held: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in held.items() if name not in ("parts", "strike")}


class AskedRows(Rows):
    """These parts of one client's record. Needs the actor's transaction."""

    handed = False  # through the hands of the team
    left_out: frozenset[UUID] = frozenset()  # contacts

    def disclosures(self) -> list[dict[str, Any]]:
        """What was, or may be, passed on to somebody outside, and what became of it."""
        found = Disclosure.objects.filter(client=self.client).exclude(state=DisclosureState.DRAFT)
        # What answers a complaint is closed to whom that is closed to.
        found = found.exclude(ground="complaint") if self.handed else found
        rows = found.select_related("words", "outcome", "delivery").prefetch_related(
            "items__contact", "details", "told"
        )
        return [
            {
                **{name: getattr(row, name) for name in DISCLOSURE_FIELDS},
                "words": self.row(row.words) if hasattr(row, "words") else {},
                "outcome": self.row(row.outcome) if hasattr(row, "outcome") else {},
                "details": [self.row(one, "detail", "chosen") for one in row.details.all()],
                "told": [
                    {name: getattr(one, name) for name in TOLD_FIELDS} for one in row.told.all()
                ],
                "contents": [
                    self._item(item)
                    for item in row.items.all()
                    if item.contact_id not in self.left_out
                ],
                "delivery": {name: getattr(row.delivery, name) for name in DELIVERY_FIELDS}
                if hasattr(row, "delivery")
                else {},
            }
            for row in rows
        ]

    def _item(self, item: DisclosureItem) -> dict[str, Any]:
        """A contact that was chosen; of one that was about somebody else, the date.

        Through the hands of the team, why it was needed, and not what it said or what was struck out of it.
        """
        contact = item.contact
        found = {"happened_on": contact.happened_on, "channel": contact.channel}
        if contact.taken_out_at:
            return {**found, "chosen": item.chosen}
        held = self.row(item, "chosen")
        if self.handed:
            held = _without(held)
            if "earlier" in held:
                held["earlier"] = [_without(before) for before in held["earlier"]]
        return {**found, **held}

    def requests(self) -> list[dict[str, Any]]:
        """What the client asked, and what was answered."""
        rows = SubjectRequest.objects.filter(client=self.client).select_related("words")
        rows = rows.prefetch_related("notes")
        return [
            {
                **{name: getattr(row, name) for name in REQUEST_FIELDS},
                **(self.row(row.words) if hasattr(row, "words") else {}),
                "notes": [
                    self.row(note, "kind", "how", "day", "was", "made_at")
                    for note in row.notes.all()
                ],
            }
            for row in rows.order_by("made_at")
        ]

    def erasures(self) -> list[dict[str, Any]]:
        """When it was proposed that the record is erased, and what became of it."""
        rows = Erasure.objects.filter(client=self.client).order_by("proposed_at")
        return [dict(row) for row in rows.values(*ERASURE_FIELDS)]

    def portal(self) -> list[dict[str, Any]]:
        """The accounts of the client's own space."""
        rows = PortalAccess.objects.filter(client=self.client).order_by("opened_at")
        return [dict(row) for row in rows.values(*ACCESS_FIELDS)]

    def names_decisions(self) -> list[dict[str, Any]]:
        """When it was decided that the client sees names in their log."""
        rows = NamesDecision.objects.filter(client=self.client)
        return [dict(row) for row in rows.values("reason", "until", "made_at", "ended_at")]

    def copies(self) -> list[dict[str, Any]]:
        """The copies that were made for the client."""
        rows = Export.objects.filter(client=self.client)
        names = (
            "made_at",
            "state",
            "language",
            "size",
            "ready_at",
            "expires_at",
            "taken_at",
            "taken",
        )
        return [dict(row) for row in rows.values(*names)]

    def prepared_copies(self) -> list[dict[str, Any]]:
        """The copies that the team prepared, and how much they left out."""
        rows = PreparedCopy.objects.filter(client=self.client)
        return [dict(row) for row in rows.values(*PREPARED_FIELDS)]
