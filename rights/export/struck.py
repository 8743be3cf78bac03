"""What a copy that the team prepared does not give: contacts, and passages wherever they stand (15(4))."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.models import Event
from rights.export.rows import SEALED
from rights.models import LeftOut, PreparedCopy

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

# Where somebody's words can stand; a code is no word of anybody.
WORDED = frozenset().union(*(model.sealed_names() for model in SEALED)) | {
    "title",
    "text",
    "reach",
    "name",
}
CODED = {("explanations", "answer"), ("agreements", "answer")}


@dataclass
class Struck:
    """The contacts that are left out, and the passages; nothing where the client asked in their space."""

    contacts: frozenset[UUID] = frozenset()
    passages: list[str] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    # Through the hands of the team, to most of whom complaints are closed: these, and what tells of them,
    # are in no such copy, of any client.
    handed: bool = False

    def __post_init__(self) -> None:
        longest = sorted(self.passages, key=len, reverse=True)
        patterns = [r"\s+".join(map(re.escape, text.split())) for text in longest]
        joined = "|".join(patterns)
        self._pattern = re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.I) if patterns else None

    def text(self, text: str) -> str:
        """A text with a word in brackets for each passage: its length tells nothing."""
        return self._pattern.sub(_("[struck out]"), text) if self._pattern else text

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
        """How much was left out, and why."""
        return [
            {"what": what, "reason": reason, "times": times}
            for (what, reason), times in sorted(self.counts.items())
        ]


def without_complaints(events: QuerySet[Event]) -> QuerySet[Event]:
    """The events without those that tell of a complaint, or of a decision on names."""
    plain = events.exclude(purpose="complaint").exclude(action__contains="complaint")
    return plain.exclude(action__startswith="names.").exclude(object_type="clients_complaint")


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
