"""What a copy that the team prepared does not give: contacts, and passages wherever they stand (15(4))."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.models import Event
from disclosures.actions import striking
from disclosures.models import (
    Delivery,
    Disclosure,
    DisclosureDetail,
    DisclosureItem,
    DisclosureOutcome,
    DisclosureWords,
    Ground,
    Will,
)
from rights.export.rows import SEALED
from rights.models import LeftOut, LeftOutReason, PreparedCopy

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

# Where somebody's words can stand; a code is no word of anybody.
WORDED = frozenset().union(*(model.sealed_names() for model in SEALED)) | {
    "title",
    "text",
    "reach",
    "name",
}
CODED = {
    ("explanations", "answer"),
    ("agreements", "answer"),
    ("heirs", "proof"),
    ("left_out", "what"),
}
OF_A_DISCLOSURE = (
    DisclosureWords,
    DisclosureOutcome,
    DisclosureItem,
    DisclosureDetail,
    Delivery,
    Will,
)


@dataclass
class Struck:
    """The contacts that are left out, and the passages; nothing where the client asked in their space."""

    contacts: frozenset[UUID] = frozenset()
    passages: list[str] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    # Through the hands of the team, to most of whom complaints are closed: these, and what tells of them,
    # are in no such copy, of any client.
    handed: bool = False

    def text(self, text: str) -> str:
        """A text with a word in brackets for each passage, whatever its accents: its length tells nothing."""
        if not self.passages:
            return text
        parts = striking.struck(text, "\n".join(self.passages))
        return "".join(_("[struck out]") if part is None else part for part in parts)

    def data(self, held: Any, key: str = "", section: str = "") -> Any:
        """The gathered record with the passages struck out of everybody's words."""
        if isinstance(held, dict):
            return {
                name: value if name == "about" else self.data(value, name, section or name)
                for name, value in held.items()
            }
        if isinstance(held, list):
            return [self.data(each, key, section) for each in held]
        worded = key in WORDED and (section, key) not in CODED
        return self.text(held) if worded and isinstance(held, str) else held

    def summary(self) -> list[dict[str, Any]]:
        """How much was left out, and why. That a law forbids telling something is not told either."""
        return [
            {"what": what, "reason": reason, "times": times}
            for (what, reason), times in sorted(self.counts.items())
            if reason != LeftOutReason.FORBIDDEN
        ]


def without_complaints(events: QuerySet[Event], client: UUID) -> QuerySet[Event]:
    """The events without those that tell of a complaint, of what answers one, or of a decision on names."""
    plain = events.exclude(purpose="complaint").exclude(action__contains="complaint")
    plain = plain.exclude(action__startswith="names.").exclude(object_type="clients_complaint")
    answering = _answering_a_complaint(client)
    return plain.exclude(object_id__in=answering) if answering else plain


def _answering_a_complaint(client: UUID) -> list[UUID]:
    """What was shared outside to answer a complaint, and each row of it."""
    shared = Disclosure.objects.filter(client=client, ground=Ground.COMPLAINT)
    ids = list(shared.values_list("pk", flat=True))
    found = list(ids)
    for model in OF_A_DISCLOSURE if ids else ():
        rows = model._default_manager.filter(disclosure__in=ids)
        found += rows.values_list("pk", flat=True)
    return found


def words_in(held: Any, key: str = "", section: str = "") -> list[str]:
    """Somebody's words in gathered data: what can be struck out of it."""
    if isinstance(held, dict):
        each = [words_in(value, name, section or name) for name, value in held.items()]
        return [text for texts in each for text in texts]
    if isinstance(held, list):
        return [text for one in held for text in words_in(one, key, section)]
    worded = key in WORDED and (section, key) not in CODED
    return [held] if worded and isinstance(held, str) and held.strip() else []


def struck_of(copy: PreparedCopy | None, keys: SubjectKeys) -> Struck:
    """What this copy leaves out."""
    if copy is None:
        return Struck()
    rows = [row.unlock(keys) for row in LeftOut.objects.filter(copy=copy)]
    return Struck(
        frozenset(row.contact_id for row in rows if row.contact_id),
        [row.passage for row in rows if row.passage],
        Counter(("contact" if row.contact_id else "passage", row.reason) for row in rows),
        handed=True,
    )
